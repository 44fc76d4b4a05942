/* Every page: clean for axe-core in light and dark, and nothing scrolls sideways, from a small phone to a wide screen. */
import { DESK, PHONE } from './visitor.mjs'
import { PORTAL, deskPages, openPortal, portalMatters } from './pages.mjs'
import { complaint } from './place.mjs'

const SMALL = { width: 320, height: 640 }
/* Lists that a phone shows whole; other tables scroll in their frame. */
const WHOLE_TABLES = new Set(['figures', 'access', 'calendars', 'groups', 'cases', 'orders', 'bulletins', "an act's form"])
const WIDE = { width: 1920, height: 1080 }
/* The scheme changes colours only. */
const COLOURS = ['color-contrast', 'link-in-text-block']

async function clean(t, v, name) {
  t.same(await v.raw(), '', `${name} shows raw text`)
  t.same(await v.unheard(), '', `${name}, as a screen reader has it`)
  for (const found of await v.axe()) t.faults.push(`${name}, light: ${found}`)
  await v.page.emulateMedia({ colorScheme: 'dark' })
  for (const found of await v.axe(COLOURS)) t.faults.push(`${name}, dark: ${found}`)
  await v.page.emulateMedia({ colorScheme: 'light' })
}
async function fits(t, v, name, sizes) {
  for (const size of sizes) {
    await v.resize(size)
    t.same(await v.sideways(), '', `${name} at ${size.width}`)
    if (size.width <= PHONE.width) t.same(await v.torn(), '', `${name} at ${size.width}: torn at the end of a line`)
    if (size === PHONE && WHOLE_TABLES.has(name)) t.same(await v.framed(), '', `${name} at ${size.width}: cut off`)
  }
}

/* A phone's window cannot grow, so the wide ones are asked in another. */
async function portal(t) {
  const matters = await portalMatters(t.place)
  const v = await t.visit({ size: PHONE })
  for (const page of PORTAL) {
    await v.resize(PHONE)
    await openPortal(v, page, matters)
    await clean(t, v, page.name)
    await fits(t, v, page.name, [PHONE, SMALL])
  }
}
async function portalWide(t) {
  const matters = await portalMatters(t.place)
  const v = await t.visit({ size: DESK })
  for (const page of PORTAL) {
    await openPortal(v, page, matters)
    await fits(t, v, page.name, [WIDE, DESK])
  }
}
const byOfficer = (pages) => [...pages].sort((a, b) => a.who.localeCompare(b.who))
async function desk(t) {
  const v = await t.visit({ size: DESK })
  await v.go('/desk/sign-in')
  await clean(t, v, 'sign-in')
  for (const page of byOfficer(await deskPages(t.place))) {
    await v.resize(DESK)
    await v.as(page.who)
    await v.desk(page.path)
    if (page.wait) await v.page.waitForSelector(page.wait)
    await clean(t, v, page.name)
    await fits(t, v, page.name, [DESK, WIDE, PHONE])
  }
}
/** Controls that a finger would miss. */
const small = (v) =>
  v.page.evaluate(() => {
    const all = document.querySelectorAll('.btn, .input, .pill, .seg button, .seg label, .tabs button, .back, summary')
    return Array.from(all).filter((e) => e.getClientRects().length && e.getBoundingClientRect().height < 43.5).map((e) => `${e.className} ${e.textContent.trim().slice(0, 12)}`).slice(0, 5).join('; ')
  })
async function deskOnPhone(t) {
  const v = await t.visit({ size: PHONE })
  for (const page of byOfficer(await deskPages(t.place)).filter((p) => ['queue', 'matter', 'intake', 'dashboard', 'orders', 'groups'].includes(p.name))) {
    await v.as(page.who)
    await v.desk(page.path)
    for (const found of await v.axe()) t.faults.push(`${page.name} on a phone: ${found}`)
    t.same(await v.sideways(), '', `${page.name} on a phone`)
    t.same(await small(v), '', `${page.name} on a phone: targets smaller than 44 px`)
  }
}

