/* What the frame and the pages share: the drawer, the list of keys, the title, what is said aloud. */
import { nextTick, reactive } from 'vue'
import { say } from '@/shared/i18n'

export const shell = reactive({ menu: false, keys: false, settings: false, told: '' })

/** Read out by a screen reader. The region stands in the frame: one that comes together with its words is passed over. */
export function tell(words: string): void {
  shell.told = ''
  void nextTick(() => (shell.told = words))
}

/** The title starts with what is new; names, phones and facts never go into it. */
export function pageTitle(text: string): void {
  document.title = text ? `${text} - ${say('nav.product')}` : say('nav.product')
}
