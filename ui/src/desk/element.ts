/* The parts of Element Plus that the desk uses, with their styles in one place so that the desk's tokens always win. */
import 'element-plus/es/components/base/style/css'
import 'element-plus/es/components/dialog/style/css'
import 'element-plus/es/components/select/style/css'
import 'element-plus/es/components/option/style/css'
import 'element-plus/es/components/date-picker/style/css'
import 'element-plus/es/components/progress/style/css'
import 'element-plus/theme-chalk/dark/css-vars.css'
import './element.css'
import { ElDatePicker as DatePicker, ElSelect as Select } from 'element-plus'
import { h, type FunctionalComponent } from 'vue'
import Icon from '@/shared/Icon.vue'
import type { IconName } from '@/shared/icons'

export { ElConfigProvider, ElDialog, ElOption, ElProgress } from 'element-plus'

/* Its own icons are images without a name; ours are hidden from readers and drawn like all others. */
const drawn = (name: IconName): FunctionalComponent => () => h(Icon, { name })
const calendar = drawn('calendar')
const chevron = drawn('chevron-down')
const close = drawn('close')
const picker: FunctionalComponent = (_, { attrs, slots }) => h(DatePicker, { prefixIcon: calendar, clearIcon: close, ...attrs }, slots)
const select: FunctionalComponent = (_, { attrs, slots }) => h(Select, { suffixIcon: chevron, clearIcon: close, ...attrs } as never, slots)
picker.inheritAttrs = select.inheritAttrs = false
export const ElDatePicker = picker as unknown as typeof DatePicker
export const ElSelect = select as unknown as typeof Select
