/* run.mjs FANGXIN [JOURNEY…]: walks the journeys in one Chromium over one server; the last line is `N passed, N failed`. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { Place } from './place.mjs'
import { Visitor } from './visitor.mjs'

const FILES = [
  'complaint',
  'pages',
  'keyboard',
  'tabs',
  'forms',
  'nothing_lost',
  'two_officers',
  'businesses',
  'bulletins',
  'paper',
  'evidence',
  'asking',
  'groups',
  'procedure',
  'cases',
  'letters',
  'orders',
  'duty',
  'registers',
  'transport',
]
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1']

/* What a journey gets: windows, the place, and checks that go on after a fault. */
class Journey {
  constructor(name, place, browser) {
    Object.assign(this, { name, place, browser, faults: [], windows: [] })
  }
  async visit(options) {
    const v = await Visitor.open(this.browser, this.place, this.faults, options)
    this.windows.push(v)
    return v
  }
  check(right, words) {
    if (!right) this.faults.push(words)
  }
  same(found, wanted, words) {
    this.check(found === wanted, `${words}: ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`)
  }
  /** Goes on no further when this is wrong. */
  must(right, words) {
    if (!right) throw new Error(words)
  }
  async end() {
    for (const w of this.windows) await (this.faults.length ? w.close() : w.leave()).catch(() => w.close())
  }
}

async function walkFile(place, browser, file, tally) {
  const journeys = (await import(`./journey_${file}.mjs`)).default
  for (const [name, run] of Object.entries(journeys)) {
    const journey = new Journey(name, place, browser)
    const began = Date.now()
    try {
      await run(journey)
    } catch (error) {
      journey.faults.push(error.stack.split('\n').slice(0, 12).join('\n'))
      const page = journey.windows.at(-1)?.page
      if (process.env.SHOTS && page) await page.screenshot({ path: join(process.env.SHOTS, `${file}.png`) }).catch(() => undefined)
    }
    await journey.end()
    const bad = journey.faults.length > 0
    tally[bad ? 'failed' : 'passed'] += 1
    console.log(`${bad ? 'FAIL' : 'ok'} ${file}: ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)`)
    for (const fault of new Set(journey.faults)) console.log(`  ${fault}`)
  }
}
/* These count figures, so they walk alone; the rest go two at a time. */
const ALONE = ['complaint', 'bulletins']
async function walk(place, browser, wanted, tally) {
  for (const file of wanted.filter((f) => ALONE.includes(f))) await walkFile(place, browser, file, tally)
  const left = wanted.filter((f) => !ALONE.includes(f))
  const lane = async () => {
    while (left.length) await walkFile(place, browser, left.shift(), tally)
  }
  await Promise.all([lane(), lane()])
}

async function main() {
  const [program, ...only] = process.argv.slice(2)
  const place = new Place(program)
  const profile = await mkdtemp(join(tmpdir(), 'fangxin-chromium-'))
  const env = { ...process.env, HOME: profile, XDG_CONFIG_HOME: profile, XDG_CACHE_HOME: profile }
  const result = { passed: 0, failed: 0 }
  let browser
  async function end() {
    await browser?.close().catch(() => undefined)
    for (const fault of await place.stop()) {
      result.failed += 1
      console.log(`server: ${fault}`)
    }
    await rm(profile, { recursive: true, force: true })
  }
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => void end().finally(() => process.exit(1)))
  try {
    await place.install()
    await place.start()
    browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: FLAGS, env, handleSIGINT: false, handleSIGTERM: false })
    await walk(place, browser, only.length ? only : FILES, result)
  } catch (error) {
    result.failed += 1
    console.log(error.stack)
  } finally {
    await end()
  }
  console.log(`${result.passed} passed, ${result.failed} failed`)
  process.exitCode = result.failed || !result.passed ? 1 : 0
}
await main()