async function largeText(t) {
  const v = await t.visit({ size: PHONE })
  await v.go('/')
  await v.page.click('text=大字')
  await v.page.waitForSelector('.home-large')
  t.same(await v.sideways(), '', 'large text')
  await clean(t, v, 'home in large text')
  const small = await v.page.evaluate(() => {
    const worded = (e) => Array.from(e.childNodes).some((n) => n.nodeType === 3 && n.textContent.trim())
    return Array.from(document.querySelectorAll('main *')).filter((e) => worded(e) && parseFloat(getComputedStyle(e).fontSize) < 18).map((e) => e.textContent.trim().slice(0, 20))
  })
  t.same(small.join(' '), '', 'in large text smaller than 18 px')
}
/* Names, addresses and what was written stay as they are. */
const OWN = /瑞缘金行|路|街|巷|项链|退|吴捷|第一调解室/
async function english(t) {
  const v = await t.visit({ size: PHONE, locale: 'en-GB' })
  const matters = await portalMatters(t.place)
  for (const name of ['home', 'file a complaint', 'what happened, with errors', 'receipt', 'track, an offer', 'accept an offer', 'privacy']) {
    await openPortal(v, PORTAL.find((p) => p.name === name), matters)
    if ((await v.page.getAttribute('html', 'lang')) !== 'en') {
      await v.page.click('.language')
      await v.page.waitForFunction(() => document.documentElement.lang === 'en')
      await v.quiet()
    }
    t.same(await v.sideways(), '', `${name} in English`)
    t.same(await v.raw(), '', `${name} in English shows raw text`)
    const han = await v.page.evaluate(() => {
      const shown = (e) => e.getClientRects().length > 0 && !e.closest('[lang="zh-CN"]')
      const worded = (e) => Array.from(e.childNodes).some((n) => n.nodeType === 3 && /[\u4e00-\u9fff]/.test(n.textContent))
      return Array.from(document.querySelectorAll('main *')).filter((e) => shown(e) && worded(e)).map((e) => e.textContent.trim().slice(0, 300))
    })
    t.same(han.filter((words) => !OWN.test(words)).join(' | '), '', `${name}: Chinese in the English page`)
  }
}

/* What is said when something is wrong: the portal leads to the list of faults, whose name says how many; the desk speaks up. */
async function spoken(t) {
  const v = await t.visit({ size: PHONE })
  const { page } = v
  await v.go('/file/complaint')
  await page.click('button[type="submit"]')
  await page.waitForSelector('.summary')
  const said = async (role) => (await v.tree()).filter((n) => n.role === role)
  const focused = (await v.tree()).filter((n) => n.properties.focused && n.role !== 'RootWebArea').map((n) => n.name)
  t.check(focused.length === 1 && /有 2 处要改/.test(focused[0]), `what has the focus is called ${JSON.stringify(focused)}`)
  const wrong = (await said('textbox')).filter((n) => n.properties.invalid === 'true').map((n) => n.name)
  t.same(wrong.join(), '商家名称,商家地址', 'the fields that are said to be wrong')
  const { number } = await t.place.file(complaint())
  const desk = await t.visit()
  await desk.as('supervisor')
  await desk.go(`/desk/matters/${number}?act=note`)
  await desk.page.waitForSelector('.act-form')
  await desk.page.locator('.act-form textarea').first().focus()
  await desk.page.keyboard.press('Control+Enter')
  await desk.page.waitForSelector('.act-form .fault')
  const loud = (await desk.tree()).some((n) => n.role === 'alert' || n.properties.live === 'assertive')
  t.check(loud, 'a refused act is not said aloud')
}

/* A page whose list is still read, or could not be fetched, says so and states no number that it does not know. */
const UNREAD = [
  { path: '/desk/groups', list: /\/api\/v1\/groups/, counted: '.seg b' },
  { path: '/desk/orders', list: /\/api\/v1\/orders/, counted: '.strip b' },
  { path: '/desk/visits', list: /\/api\/v1\/visits/, counted: '.tabs b, .page > section > p' },
]
async function unread(t) {
  const v = await t.visit()
  const { page } = v
  await v.as('supervisor')
  await v.go('/desk/')
  v.offline = true // an answer of 503 is meant
  const numbers = async (counted) => (await page.locator(counted).allInnerTexts()).filter((words) => words.trim()).join('; ')
  for (const { path, list, counted } of UNREAD) {
    let letGo = () => undefined
    const held = new Promise((go) => (letGo = go))
    await page.route(list, async (r) => {
      await held
      await r.fulfill({ status: 503, contentType: 'application/problem+json', body: '{"status":503,"code":"store_busy"}' }).catch(() => undefined)
    })
    await page.evaluate((to) => {
      history.pushState(null, '', to)
      dispatchEvent(new PopStateEvent('popstate', { state: null }))
    }, path)
    await page.waitForSelector('.bone')
    t.same(await numbers(counted), '', `${path} states while it is read`)
    letGo()
    await page.waitForSelector('.not-fetched')
    t.same(await numbers(counted), '', `${path} states when nothing was fetched`)
    await page.unroute(list)
    await page.click('.not-fetched button')
    await page.waitForSelector('.not-fetched', { state: 'detached' })
  }
}

export default {
  'the portal is clean in light and dark and fits a phone': portal,
  'the portal fits the desk and the wide screen': portalWide,
  'the desk is clean in light and dark and fits': desk,
  'the desk on a phone is clean': deskOnPhone,
  'large text is clean, and nothing in it is small': largeText,
  'the portal in English': english,
  'what is wrong is said aloud': spoken,
  'what is read or could not be fetched is said, without numbers': unread,
}
