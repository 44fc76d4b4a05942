/* Letters of a matter, as the server tells of them. */
import { Problem, Unreachable, matterPath, writeHeaders } from '@/shared/api'
import type { ProblemBody, Text } from '@/shared/types'
import type { ActField } from './reference'

export interface LetterParty {
  code: string
  zh: string
  en: string
}
export interface LetterForm {
  form: string
  style: string
  label: Text
  to: LetterParty[]
  fields: ActField[]
}
export interface LetterService {
  party: string
  party_label: Text
  channel: string
  channel_label: Text | null
  at: string
  told: boolean
  recipient: string | null
  proof: string | null
}
export interface Letter {
  id: number
  version: number
  form: string
  label: Text | null
  number: string
  status: 'issuing' | 'issued' | 'voided'
  status_label: Text
  date: string
  sha256: string | null
  to: LetterParty[]
  services: LetterService[]
  voided: { at: string; reason: string | null } | null
  /** Text and file went at the end of the term of keeping. */
  purged: boolean
  may_open: boolean
  may_serve: boolean
  may_void: boolean
}
export interface Letters {
  forms: LetterForm[]
  items: Letter[]
}

export const lettersPath = (number: string) => `${matterPath(number)}/letters`
export const letterFile = (id: number) => `/api/v1/letters/${id}/document`

/** The preview as an address of this tab; the caller gives it back with URL.revokeObjectURL. */
export async function previewLetter(number: string, form: string, asks: Record<string, unknown>): Promise<string> {
  let answer: Response
  try {
    answer = await fetch(`/api/v1${lettersPath(number)}/preview`, {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'Content-Type': 'application/json', Accept: 'application/pdf, application/problem+json', ...writeHeaders() },
      body: JSON.stringify({ form, asks }),
    })
  } catch {
    throw new Unreachable(false)
  }
  if (answer.ok) return URL.createObjectURL(await answer.blob())
  const fallback: ProblemBody = { title: answer.statusText || 'Error', status: answer.status, code: 'internal' }
  const said = (await answer.json().catch(() => null)) as ProblemBody | null
  throw new Problem({ ...fallback, ...(said ?? {}) }, answer.headers.get('X-Request-Id') ?? '', null)
}
