/* Evidence on its way: sent with progress, read as pictures. Raw bytes with the name in a header; what a file is,
   the server decides by its bytes. */
import { matterPath, plainPin, Problem, Unreachable, writeHeaders } from './api'
import { tx } from './i18n'
import { problemWords } from './problem'
import type { Evidence, ProblemBody } from './types'

const BASE = '/api/v1'
const SILENCE_MS = 60_000
/** What a browser's dialog offers; the server looks at the bytes. */
export const FILE_TYPES = 'image/jpeg,image/png,image/webp,image/heic,image/heif,.heic,.heif,application/pdf'

export interface Sending {
  pin?: string
  key: string
  /** 0 … 100 of the bytes that left. */
  onProgress?: (percent: number) => void
  signal?: AbortSignal
}

/** Sends one file once as evidence of a matter. Sending again with the same key adds nothing. */
export const sendFile = async (number: string, file: File, options: Sending): Promise<Evidence> => (await sendTo<{ file: Evidence }>(`${matterPath(number)}/files`, file, options)).file
/** The same to any address that takes raw bytes; what it answers. */
export function sendTo<T>(path: string, file: File, options: Sending): Promise<T> {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest()
    let silence = 0
    const heard = () => {
      clearTimeout(silence)
      silence = window.setTimeout(() => request.abort(), SILENCE_MS)
    }
    const stop = () => request.abort()
    request.open('POST', `${BASE}${path}`)
    request.setRequestHeader('Content-Type', file.type || 'application/octet-stream')
    request.setRequestHeader('Fangxin-File-Name', encodeURIComponent(file.name))
    request.setRequestHeader('Idempotency-Key', options.key)
    if (options.pin) request.setRequestHeader('Fangxin-Pin', plainPin(options.pin))
    for (const [name, value] of Object.entries(writeHeaders())) request.setRequestHeader(name, value)
    request.upload.onprogress = (event) => {
      heard()
      if (event.lengthComputable) options.onProgress?.(Math.round((event.loaded / event.total) * 100))
    }
    request.onloadend = () => {
      clearTimeout(silence)
      options.signal?.removeEventListener('abort', stop)
      if (request.status === 0) {
        failed(options.signal?.aborted ? new DOMException('stopped', 'AbortError') : new Unreachable(false))
        return
      }
      let body: unknown = null
      try {
        body = JSON.parse(request.responseText)
      } catch {
        /* the status line serves */
      }
      if (request.status === 201) done(body as T)
      else {
        const wait = Number(request.getResponseHeader('Retry-After'))
        const plain: ProblemBody = { title: request.statusText || 'Error', status: request.status, code: 'internal' }
        failed(new Problem({ ...plain, ...(body as ProblemBody | null) }, request.getResponseHeader('X-Request-Id') ?? '', wait > 0 ? wait : null))
      }
    }
    options.signal?.addEventListener('abort', stop)
    heard()
    request.send(file)
  })
}

export type Part = 'thumb' | 'large' | 'original'
export const filePath = (number: string, id: number, part: Part, reason = ''): string => partPath(matterPath(number), id, part, reason)
/** Of a file of whoever lives at that address. */
export function partPath(owner: string, id: number, part: Part, reason = ''): string {
  const path = `${BASE}${owner}/files/${id}`
  if (part === 'original') return `${path}/original${reason ? `?reason=${encodeURIComponent(reason)}` : ''}`
  return part === 'thumb' ? `${path}?size=thumb` : path
}
/** For who has only a PIN: an address in this tab's memory. Give it back with URL.revokeObjectURL. */
export async function readFile(number: string, id: number, part: 'thumb' | 'large' | 'original', pin: string): Promise<string> {
  const answer = await fetch(filePath(number, id, part), { headers: { 'Fangxin-Pin': plainPin(pin) }, credentials: 'same-origin' })
  if (!answer.ok) throw new Unreachable(false)
  return URL.createObjectURL(await answer.blob())
}

/** 1.2 MB, 340 KB */
export function fileSize(bytes: number): string {
  if (bytes >= 1 << 20) return `${(bytes / (1 << 20)).toFixed(1).replace(/\.0$/, '')} MB`
  return `${Math.max(1, Math.round(bytes / 1024))} KB`
}

/** Why a file was not taken: the words for the file itself where the server has some. */
export function fileWords(failure: unknown): string {
  const own = failure instanceof Problem ? failure.errors.find((e) => e.field === 'file') : undefined
  return own ? tx(own) : problemWords(failure)
}
