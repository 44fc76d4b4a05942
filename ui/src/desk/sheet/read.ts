/* A file the user chose, ready for the server: CSV and JSON lines go as they are, .xlsx becomes CSV here. */
import type { Reply, Sheet } from './reader.worker'

export type { Sheet } from './reader.worker'
export type { Rounded } from './text'

/** Why a file cannot be read; `kind` picks the words. */
export class Unreadable extends Error {
  readonly kind: 'old_excel' | 'locked' | 'broken' | 'empty'
  constructor(kind: Unreadable['kind']) {
    super(kind)
    this.kind = kind
  }
}

const ZIP = [0x50, 0x4b, 0x03, 0x04]
const OLE = [0xd0, 0xcf, 0x11, 0xe0]
const starts = (bytes: Uint8Array, with_: number[]) => with_.every((b, i) => bytes[i] === b)

/** By its bytes and not by its name: an .xlsx is a zip, an old .xls (and a locked .xlsx) an OLE file. */
export async function isWorkbook(file: Blob): Promise<boolean> {
  const first = new Uint8Array(await file.slice(0, 8).arrayBuffer())
  if (starts(first, OLE)) throw new Unreadable(/\.xlsx$/i.test((file as File).name ?? '') ? 'locked' : 'old_excel')
  return starts(first, ZIP)
}

/** Sheets that hold anything, in the workbook's order. */
export async function readWorkbook(file: Blob): Promise<Sheet[]> {
  const bytes = await file.arrayBuffer()
  const worker = new Worker(new URL('./reader.worker.ts', import.meta.url), { type: 'module' })
  try {
    const reply = await new Promise<Reply>((resolve) => {
      worker.onmessage = (event: MessageEvent<Reply>) => resolve(event.data)
      worker.onerror = () => resolve({ failure: 'worker' })
      worker.postMessage(bytes, [bytes])
    })
    if ('failure' in reply) throw new Unreadable('broken')
    const sheets = reply.sheets.filter((s) => s.text && s.text.columns > 0)
    if (!sheets.length) throw new Unreadable('empty')
    return sheets
  } finally {
    worker.terminate()
  }
}
