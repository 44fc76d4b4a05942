/* Photographs picked for an entry that has no number yet. On a phone they lie in IndexedDB and outlive a reload or a lost line, as
   the draft does; on a shared desk they live as long as the page. Each goes out once, under a key of its own, when its entry is there. */
import { newKey, Problem } from '@/shared/api'
import { sendTo } from '@/shared/files'
import { view } from './prefs'
import { entryPath } from './registers'
import { session } from './session'

const DATABASE = 'fangxin'
const STORE = 'photos'
const KEEP_MS = 7 * 86_400_000

export interface Photo {
  /** Its idempotency key. */
  id: string
  officer: number
  /** "draft REGISTER", then "out ID" of what was sent. */
  place: string
  register: string
  field: string
  file: File
  at: number
  /** Of its entry, once there is one. */
  number: string
}
export const draftPlace = (register: string) => `draft ${register}`
export const outPlace = (id: string) => `out ${id}`
/** Numbers of entries of which the server would not take one. */
export const refusedPhotos = new Set<string>()

const memory = new Map<string, Photo>()
let database: Promise<IDBDatabase | null> | null = null
function open(): Promise<IDBDatabase | null> {
  if (!view.phone || typeof indexedDB === 'undefined') return Promise.resolve(null)
  database ??= new Promise((done) => {
    try {
      const asked = indexedDB.open(DATABASE, 1)
      asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: 'id' })
      asked.onsuccess = () => done(asked.result)
      asked.onerror = asked.onblocked = () => done(null)
    } catch {
      done(null)
    }
  })
  return database
}
/** Runs over the store and waits until it is on the disk; false where there is none, or it is full. */
async function write(act: (store: IDBObjectStore) => void): Promise<boolean> {
  const db = await open()
  if (!db) return false
  return new Promise((done) => {
    const work = db.transaction(STORE, 'readwrite')
    work.oncomplete = () => done(true)
    work.onerror = work.onabort = () => done(false)
    act(work.objectStore(STORE))
  })
}
async function stored(): Promise<Photo[]> {
  const db = await open()
  if (!db) return []
  return new Promise((done) => {
    const asked = db.transaction(STORE).objectStore(STORE).getAll()
    asked.onsuccess = () => done(asked.result as Photo[])
    asked.onerror = () => done([])
  })
}
async function put(photos: Photo[]): Promise<boolean> {
  for (const p of photos) memory.set(p.id, p)
  return write((store) => photos.forEach((p) => store.put({ ...p })))
}
async function drop(ids: string[]): Promise<void> {
  for (const id of ids) memory.delete(id)
  await write((store) => ids.forEach((id) => store.delete(id)))
}
/** The officer's own, in the order they were taken; what is older than a draft may be goes. */
async function all(): Promise<Photo[]> {
  for (const p of await stored()) if (!memory.has(p.id)) memory.set(p.id, p)
  const old = [...memory.values()].filter((p) => Date.now() - p.at > KEEP_MS).map((p) => p.id)
  if (old.length) await drop(old)
  return [...memory.values()].filter((p) => p.officer === (session.officer?.id ?? 0)).sort((a, b) => a.at - b.at)
}

export async function photosAt(place: string): Promise<Record<string, File[]>> {
  const out: Record<string, File[]> = {}
  for (const p of await all()) if (p.place === place) (out[p.field] ??= []).push(p.file)
  return out
}
/** What is picked for one field now; false when a reload would lose them. */
export async function keepPhotos(register: string, place: string, field: string, files: File[]): Promise<boolean> {
  const now = (await all()).filter((p) => p.place === place && p.field === field)
  const fresh = files.filter((f) => !now.some((p) => p.file === f))
  await drop(now.filter((p) => !files.includes(p.file)).map((p) => p.id))
  const start = Date.now()
  return put(fresh.map((file, i) => ({ id: newKey(), officer: session.officer?.id ?? 0, place, register, field, file, at: start + i, number: '' })))
}
export async function movePhotos(from: string, to: string): Promise<void> {
  await put((await all()).filter((p) => p.place === from).map((p) => ({ ...p, place: to })))
}
export async function forgetPhotos(place: string): Promise<void> {
  await drop((await all()).filter((p) => p.place === place).map((p) => p.id))
}

let sending: Promise<void> = Promise.resolve()
async function sendNow(): Promise<void> {
  for (const p of await all()) {
    if (!p.number) continue
    try {
      await sendTo(`${entryPath(p.register, p.number)}/fields/${p.field}/files`, p.file, { key: p.id })
      await drop([p.id])
    } catch (problem) {
      const never = problem instanceof Problem && problem.status < 500 && ![401, 429].includes(problem.status)
      if (!never) return // the line, the server or the session: once more later
      refusedPhotos.add(p.number)
      await drop([p.id])
    }
  }
}
/** Sends all whose entry is there, one round at a time. */
export function deliverPhotos(): Promise<void> {
  sending = sending.then(sendNow, sendNow)
  return sending
}
/** The entry of these has its number now. */
export async function photosFor(place: string, number: string): Promise<void> {
  await put((await all()).filter((p) => p.place === place).map((p) => ({ ...p, number })))
  await deliverPhotos()
}
/** How many of an entry are still on their way. */
export const photosLeft = async (number: string): Promise<number> => (await all()).filter((p) => p.number === number).length
