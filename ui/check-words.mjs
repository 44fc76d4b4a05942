/* Words that no page says: each key of the word lists must stand in the sources, whole or as the beginning of a template
   (`due.left_${unit}`). Run by script/ui after each build; what is left over fails it. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'

const SRC = new URL('./src/', import.meta.url).pathname
const files = (dir) => readdirSync(dir, { withFileTypes: true }).flatMap((e) => (e.isDirectory() ? files(join(dir, e.name)) : /\.(vue|ts)$/.test(e.name) ? [join(dir, e.name)] : []))
const isWords = (f) => f.includes('/words/')

/** The leaves of one app's words as "group.key". */
async function keysOf(entry) {
  const { outputFiles } = await build({ entryPoints: [join(SRC, entry)], bundle: true, write: false, format: 'esm', logLevel: 'silent' })
  const words = (await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString('base64')}`)).default
  const leaves = (o, at) => Object.entries(o).flatMap(([k, v]) => (typeof v === 'string' ? [at + k] : leaves(v, `${at}${k}.`)))
  return leaves(words, '')
}

const text = files(SRC).filter((f) => !isWords(f)).map((f) => readFileSync(f, 'utf8')).join('\n')
const whole = new Set(text.match(/[a-z][\w]*(?:\.[\w]+)+/g))
/** `fig.dim.${x}`, `intake.say_${kind}_${i}`, 'group.st_' + x: what stands before the first gap. */
const begun = [...text.matchAll(/[`'"]([a-z]\w*\.[\w.]*)(?:\$\{|['"]\s*\+)/g)].map((m) => m[1])
const said = (key) => whole.has(key) || begun.some((b) => key.startsWith(b))

const left = []
for (const entry of ['desk/words/zh.ts', 'desk/words/asking.ts', 'portal/words/zh.ts', 'portal/words/en.ts', 'shared/words/zh.ts', 'shared/words/en.ts']) {
  for (const key of await keysOf(entry)) if (!said(key)) left.push(`${entry}: ${key}`)
}
for (const key of left) console.log(key)
if (left.length) console.log(`${left.length} words are said nowhere`)
process.exitCode = left.length ? 1 : 0
