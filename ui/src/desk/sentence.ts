/* A sentence of figures taken apart by its template, so that each number can lead to what is behind it. */
export interface SentencePart {
  text: string
  /** The name between braces in the template; absent for words. */
  name?: string
}
const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** The server's words stay as they are; where they do not fit the template, they come as one part. */
export function sentenceParts(template: string, text: string): SentencePart[] {
  const names: string[] = []
  const pattern = template
    .split(/(\{[^{}]+\})/)
    .map((piece) => {
      const name = /^\{([^{}]+)\}$/.exec(piece)?.[1]
      if (!name) return literal(piece)
      names.push(name)
      return '(.*?)'
    })
    .join('')
  const found = names.length ? new RegExp(`^${pattern}$`, 's').exec(text) : null
  if (!found) return [{ text }]
  const parts: SentencePart[] = []
  let at = 0
  const words = template.split(/\{[^{}]+\}/)
  names.forEach((name, i) => {
    const before = words[i] ?? ''
    if (before) parts.push({ text: before })
    at += before.length
    const value = found[i + 1] ?? ''
    if (value) parts.push({ text: value, name })
    at += value.length
  })
  if (at < text.length) parts.push({ text: text.slice(at) })
  return parts
}
