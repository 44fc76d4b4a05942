/* Name, telephone, hours, stations and figures of this installation. Pages work without them. */
import { computed, reactive } from 'vue'
import { get } from '../shared/api'
import { isEnglish, tx } from '../shared/i18n'
import type { Site } from '../shared/types'

const DEFAULT_PHONE = '12315'

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

export const phone = computed(() => site.data?.phone || DEFAULT_PHONE)
export const sms = computed(() => site.data?.sms === true)
/** 安澜县 */
export const place = computed(() => tx(site.data?.name).replace(/市场监督管理局$/, '').replace(/ (Administration for )?Market .*$/i, ''))
/** 安澜县市场监督管理局 */
export const bureau = computed(() => {
  const name = tx(site.data?.name)
  if (!name || /局$/.test(name) || / Market /i.test(name)) return name
  return isEnglish() ? `${name} Market Regulation Bureau` : `${name}市场监督管理局`
})
