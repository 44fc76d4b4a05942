/* Reads an .xlsx file off the page's thread. Loaded only when one is chosen. */
import readXlsxFile from 'read-excel-file/universal'
import { Digits, sheetText, type Cell, type SheetText } from './text'

export interface Sheet {
  name: string
  text: SheetText | null
}
export type Reply = { sheets: Sheet[] } | { failure: string }

self.onmessage = async (event: MessageEvent<ArrayBuffer>) => {
  let reply: Reply
  try {
    const sheets = await readXlsxFile(event.data, { parseNumber: (text: string) => new Digits(text) })
    reply = { sheets: sheets.map((s) => ({ name: s.sheet, text: sheetText(s.data as unknown as Cell[][]) })) }
  } catch (failure) {
    reply = { failure: failure instanceof Error ? failure.message : String(failure) }
  }
  self.postMessage(reply)
}
