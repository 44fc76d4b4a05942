/* The receipt as a picture to keep: drawn here, saved by the browser, sent nowhere. */
export interface PictureLine {
  text: string
  size: number
  bold?: boolean
  mono?: boolean
  quiet?: boolean
  /** Space above, in px. */
  above?: number
}

const WIDTH = 720
const EDGE = 48
const SCALE = 2
const FONT = '"PingFang SC","HarmonyOS Sans SC","Microsoft YaHei","Noto Sans CJK SC","WenQuanYi Micro Hei",sans-serif'
const MONO = 'Menlo,Consolas,"DejaVu Sans Mono",monospace'
const LEADING = 1.5

function setFont(pen: CanvasRenderingContext2D, line: PictureLine): void {
  pen.font = `${line.bold ? 600 : 400} ${line.size}px ${line.mono ? MONO : FONT}`
}
/** Han may break anywhere, Latin words and numbers stay whole. */
function wrap(pen: CanvasRenderingContext2D, text: string): string[] {
  const rows: string[] = []
  let row = ''
  for (const part of text.match(/[\w.,:/*+-]+\s*|\s+|[^\w\s]/gu) ?? []) {
    if (row && pen.measureText(row + part.trimEnd()).width > WIDTH - 2 * EDGE) {
      rows.push(row)
      row = part.trimStart()
    } else {
      row += part
    }
  }
  return row ? [...rows, row] : rows
}

export async function savePicture(lines: PictureLine[], name: string): Promise<boolean> {
  const canvas = document.createElement('canvas')
  const pen = canvas.getContext('2d')
  if (!pen) return false
  const laid: { line: PictureLine; rows: string[] }[] = []
  let height = EDGE
  for (const line of lines) {
    setFont(pen, line)
    const rows = wrap(pen, line.text)
    laid.push({ line, rows })
    height += (line.above ?? 0) + rows.length * line.size * LEADING
  }
  height += EDGE
  canvas.width = WIDTH * SCALE
  canvas.height = Math.ceil(height) * SCALE
  pen.scale(SCALE, SCALE)
  pen.fillStyle = '#fff'
  pen.fillRect(0, 0, WIDTH, height)
  pen.strokeStyle = '#17508f'
  pen.lineWidth = 4
  pen.strokeRect(16, 16, WIDTH - 32, height - 32)
  pen.textBaseline = 'top'
  let y = EDGE
  for (const { line, rows } of laid) {
    y += line.above ?? 0
    setFont(pen, line)
    pen.fillStyle = line.quiet ? '#425063' : '#16202c'
    for (const row of rows) {
      pen.fillText(row, EDGE, y + line.size * 0.2)
      y += line.size * LEADING
    }
  }
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/png'))
  if (!blob) return false
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
  return true
}
