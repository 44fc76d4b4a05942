/* Words in which a date, hours or a change is never torn at the end of a line. */
import { Fragment, h, type FunctionalComponent } from 'vue'

const DATE = '(?:\\d{4}年)?\\d{1,2}月\\d{1,2}日(?:（周.）| 周.)?|\\d{4}年(?:\\d{1,2}月)?'
const ENGLISH_DATE = '(?:[A-Z][a-z]+day )?\\d{1,2} [A-Z][a-z]+(?: \\d{4})?'
const HOURS = '\\d{1,2}:\\d{2}(?:[–-]\\d{1,2}:\\d{2})?'
const CHANGE = '[多少] [\\d,.]+(?: 个百分点)?'
const WHOLE = new RegExp(`(${DATE}|${ENGLISH_DATE}|${HOURS}|${CHANGE})`)

export const Whole: FunctionalComponent<{ text: string }> = ({ text }) => h(Fragment, text.split(WHOLE).map((part, i) => (i % 2 ? h('span', { class: 'whole' }, part) : part)))
Whole.props = { text: { type: String, required: true } }
