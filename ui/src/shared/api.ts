/* The one way to the server. Every refusal is a Problem with words for the reader; no answer at all is Unreachable. */
import type { FieldError, Matter, ProblemBody, Text } from './types'

const BASE = '/api/v1'
const TIMEOUT_MS = 30_000

export class Problem extends Error {
  readonly status: number
  readonly code: string
  readonly words: Text
  readonly errors: FieldError[]
  readonly requestId: string
  readonly current: Matter | null
  /** Seconds to wait before another try, when the server said so. */
  readonly retryAfter: number | null
  readonly body: ProblemBody

  constructor(body: ProblemBody, requestId: string, retryAfter: number | null) {
    super(body.title)
    this.name = 'Problem'
    this.body = body
    this.status = body.status
    this.code = body.code
    this.words = { zh: body.title_zh || body.title, en: body.title }
    this.errors = body.errors ?? []
    this.requestId = body.request_id || requestId
    this.current = body.current ?? null
    this.retryAfter = retryAfter
  }
}

/** No answer came: line down, server away, or it took too long. What was sent may or may not have been done. */
export class Unreachable extends Error {
  readonly timedOut: boolean
  constructor(timedOut: boolean) {
    super(timedOut ? 'timed out' : 'unreachable')
    this.name = 'Unreachable'
    this.timedOut = timedOut
  }
}

export type Query = Record<string, string | number | boolean | null | undefined>

export interface Options {
  query?: Query
  /** JSON by default; pass a Blob or File with `type` for raw bytes. */
  body?: unknown
  type?: string
  pin?: string
  /** The login code of a business. */
  login?: string
  /** Idempotency-Key: the same key for each try of one act. */
  key?: string
  /** If-Match: the version of the matter that was shown. */
  version?: number | null
  etag?: string | null
  signal?: AbortSignal
  timeoutMs?: number
  /** How many further tries after no answer or 503; only with a key or for reading. */
  retries?: number
}

export interface Answer<T> {
  data: T
  status: number
  etag: string | null
  headers: Headers
}

let csrf = ''
let onSignedOut: (() => void) | null = null

export function setCsrf(token: string): void {
  csrf = token
}
/** What a write with a session carries besides its body. */
export function writeHeaders(): Record<string, string> {
  return csrf ? { 'Fangxin-Csrf': csrf } : {}
}
/** Called when a request with a session is answered 401. */
export function whenSignedOut(act: (() => void) | null): void {
  onSignedOut = act
}

/** A fresh idempotency key: 128 random bits. crypto.randomUUID is absent from chrome87 and from plain http. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('')
}

/** A PIN as sent: no spaces, no hyphens, capitals. */
export function plainPin(pin: string): string {
  return pin.replace(/[^0-9a-z]/gi, '').toUpperCase()
}

function address(path: string, query?: Query): string {
  const url = path.startsWith('/healthz') || path.startsWith('/readyz') ? path : BASE + path
  if (!query) return url
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== '') params.set(name, String(value))
  }
  const text = params.toString()
  return text ? `${url}?${text}` : url
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms))
}

async function once<T>(method: string, path: string, options: Options): Promise<Answer<T>> {
  const headers: Record<string, string> = { Accept: 'application/json, application/problem+json' }
  const write = method !== 'GET'
  let body: BodyInit | undefined
  if (options.body instanceof Blob || options.body instanceof ArrayBuffer) {
    headers['Content-Type'] = options.type ?? 'application/octet-stream'
    body = options.body
  } else if (typeof options.body === 'string' && options.type) {
    headers['Content-Type'] = options.type
    body = options.body
  } else if (options.body !== undefined) {
    headers['Content-Type'] = 'application/json'
    body = JSON.stringify(options.body)
  }
  if (options.pin) headers['Fangxin-Pin'] = plainPin(options.pin)
  if (options.login) headers['Fangxin-Business'] = options.login
  if (options.key) headers['Idempotency-Key'] = options.key
  if (options.version !== undefined && options.version !== null) headers['If-Match'] = `"${options.version}"`
  if (options.etag) headers['If-None-Match'] = options.etag
  if (write && csrf) headers['Fangxin-Csrf'] = csrf

  const timer = new AbortController()
  const stop = () => timer.abort()
  const limit = setTimeout(stop, options.timeoutMs ?? TIMEOUT_MS)
  options.signal?.addEventListener('abort', stop)
  let answer: Response
  let raw: string
  try {
    answer = await fetch(address(path, options.query), { method, headers, body, signal: timer.signal, credentials: 'same-origin' })
    raw = await answer.text()
  } catch (failure) {
    if (options.signal?.aborted) throw failure
    throw new Unreachable(timer.signal.aborted)
  } finally {
    clearTimeout(limit)
    options.signal?.removeEventListener('abort', stop)
  }

  const requestId = answer.headers.get('X-Request-Id') ?? ''
  const json = (answer.headers.get('Content-Type') ?? '').includes('json')
  if (answer.ok || answer.status === 304) {
    const data = (raw && json ? JSON.parse(raw) : raw || null) as T
    return { data, status: answer.status, etag: answer.headers.get('ETag'), headers: answer.headers }
  }
  const wait = Number(answer.headers.get('Retry-After'))
  let problem: ProblemBody = { title: answer.statusText || 'Error', status: answer.status, code: 'internal' }
  if (raw && json) {
    try {
      problem = { ...problem, ...(JSON.parse(raw) as ProblemBody) }
    } catch {
      /* not JSON after all: the status line serves */
    }
  }
  if (answer.status === 401 && csrf && onSignedOut) onSignedOut()
  throw new Problem(problem, requestId, Number.isFinite(wait) && wait > 0 ? wait : null)
}

export async function request<T>(method: string, path: string, options: Options = {}): Promise<Answer<T>> {
  const safe = method === 'GET' || Boolean(options.key)
  let tries = safe ? (options.retries ?? 0) : 0
  for (let wait = 600; ; wait *= 2) {
    try {
      return await once<T>(method, path, options)
    } catch (failure) {
      const again = failure instanceof Unreachable || (failure instanceof Problem && failure.status === 503)
      if (!again || tries <= 0 || options.signal?.aborted) throw failure
      tries -= 1
      const asked = failure instanceof Problem && failure.retryAfter ? failure.retryAfter * 1000 : wait
      await pause(Math.min(asked, 5000))
    }
  }
}

export async function get<T>(path: string, query?: Query, options: Options = {}): Promise<T> {
  return (await request<T>('GET', path, { ...options, query })).data
}
export async function post<T>(path: string, body?: unknown, options: Options = {}): Promise<T> {
  return (await request<T>('POST', path, { ...options, body })).data
}
export async function put<T>(path: string, body?: unknown, options: Options = {}): Promise<T> {
  return (await request<T>('PUT', path, { ...options, body })).data
}
export async function del(path: string, options: Options = {}): Promise<void> {
  await request<null>('DELETE', path, options)
}

export function matterPath(number: string): string {
  return `/matters/${encodeURIComponent(number)}`
}
/** One legal act on a matter. Shown as done only when this has answered. */
export function act(number: string, name: string, body: object, options: Options): Promise<Matter> {
  return post<Matter>(`${matterPath(number)}/acts/${name}`, body, { key: newKey(), ...options })
}
