/* A form that opens within a page, as a layer: the focus goes in, Esc leaves it, and the focus goes back to what opened it. */
import { nextTick, type ObjectDirective } from 'vue'
import { holdKeys } from './keys'

interface Kept {
  leave: () => void
  opener: Element | null
  letGo: () => void
}
const kept = new WeakMap<HTMLElement, Kept>()

/** `v-opened="leave"`. What took the focus meanwhile keeps it. */
export const vOpened: ObjectDirective<HTMLElement, () => void> = {
  mounted(el, { value }) {
    // A menu that led here has given the focus back to its button by now.
    const own: Kept = { leave: value, opener: document.activeElement, letGo: holdKeys(() => ({ Escape: () => own.leave() })) }
    kept.set(el, own)
    void nextTick(() => {
      // A date stays shut until asked for: its calendar would cover the form.
      const first = Array.from(el.querySelectorAll<HTMLElement>('input, select, textarea')).find((c) => !c.closest('.el-date-editor'))
      if (!el.contains(document.activeElement)) first?.focus()
    })
  },
  updated(el, { value }) {
    const own = kept.get(el)
    if (own) own.leave = value
  },
  beforeUnmount(el) {
    const own = kept.get(el)
    own?.letGo()
    void nextTick(() => {
      if (document.activeElement && document.activeElement !== document.body) return
      const opener = own?.opener?.isConnected && own.opener !== document.body ? own.opener : document.querySelector('#main h1')
      if (opener instanceof HTMLElement) opener.focus()
    })
  },
}
