/* One vue-i18n instance per app: zh-CN first, English fetched when asked for. Words shared by both apps live in words/. */
import { createI18n } from 'vue-i18n'
import type { Text } from './types'
import zh from './words/zh'

export type Locale = 'zh-CN' | 'en'
type Words = { [key: string]: string | Words }
const STORE = 'fangxin.locale'

export function storedLocale(): Locale {
  try {
    return localStorage.getItem(STORE) === 'en' ? 'en' : 'zh-CN'
  } catch {
    return 'zh-CN'
  }
}

function create(words: Words) {
  return createI18n({
    legacy: false,
    locale: 'zh-CN' as string,
    fallbackLocale: 'zh-CN',
    messages: { 'zh-CN': { ...zh, ...words } } as Record<string, Words>,
    missingWarn: false,
    fallbackWarn: false,
  })
}
type Instance = ReturnType<typeof create>

let current: Instance | null = null
let english: () => Promise<Words> = () => Promise.resolve({})

/** `words` are the app's own; `loadEnglish` fetches their English when first asked for. */
export function makeI18n(words: Words, loadEnglish?: () => Promise<Words>): Instance {
  current = create(words)
  if (loadEnglish) english = loadEnglish
  return current
}

export async function setLocale(locale: Locale): Promise<void> {
  if (!current) return
  const messages = current.global.messages.value
  if (locale === 'en' && !messages.en) {
    const [shared, own] = await Promise.all([import('./words/en'), english()])
    current.global.setLocaleMessage('en', { ...shared.default, ...own } as Words)
  }
  current.global.locale.value = locale
  document.documentElement.lang = locale
  try {
    localStorage.setItem(STORE, locale)
  } catch {
    /* private mode: the choice lasts as long as the page */
  }
}

export function locale(): Locale {
  return (current?.global.locale.value as Locale | undefined) ?? 'zh-CN'
}
export function isEnglish(): boolean {
  return locale() === 'en'
}
/** The reader's half of a text that the server gives in two languages. Plain strings pass through. */
export function tx(text: Text | string | null | undefined): string {
  if (!text) return ''
  if (typeof text === 'string') return text
  return (isEnglish() ? text.en || text.zh : text.zh || text.en) ?? ''
}
/** vue-i18n's t, in and outside components; a number n in the values chooses the plural. */
export function say(key: string, values: Record<string, unknown> = {}): string {
  if (!current) return key
  return typeof values.n === 'number' ? current.global.t(key, values, values.n) : current.global.t(key, values)
}
