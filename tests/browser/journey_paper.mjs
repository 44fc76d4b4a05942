/* The receipt on paper; the main pages in forced colours at 200 % zoom. */
import { PORTAL, openPortal } from './pages.mjs'
import { complaint } from './place.mjs'
import { PHONE } from './visitor.mjs'

async function receipt(t) {
  const v = await t.visit({ size: PHONE })
  const { page } = v
  const filed = await t.place.file({
    kind: 'complaint', consumer: { name: '刘晓芸', phone: '13800138002', address: '安澜县人民路 8 号' }, respondent: { name: '安澜县瑞缘金行', address: '安澜县解放路 21 号' },
    facts: '金项链称重少了两克。', demands: ['refund'], amount_fen: 368000, purchase: { date: '2026-06-01', online: false }, truthful: true, also_report: { facts: '秤没有检定标志。' },
  })
  await v.go('/')
  await page.evaluate((kept) => sessionStorage.setItem('fangxin.receipt', JSON.stringify(kept)), { filed, business: '安澜县瑞缘金行', demands: ['退款'], amountFen: 368000, anonymous: false })
  await v.go('/receipt')
  await page.waitForSelector('.week-grid, .week, .clock [role="img"]')
  const paper = (await page.pdf({ format: 'A4', printBackground: false })).toString('latin1')
  t.same(paper.match(/\/Type\s*\/Page[^s]/g)?.length, 1, 'pages of A4')
  await page.emulateMedia({ media: 'print' })
  const shown = await page.locator('.receipt').innerText()
  t.check(shown.includes(filed.number) && shown.replace(/\s/g, '').includes(filed.pin), 'number and PIN are on the paper')
  t.check(!shown.includes('存成图片'), 'the paper shows buttons')
}

/* A desk of 1366 × 768 at 200 %. */
const ZOOMED = { width: 683, height: 384 }
/** What forced colours take away where only a ground or a shadow drew it: controls without an edge, words that are cut off. */
const lost = (v) =>
  v.page.evaluate(() => {
    const shown = (e) => e.getClientRects().length > 0 && getComputedStyle(e).visibility === 'visible'
    const edged = (e) => {
      const s = getComputedStyle(e)
      return ['Top', 'Bottom'].some((side) => parseFloat(s[`border${side}Width`]) > 0 && s[`border${side}Style`] !== 'none') || (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0)
    }
    const controls = Array.from(document.querySelectorAll('.btn, .input, textarea, select, .el-input__wrapper, .el-select__wrapper')).filter((e) => shown(e) && !e.matches('.plain, .link') && !edged(e))
    const cut = Array.from(document.querySelectorAll('main p, main h1, main h2, main dd, main .btn, main label')).filter((e) => {
      const s = getComputedStyle(e)
      return shown(e) && s.overflowX !== 'visible' && s.textOverflow !== 'ellipsis' && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 2) && !/auto|scroll/.test(s.overflowX + s.overflowY) && e.clientWidth > 1
    })
    const name = (e) => `${e.tagName.toLowerCase()}.${e.className} ${e.textContent.trim().slice(0, 20)}`
    return [...controls.map((e) => `no edge: ${name(e)}`), ...cut.map((e) => `cut off: ${name(e)}`)].slice(0, 5).join('; ')
  })
/** Walks a few stops by Tab: each has a ring, and lies within the window. */
async function rings(v) {
  const faults = []
  for (let i = 0; i < 8; i += 1) {
    await v.page.keyboard.press('Tab')
    const found = await v.page.evaluate(() => {
      const e = document.activeElement
      if (!e || e === document.body) return ''
      const ringed = [e, e.parentElement, e.nextElementSibling, e.closest('label, .row, .seg')].some((x) => x && getComputedStyle(x).outlineStyle !== 'none' && parseFloat(getComputedStyle(x).outlineWidth) >= 2)
      const r = e.getBoundingClientRect()
      const seen = r.right > 0 && r.left < innerWidth && r.bottom > 0 && r.top < innerHeight
      return ringed && seen ? '' : `${ringed ? 'out of the window' : 'no ring'}: ${e.tagName.toLowerCase()}.${e.className} ${e.textContent.trim().slice(0, 16)}`
    })
    if (found) faults.push(found)
  }
  return [...new Set(faults)].join('; ')
}
async function forced(t) {
  const { place } = t
  const filed = await place.file(complaint())
  await place.act('intake', filed.number, 'assign', { body: '420202' })
  const v = await t.visit({ size: ZOOMED })
  await v.page.emulateMedia({ forcedColors: 'active' })
  async function looked(name) {
    t.same(await v.sideways(), '', `${name} at 200 %`)
    t.same(await lost(v), '', `${name} in forced colours`)
    t.same(await rings(v), '', `${name}, focus in forced colours`)
    if (process.env.SHOTS) await v.page.screenshot({ path: `${process.env.SHOTS}/forced-${name.replace(/\W+/g, '-')}.png` })
  }
  for (const name of ['home', 'what happened, with errors', 'receipt', 'track, a matter']) {
    await openPortal(v, PORTAL.find((p) => p.name === name), { plain: filed })
    await looked(name)
  }
  for (const [name, path, who, wait] of [['queue', '/desk/', 'supervisor', '.queue'], ['matter', `/desk/matters/${filed.number}`, 'supervisor', '.strip'], ['intake', '/desk/intake', 'intake', 'form'], ['dashboard', '/desk/dashboard', 'leader', '.figure']]) {
    await v.as(who)
    await v.go(path)
    await v.page.waitForSelector(wait)
    await looked(name)
  }
}

export default {
  'the receipt prints on one A4 page': receipt,
  'nothing is lost in forced colours at 200 % zoom': forced,
}
