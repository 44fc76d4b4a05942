/* A browser window that notices what must never happen: a request to another host, a breach of the content security
   policy, a script error, an answer of 500 or more. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { PASSWORD } from './place.mjs'

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
export const PHONE = { width: 360, height: 740 }
export const DESK = { width: 1366, height: 768 }
const CONTROLS = new Set(['textbox', 'searchbox', 'combobox', 'listbox', 'checkbox', 'radio', 'switch', 'slider', 'spinbutton', 'button', 'link', 'menuitem', 'tab'])
const QUIET_MS = 100
/* Windows that a journey has left, by kind: a new one is a new process, which reads the whole program again. */
const left = new Map()
const STEP_MS = 20

export class Visitor {
  static async open(browser, place, faults, { size = DESK, scheme = 'light', locale = 'zh-CN' } = {}) {
    const v = new Visitor()
    Object.assign(v, { place, faults, asked: 0, scheme, kind: JSON.stringify([size, scheme, locale, place.base]) })
    v.page = left.get(v.kind)?.pop() ?? (await Visitor.window(browser, place, { size, scheme, locale }))
    v.context = v.page.context()
    v.watch(v.page)
    return v
  }
  static async window(browser, place, { size, scheme, locale }) {
    const context = await browser.newContext({
      viewport: size, colorScheme: scheme, locale, timezoneId: 'Asia/Shanghai', reducedMotion: 'reduce', baseURL: place.base,
      hasTouch: size.width < 760, isMobile: size.width < 760,
    })
    context.setDefaultTimeout(20_000)
    await context.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (e) => console.error(`content security policy: ${e.violatedDirective} ${e.blockedURI}`))
    })
    return context.newPage()
  }
  watch(page) {
    page.on('request', () => (this.asked += 1))
    page.on('requestfinished', () => (this.asked -= 1))
    page.on('requestfailed', () => (this.asked -= 1))
    page.on('request', (r) => {
      const url = new URL(r.url())
      if (/^https?:|^wss?:/.test(url.protocol) && url.origin !== this.place.base) this.faults.push(`a request to another host: ${r.url()}`)
    })
    page.on('response', (r) => r.status() >= 500 && !this.offline && this.faults.push(`${r.status()} ${r.request().method()} ${r.url()}`))
    page.on('pageerror', (e) => this.faults.push(`script error on ${page.url()}: ${e.message}`))
    page.on('console', (m) => {
      if (m.type() === 'error' && !m.text().startsWith('Failed to load resource')) this.faults.push(`console on ${page.url()}: ${m.text()}`)
    })
  }
  async go(path) {
    await this.page.goto(path)
    await this.page.waitForSelector('h1')
    await this.quiet()
  }
  /** The same without loading the program again, as a link inside it does. */
  async turn(path) {
    await this.page.evaluate((to) => {
      history.pushState(null, '', to)
      dispatchEvent(new PopStateEvent('popstate', { state: null }))
    }, path)
    await this.quiet()
    await this.page.waitForSelector('h1')
  }
  /** Until nothing is being read any more: no request for 100 ms, no outline, no busy region. */
  async quiet() {
    const until = Date.now() + 15_000
    for (let still = 0; still < QUIET_MS && Date.now() < until; still = this.asked > 0 ? 0 : still + STEP_MS) await this.page.waitForTimeout(STEP_MS)
    await this.page.waitForFunction(() => !document.querySelector('.bone, .outline, [aria-busy="true"]'), undefined, { timeout: 15_000 })
  }
  /** The same page in a window of another width. */
  async resize(size) {
    await this.page.setViewportSize(size)
    await this.page.waitForTimeout(60)
  }
  /** A page of the desk: the program is loaded when another officer has it, or to see this very page anew. */
  async desk(path) {
    if (this.loaded !== this.who || new URL(this.page.url()).pathname === path) await this.go(path)
    else await this.turn(path)
    this.loaded = this.who
  }
  /** A session by cookie, without going through the form. */
  async as(who) {
    this.who = who
    const { cookie } = await this.place.session(who)
    const [name, value] = cookie.split('=')
    await this.context.addCookies([{ name, value, url: this.place.base, httpOnly: true, sameSite: 'Strict' }])
  }
  /** Through the form, as people do. */
  async signIn(who) {
    await this.go('/desk/sign-in')
    await this.page.fill('input[autocomplete="username"]', who)
    await this.page.fill('input[autocomplete="current-password"]', PASSWORD)
    await this.page.keyboard.press('Enter')
    await this.page.waitForSelector('.queue')
    await this.quiet()
  }
  /** Does the page need sideways scrolling? Names what sticks out. */
  async sideways() {
    let found = ''
    for (let i = 0; i < 20; i++) { // a table becomes cards by a listener, which a busy machine calls late
      found = await this.wide()
      if (!found) break
      await this.page.waitForTimeout(100)
    }
    return found
  }
  async wide() {
    return this.page.evaluate(() => {
      const page = document.scrollingElement
      if (page.scrollWidth <= window.innerWidth) return ''
      const out = Array.from(document.querySelectorAll('body *')).filter((e) => e.getBoundingClientRect().right > window.innerWidth + 1)
      return `${page.scrollWidth} px wide in ${window.innerWidth}: ${out.slice(0, 3).map((e) => `${e.tagName.toLowerCase()}.${e.className}`).join(', ')}`
    })
  }
  /** What must never be read on a page: a key without words, a value that is none, the text of a program, a month as a code, a number torn from its word. */
  async raw() {
    const text = await this.page.evaluate(() => document.body.innerText)
    return (/.{0,30}(undefined|\bNaN\b|\[object |=>|\bfunction\b|\{[a-z_]+\}|\b[a-z]{2,}\.[a-z_]+\.[a-z_]+\b|(?<!写成 )(?<![\w:-])20\d\d-\d\d(?![\w-])|第 [\d,]+ ?号).{0,30}/.exec(text) ?? [''])[0]
  }
  /** Dates and hours that stand on two lines, but for what people wrote. */
  async torn() {
    return this.page.evaluate(() => {
      const own = '.what, .open, .text, blockquote, textarea'
      const whole = /(?:\d{4}年)?\d{1,2}月\d{1,2}日(?:（周.）)?|\d{1,2}:\d{2}–\d{1,2}:\d{2}/g
      const found = []
      const walk = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT)
      for (let node = walk.nextNode(); node; node = walk.nextNode()) {
        if (node.parentElement.closest(own) || !node.parentElement.getClientRects().length) continue
        for (const at of node.data.matchAll(whole)) {
          const range = document.createRange()
          range.setStart(node, at.index)
          range.setEnd(node, at.index + at[0].length)
          if (new Set(Array.from(range.getClientRects(), (r) => Math.round(r.top))).size > 1) found.push(at[0])
        }
      }
      return found.join('; ')
    })
  }
  /** Frames of tables that would have to be scrolled sideways. */
  async framed() {
    return this.page.evaluate(() => Array.from(document.querySelectorAll('.scroll-x, .remedies')).filter((e) => e.scrollWidth > e.clientWidth + 1).map((e) => e.getAttribute('aria-label') ?? e.className).join('; '))
  }
  /** What axe-core finds, one line each. */
  async axe(rules) {
    // An expression that ends in the library itself would send all of it back, a second each time.
    if (!(await this.page.evaluate(() => 'axe' in window))) await this.page.evaluate(`(() => {${axeSource}})()`)
    const found = await this.page.evaluate(async (only) => {
      const options = only ? { runOnly: { type: 'rule', values: only } } : { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'] }
      // Rows of one list are alike: the first dozen of each stand for the rest. No rule asked for reads style sheets.
      const result = await window.axe.run({ exclude: ['tbody tr:nth-child(n+13)', '.card:nth-child(n+13)'] }, { ...options, resultTypes: ['violations'], preload: false })
      return result.violations.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => `${n.target.join(' ')} ${n.any[0]?.message ?? n.failureSummary ?? ''}`).join(' | ')}`)
    }, rules ?? null)
    return found
  }
  /** The tree that a screen reader reads, as the browser hands it out: [{role, name, properties}] in order, without what is hidden. */
  async tree() {
    this.reading ??= await this.context.newCDPSession(this.page)
    const { nodes } = await this.reading.send('Accessibility.getFullAXTree')
    const by = new Map(nodes.map((n) => [n.nodeId, n]))
    const out = []
    const walk = (id) => {
      const n = by.get(id)
      if (!n) return
      if (!n.ignored) out.push({ role: n.role?.value ?? '', name: (n.name?.value ?? '').trim(), properties: Object.fromEntries((n.properties ?? []).map((p) => [p.name, p.value.value])) })
      for (const child of n.childIds ?? []) walk(child)
    }
    walk(nodes[0].nodeId)
    return out
  }
  /** What would be missing for who hears the page: controls without a name, not one h1, a level of headings left out, no main part. */
  async unheard() {
    const tree = await this.tree()
    const faults = tree.filter((n) => (CONTROLS.has(n.role) || n.role === 'image') && !n.name).map((n) => `a ${n.role} without a name`)
    const headings = tree.filter((n) => n.role === 'heading')
    const first = headings.filter((n) => n.properties.level === 1)
    if (first.length !== 1) faults.push(`${first.length} headings of level 1`)
    headings.forEach((n, i) => n.properties.level > (headings[i - 1]?.properties.level ?? 1) + 1 && faults.push(`no level between the headings before and "${n.name.slice(0, 20)}"`))
    if (tree.filter((n) => n.role === 'main').length !== 1) faults.push('not one main part')
    return [...new Set(faults)].join('; ')
  }
  async close() {
    await this.context.close()
  }
  /** Leaves the window to the next visitor as a new one: nobody signed in, nothing kept, no listener, the first size. */
  async leave() {
    const { page, context } = this
    for (const other of context.pages()) if (other !== page) await other.close()
    await page.unrouteAll({ behavior: 'ignoreErrors' })
    page.removeAllListeners()
    page.on('dialog', (d) => d.accept()) // a draft that asks to stay
    await context.setOffline(false)
    await page.goto('/icon.svg')
    await page.evaluate(() => sessionStorage.clear())
    const session = await context.newCDPSession(page)
    await session.send('Storage.clearDataForOrigin', { origin: this.place.base, storageTypes: 'local_storage,indexeddb,cache_storage,service_workers' })
    await session.detach()
    await context.clearCookies()
    await page.emulateMedia({ media: null, forcedColors: null, colorScheme: this.scheme })
    await page.setViewportSize(JSON.parse(this.kind)[0])
    page.removeAllListeners()
    left.set(this.kind, [...(left.get(this.kind) ?? []), page])
  }
}
