/* Name, telephone, hours, stations and figures of this installation. Pages work without them. */
import { computed, reactive } from 'vue'
import { get } from '../shared/api'
import { isEnglish, say, tx } from '../shared/i18n'
import type { Site } from '../shared/types'

export const site = reactive<{ state: 'unread' | 'reading' | 'read' | 'failed'; data: Site | null }>({ state: 'unread', data: null })

export async function readSite(): Promise<void> {
  if (site.state === 'reading' || site.state === 'read') return
  site.state = 'reading'
  try {
    site.data = await get<Site>('/site', undefined, { retries: 1 })
    site.state = 'read'
  } catch {
    site.state = 'failed'
  }
}

/** The number that can be called; empty while none is known. */
export const number = computed(() => site.data?.phone ?? '')
/** The same in sentences. */
export const phone = computed(() => number.value || say('app.our_phone'))
export const sms = computed(() => site.data?.sms === true)
/** What is said about Order 121 is true of this office. */
export const marketLaw = computed(() => site.data?.law?.zh === '《市场监督管理投诉举报处理办法》')
/** 安澜县 */
export const place = computed(() => tx(site.data?.name).replace(/市场监督管理局$/, '').replace(/ (Administration for )?Market .*$/i, ''))
/** 安澜县市场监督管理局 */
export const bureau = computed(() => {
  const name = tx(site.data?.name)
  if (!name || !marketLaw.value || /局$/.test(name) || / Market /i.test(name)) return name
  return isEnglish() ? `${name} Market Regulation Bureau` : `${name}市场监督管理局`
})
