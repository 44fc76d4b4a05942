/* Pages without a mouse: Tab goes through every control, each shows where it is, nothing holds the focus, Shift+Tab goes back. */
import { DESK, PHONE } from './visitor.mjs'
import { PORTAL, deskPages, openPortal, portalMatters } from './pages.mjs'

const MOST = 72 // of a long list the first rows stand for the rest

/* The page notes for itself where the focus goes: one question at the end instead of one a key. */
const watchFocus = (v) =>
  v.page.evaluate(() => {
    // From the top, however far the page was read before.
    const top = document.querySelector('.skip')
    window.focusEnds?.abort()
    top.focus()
    const seen = (window.focusSeen = { order: [top], faults: [] })
    const name = (e) => `${e.tagName.toLowerCase()}${e.id ? `#${e.id}` : ''}.${e.className} "${(e.getAttribute('aria-label') ?? e.textContent).trim().slice(0, 16)}"`
    const ringed = (e) => {
      for (let at = e, up = 0; at && up < 4; at = at.parentElement, up += 1) {
        const s = getComputedStyle(at)
        if ((s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2) || s.boxShadow !== 'none' || parseFloat(s.borderTopWidth) >= 2) return true // a row of a list has a frame
      }
      // A box that is hidden behind its label shows it there.
      const label = e.labels?.[0]
      const s = label && getComputedStyle(label)
      return Boolean(s) && ((s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2) || s.boxShadow !== 'none')
    }
    window.focusEnds = new AbortController()
    document.addEventListener('focusin', ({ target }) => {
      if (target === document.body) return
      if (target === top) seen.round = true
      seen.order.push(target)
      if (!ringed(target)) seen.faults.push(`the focus does not show on ${name(target)}`)
      const r = (target.labels?.[0] ?? target).getBoundingClientRect()
      if (!r.width || r.bottom < 0 || r.top > innerHeight || r.right < 0 || r.left > innerWidth) seen.faults.push(`the focus is out of sight on ${name(target)}`)
    }, { signal: window.focusEnds.signal })
    window.focusNames = name
  })
/** Controls that Tab should have come by, all of them, or on a long page those before the last that it reached. */
const left = (v) =>
  v.page.evaluate(() => {
    const { order, faults } = window.focusSeen
    const reached = new Set(order)
    const groups = new Set(order.filter((e) => e.type === 'radio').map((e) => e.name))
    const all = Array.from(document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')).filter((e) => {
      if (e.disabled || e.tabIndex < 0 || e.type === 'hidden' || !e.getClientRects().length || getComputedStyle(e).visibility === 'hidden') return false
      if (e.closest('.el-popper') || (e.tagName !== 'SUMMARY' && e.closest('details:not([open])'))) return false
      return !(e.type === 'radio' && groups.has(e.name))
    })
    const last = all.reduce((n, e, i) => (reached.has(e) ? i : n), -1)
    const missed = (window.focusSeen.round ? all : all.slice(0, last)).filter((e) => !reached.has(e)).map((e) => `Tab passes ${window.focusNames(e)}`)
    const held = order.length < 2 ? [`Tab reaches ${order.length} controls`] : order.filter((e, i) => i && e === order[i - 1]).map((e) => `Tab stays on ${window.focusNames(e)}`)
    return [...new Set([...faults, ...missed, ...held])].slice(0, 6)
  })

async function tabs(t, v, name) {
  await watchFocus(v)
  for (let i = 0; i < MOST; i += 12) {
    for (let k = 0; k < 12; k += 1) await v.page.keyboard.press('Tab')
    if (await v.page.evaluate(() => window.focusSeen.round)) break
  }
  for (const fault of await left(v)) t.faults.push(`${name}: ${fault}`)
}

/* Pages that are made of the same parts as another need no walk of their own. */
const DESK_SAME = new Set(['all matters', 'records of a figure', 'no such matter', 'no such page', 'businesses', 'cases', 'access', 'calendars'])
const PORTAL_WALKED = new Set(['home', 'what happened, with errors', 'who reports', 'receipt', 'track, an offer', 'track, an answer', 'supplement'])

export default {
  async 'Tab through the desk'(t) {
    const v = await t.visit({ size: DESK })
    const pages = (await deskPages(t.place)).filter((p) => !DESK_SAME.has(p.name))
    for (const page of pages.sort((a, b) => a.who.localeCompare(b.who))) {
      await v.as(page.who)
      await v.desk(page.path)
      if (page.wait) await v.page.waitForSelector(page.wait)
      await tabs(t, v, page.name)
    }
    // All that was looked at stands there in words.
    await v.as('auditor')
    await v.desk('/desk/access')
    const looked = await v.page.locator('tbody td:nth-child(4)').allInnerTexts()
    t.check(looked.length > 0, 'nobody looked at anything')
    for (const what of looked) t.check(/^[^a-z]+$/.test(what), `a word of a program among what was done: ${what}`)
  },
  async 'Tab through the portal on a phone with keys'(t) {
    const v = await t.visit({ size: PHONE })
    const matters = await portalMatters(t.place)
    for (const page of PORTAL.filter((p) => PORTAL_WALKED.has(p.name))) {
      await openPortal(v, page, matters)
      await tabs(t, v, page.name)
    }
  },
}
