/* Photos and documents the reader picks: held in this page until there is a number, then sent one after the other.
   They are not kept with the draft: a reload forgets them, and the page says so. */
import { computed, reactive } from 'vue'
import { newKey, Problem, Unreachable } from '../shared/api'
import { fileSize, fileWords, sendFile } from '../shared/files'
import { say } from '../shared/i18n'
import { site } from './site'

const TRIES = 4
const MAX_FILES = 10
const MAX_BYTES = 20 << 20

export interface Upload {
  key: string
  file: File
  name: string
  picture: boolean
  state: 'picked' | 'sending' | 'done' | 'failed' | 'refused'
  percent: number
  words: string
}

export const uploads = reactive<{ list: Upload[]; number: string; pin: string; said: string }>({ list: [], number: '', pin: '', said: '' })
let running = false
let stop: AbortController | null = null

export const maxFiles = computed(() => site.data?.evidence?.max_files ?? MAX_FILES)
export const maxBytes = computed(() => site.data?.evidence?.max_bytes ?? MAX_BYTES)
export const sendingFiles = computed(() => Boolean(uploads.number) && uploads.list.some((u) => u.state === 'picked' || u.state === 'sending'))

/** @returns how many of the chosen files found no room. */
export function addFiles(files: Iterable<File>, there: number): number {
  let left = 0
  for (const file of files) {
    if (uploads.list.filter((u) => u.state !== 'refused').length + there >= maxFiles.value) {
      left += 1
      continue
    }
    const large = file.size > maxBytes.value
    uploads.list.push({
      key: newKey(), file, name: file.name || say('files.photo'), picture: file.type.startsWith('image/'),
      state: large || file.size === 0 ? 'refused' : 'picked', percent: 0,
      words: large ? say('files.large', { size: fileSize(file.size), max: fileSize(maxBytes.value) }) : file.size === 0 ? say('files.empty') : '',
    })
  }
  void run()
  return left
}
export function dropFile(u: Upload): void {
  if (u.state === 'sending') stop?.abort()
  uploads.list = uploads.list.filter((x) => x.key !== u.key)
}
export function retryFile(u: Upload): void {
  u.state = 'picked'
  u.words = ''
  void run()
}
/** From now on files go to this matter; those picked before first. */
export function sendTo(number: string, pin: string): void {
  if (uploads.number && uploads.number !== number) uploads.list = []
  uploads.number = number
  uploads.pin = pin
  void run()
}
export function forgetFiles(): void {
  stop?.abort()
  Object.assign(uploads, { list: [], number: '', pin: '', said: '' })
}

async function sendOne(u: Upload): Promise<void> {
  for (let left = TRIES, wait = 800; ; wait *= 2) {
    stop = new AbortController()
    try {
      await sendFile(uploads.number, u.file, { pin: uploads.pin, key: u.key, signal: stop.signal, onProgress: (p) => (u.percent = p) })
      u.state = 'done'
      return
    } catch (failure) {
      if (stop.signal.aborted) return
      const busy = failure instanceof Problem && (failure.status === 503 || failure.status === 429)
      left -= 1
      if ((failure instanceof Unreachable || busy) && left > 0) {
        u.words = say(busy ? 'files.busy' : 'files.offline')
        await new Promise((on) => setTimeout(on, failure instanceof Problem && failure.retryAfter ? Math.min(failure.retryAfter * 1000, 5000) : wait))
        if (!uploads.list.includes(u)) return
        continue
      }
      u.state = failure instanceof Problem && failure.status === 422 ? 'refused' : 'failed'
      u.words = failure instanceof Unreachable ? say('files.failed_offline') : fileWords(failure)
      return
    }
  }
}
async function run(): Promise<void> {
  if (running || !uploads.number) return
  running = true
  for (;;) {
    const next = uploads.list.find((u) => u.state === 'picked')
    if (!next) break
    next.state = 'sending'
    next.percent = 0
    await sendOne(next)
  }
  running = false
  const done = uploads.list.filter((u) => u.state === 'done').length
  const bad = uploads.list.filter((u) => u.state === 'failed' || u.state === 'refused').length
  uploads.said = bad ? say('files.some', { done: String(done), bad: String(bad) }) : done ? say('files.all', { done: String(done) }) : ''
}
