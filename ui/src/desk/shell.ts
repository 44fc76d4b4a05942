/* What the frame and the pages share: the drawer, the list of keys, the title. */
import { reactive } from 'vue'
import { say } from '@/shared/i18n'

export const shell = reactive({ menu: false, keys: false, settings: false })

/** The title starts with what is new; names, phones and facts never go into it. */
export function pageTitle(text: string): void {
  document.title = text ? `${text} - ${say('nav.product')}` : say('nav.product')
}
