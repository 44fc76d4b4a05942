/* What this reader prefers, kept on the computer: scheme and single keys. Nothing about people or matters is kept here. */
import { reactive, watch } from 'vue'

export type Scheme = 'system' | 'light' | 'dark'
const STORE = 'fangxin.desk'

function read(): { scheme: Scheme; singleKeys: boolean } {
  try {
    const kept = JSON.parse(localStorage.getItem(STORE) ?? '{}') as { scheme?: Scheme; singleKeys?: boolean }
    return { scheme: kept.scheme === 'light' || kept.scheme === 'dark' ? kept.scheme : 'system', singleKeys: kept.singleKeys !== false }
  } catch {
    return { scheme: 'system', singleKeys: true }
  }
}
export const prefs = reactive(read())
export const view = reactive({ dark: false, phone: false, narrow: false })

function follow(query: string, apply: (matches: boolean) => void): void {
  const media = window.matchMedia(query)
  apply(media.matches)
  media.addEventListener('change', (event) => apply(event.matches))
}

/** Keeps html.dark or html.light in step with the preference, and the widths that change the layout. */
export function startPrefs(): void {
  let systemDark = false
  const show = () => {
    view.dark = prefs.scheme === 'dark' || (prefs.scheme === 'system' && systemDark)
    document.documentElement.classList.toggle('dark', view.dark)
    document.documentElement.classList.toggle('light', !view.dark)
  }
  follow('(prefers-color-scheme: dark)', (matches) => {
    systemDark = matches
    show()
  })
  follow('(max-width: 759px)', (matches) => (view.phone = matches))
  follow('(max-width: 1199px)', (matches) => (view.narrow = matches))
  watch(prefs, () => {
    show()
    try {
      localStorage.setItem(STORE, JSON.stringify(prefs))
    } catch {
      /* private mode: it lasts as long as the page */
    }
  })
}
