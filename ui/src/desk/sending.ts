/* Files on their way, one after the other: which one and how far, and those that did not arrive, to be sent again with the key they had. */
import { ref } from 'vue'
import { newKey } from '@/shared/api'
import { fileWords, type Sending } from '@/shared/files'

export interface Unsent {
  file: File
  key: string
  words: string
}

/** @param one sends a file; @param arrived is told what came of it. */
export function useSending<T>(one: (file: File, options: Sending) => Promise<T>, arrived: (answer: T) => void) {
  const sending = ref<{ name: string; percent: number } | null>(null)
  const failed = ref<Unsent[]>([])

  async function send(file: File, key: string): Promise<void> {
    sending.value = { name: file.name, percent: 0 }
    try {
      arrived(await one(file, { key, onProgress: (n) => sending.value && (sending.value.percent = n) }))
    } catch (problem) {
      failed.value.push({ file, key, words: fileWords(problem) })
    } finally {
      sending.value = null
    }
  }
  async function sendAll(files: File[]): Promise<void> {
    for (const file of files) await send(file, newKey())
  }
  async function again(at: number): Promise<void> {
    const [f] = failed.value.splice(at, 1)
    if (f) await send(f.file, f.key)
  }
  return { sending, failed, sendAll, again }
}
