/* A bulletin is made and issued; then matters change: the paper keeps its number, the page shows both and the matters that differ. */
import { DESK, PHONE } from './visitor.mjs'
import { complaint } from './place.mjs'

const month = () => new Date(Date.now() + 288e5).toISOString().slice(0, 7)
const received = (v) => v.page.locator('.paper .text button.number').first()
/* The pages of a print as "upright" and "lying". */
const pages = (pdf) => [...pdf.toString('latin1').matchAll(/\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/g)].map(([, w, h]) => (Number(w) < Number(h) ? 'upright' : 'lying'))
const digits = (text) => Number(text.replace(/[^0-9]/g, ''))

async function issued(t) {
  await t.place.file(complaint())
  const v = await t.visit({ size: DESK })
  const { page } = v
  await v.as('supervisor')
  await v.go('/desk/bulletins')
  await page.click('button:has-text("新做一份")')
  const period = page.locator('.make select').nth(2)
  await period.selectOption(month())
  await page.route('**/api/v1/summaries', async (route) => setTimeout(() => void route.continue(), route.request().method() === 'POST' ? 400 : 0))
  await page.click('.make button[type="submit"]')
  await page.waitForSelector('.make .progress [role="progressbar"]')
  await page.waitForSelector('.paper')
  await page.unroute('**/api/v1/summaries')
  t.check((await page.locator('.facts').innerText()).includes('草稿'), 'it does not say that it is a draft')
  await page.locator('.acts button.main').click()
  await page.waitForSelector('.facts .tag.ok')
  return v
}
export default {
  async 'a month without its bulletin'(t) {
    const last = new Date(Date.UTC(Number(month().slice(0, 4)), Number(month().slice(5)) - 2, 1)).toISOString().slice(0, 7)
    const v = await t.visit({ size: PHONE })
    const { page } = v
    await v.as('supervisor')
    await v.go('/desk/bulletins')
    await page.waitForSelector('.missing li')
    t.same(await page.locator('.missing li').count(), 1, 'how many are missing')
    t.same(await v.sideways(), '', 'the bulletins on a phone')
    await page.click('.missing button:has-text("做这一份")')
    await page.waitForSelector('form.make')
    t.same(await page.locator('.make select').nth(2).inputValue(), last, 'the month that is filled in')
    await page.click('.make button[type="submit"]')
    await page.waitForSelector('.paper')
    await v.go('/desk/bulletins')
    await page.click('.missing a:has-text("看草稿")')
    await page.waitForSelector('.paper')
    await page.locator('.acts button.main').click()
    await page.waitForSelector('.facts .tag.ok')
    await v.go('/desk/bulletins')
    await page.waitForSelector('table tbody tr')
    t.same(await page.locator('.missing').count(), 0, 'what is issued is not missing')
  },
  async 'printed and now'(t) {
    const v = await issued(t)
    const { page } = v
    const printed = digits(await received(v).innerText())
    t.must(printed > 0, 'the bulletin counts nothing')
    const filed = await t.place.file(complaint())
    await page.reload()
    await page.waitForSelector('.differs')
    const both = await received(v).innerText()
    t.check(/现 ?[0-9,]+/.test(both), `both numbers do not stand there: ${both}`)
    t.same(digits(both.split('现')[0]), printed, 'the printed number')
    t.same(digits(both.split('现')[1] ?? ''), printed + 1, 'the number of now')
    await page.getByRole('button', { name: '印发时', exact: true }).click()
    t.same(digits(await received(v).innerText()), printed, 'the printed number alone')
    await page.getByRole('button', { name: '两个都看', exact: true }).click()
    await received(v).click()
    await page.waitForSelector('.panel .doors a')
    await page.locator('.panel', { hasText: filed.number }).waitFor().catch(() => t.faults.push('the panel does not name the matter that came'))
    t.same(await v.sideways(), '', 'the bulletin on the desk')
    const paper = pages(await page.pdf({ preferCSSPageSize: true }))
    t.same(paper.slice(0, 3).join(' '), 'upright lying upright', 'the wide table has a page that lies, what follows is upright again')
    t.same(paper.filter((p) => p === 'lying').length, 1, 'pages that lie')
    await v.resize(PHONE)
    await page.locator('.paper .scroll-x').first().evaluate((e) => (e.scrollLeft = 400))
    const name = await page.locator('.paper tbody th').first().boundingBox()
    t.check(name.x >= 0, `on a phone the name of a row goes away with its numbers: ${name.x}`)
    await v.resize(DESK)
    await page.locator('.panel').press('Escape')
    await page.waitForSelector('.panel', { state: 'detached' })
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('a:has-text("Word")')])
    t.check(/通报.*\.docx$/.test(download.suggestedFilename()), `the name of the file: ${download.suggestedFilename()}`)
    await received(v).click()
    await page.click('.panel a:has-text("看印发时的")')
    await page.waitForSelector('.list [data-number], [data-number]')
    t.check(!(await page.locator('main').innerText()).includes(filed.number), 'a later matter stands among those printed')
  },
}
