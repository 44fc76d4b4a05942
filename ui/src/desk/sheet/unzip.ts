/* What read-excel-file asks of fflate, without fflate's own workers: they start from blob: addresses, which the content
   security policy refuses. The whole reader runs in a worker of ours already. */
import { unzipSync, type UnzipFileInfo, type Unzipped } from 'fflate/browser'

export * from 'fflate/browser'

type Done = (failure: Error | null, files: Unzipped) => void
/** A sheet that unpacks to more than this is no sheet of records. */
const UNPACKED_MAX = 512 * 1048576

export function unzip(bytes: Uint8Array, second: unknown, third?: Done): void {
  const done = (typeof second === 'function' ? second : third) as Done
  let total = 0
  try {
    const files = unzipSync(bytes, {
      filter: (file: UnzipFileInfo) => {
        if (/^xl\/(media|drawings|charts|embeddings)\//.test(file.name)) return false
        total += file.originalSize
        if (total > UNPACKED_MAX) throw new Error('too large')
        return true
      },
    })
    done(null, files)
  } catch (failure) {
    done(failure as Error, {})
  }
}
