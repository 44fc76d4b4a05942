/* What was typed stays: over a reload, a refused step, a refused filing, a lost line. */
import { PHONE } from './visitor.mjs'
import { complaint } from './place.mjs'
import { openAct, openMatter } from './desk.mjs'

const FACTS = '八月办的健身年卡，店十月关门了，电话不接，钱没退。'

async function draft(t) {
  const v = await t.visit({ size: PHONE })
  const { page } = v
  await v.go('/file/complaint')
  await page.fill('#businessName', '安澜县动力健身')
  await page.fill('#businessAddress', '安澜县滨河路 9 号')
  await page.click('button[type="submit"]')
  await page.fill('#facts', FACTS)
  await page.locator('#facts').blur()
  await page.waitForSelector('text=已自动保存在这台手机')
  await page.reload()
  await page.waitForSelector('#facts')
  t.same(await page.inputValue('#facts'), FACTS, 'after a reload the text')
  t.check((await page.locator('main').innerText()).includes('接着上次写的'), 'the page does not say that it goes on with the draft')
  await page.click('button[type="submit"]')
  await page.waitForSelector('.summary')
  await page.waitForFunction(() => document.activeElement?.classList.contains('summary'))
  const lines = await page.locator('.summary li').count()
  t.check((await page.title()).startsWith(`有 ${lines} 处要改`), `the title: ${await page.title()}`)
  await page.locator('.summary a').last().click()
  t.check(await page.evaluate(() => Boolean(document.activeElement?.closest('.field.bad'))), 'a line of the summary does not lead to its field')
  t.same(await page.inputValue('#facts'), FACTS, 'after a refused step the text')
}

async function reportDraft(t) {
  const v = await t.visit({ size: PHONE })
  await v.go('/file/report')
  await v.page.fill('#businessName', '安澜县青禾超市')
  await v.page.locator('#businessName').blur()
  await v.page.waitForSelector('text=只存在这一页里')
  const kept = await v.page.evaluate(() => JSON.stringify(localStorage))
  t.check(!kept.includes('青禾'), `a report is kept on the device: ${kept}`)
  const other = await v.context.newPage()
  v.watch(other)
  await other.goto('/file/report')
  await other.waitForSelector('#businessName')
  t.same(await other.inputValue('#businessName'), '', 'another tab shows of the report')
}

async function refusedFiling(t) {
  const v = await t.visit({ size: PHONE })
  const { page } = v
  await page.route('**/api/v1/matters', async (route) => {
    const sent = route.request().postDataJSON()
    await route.continue({ postData: JSON.stringify({ ...sent, consumer: { ...sent.consumer, phone: '123' } }) })
  })
  await v.go('/file/enquiry')
  await page.fill('#facts', '买了五天的手机屏幕自己裂了，能退吗？')
  await page.click('button[type="submit"]')
  await page.waitForSelector('#businessName')
  await page.click('button[type="submit"]')
  await page.waitForSelector('#phone')
  await page.fill('#phone', '13800138000')
  await page.click('button[type="submit"]')
  await page.waitForSelector('.summary')
  t.same(await page.inputValue('#phone'), '13800138000', 'after a refusal the number')
  t.check(await page.evaluate(() => document.activeElement?.classList.contains('summary')), 'the summary has no focus')
  await page.unroute('**/api/v1/matters')
  await page.click('button[type="submit"]')
  await page.waitForSelector('.codes')
  t.same(await page.evaluate(() => localStorage.getItem('fangxin.draft.enquiry')), null, 'after sending the draft')
}

async function lostLine(t) {
  const v = await t.visit({ size: PHONE })
  const { page } = v
  await v.go('/file/enquiry')
  await page.fill('#facts', '网上买的鞋穿了一次，能退吗？')
  await page.click('button[type="submit"]')
  await page.waitForSelector('#businessName')
  await page.click('button[type="submit"]')
  await page.waitForSelector('#phone')
  v.offline = true
  await v.context.setOffline(true)
  await page.waitForSelector('.offline')
  await page.click('button[type="submit"]')
  await page.waitForSelector('.notice.bad', { timeout: 30_000 })
  t.check((await page.locator('.notice.bad').innerText()).includes('您写的都在'), 'the page does not say that nothing is lost')
  await v.context.setOffline(false)
  v.offline = false
  await page.click('button[type="submit"]')
  await page.waitForSelector('.codes')
}

async function deskRefusal(t) {
  const { number } = await t.place.file(complaint())
  const v = await t.visit()
  const { page } = v
  await v.as('intake')
  await openMatter(v, number)
  await openAct(v, 'note')
  await page.fill('#f-note-text', '消费者下午三点以后方便接电话')
  await page.route('**/acts/note', (route) => {
    const headers = { ...route.request().headers(), 'content-type': 'application/json' }
    return route.continue({ headers, postData: '{"text":""}' })
  })
  await page.keyboard.press('Control+Enter')
  await page.waitForSelector('.act-form .notice.late')
  t.check(await page.evaluate(() => document.activeElement?.classList.contains('notice')), 'the refusal has no focus')
  t.same(await page.inputValue('#f-note-text'), '消费者下午三点以后方便接电话', 'after a refusal the text')
  await page.keyboard.press('Escape')
  await page.waitForSelector('.act-form', { state: 'detached' })
  await openAct(v, 'note')
  t.same(await page.inputValue('#f-note-text'), '消费者下午三点以后方便接电话', 'after closing and opening the form the text')
}

async function deskDraft(t) {
  const v = await t.visit()
  const { page } = v
  await v.as('intake')
  await v.go('/desk/intake')
  await page.fill('#in-facts', FACTS)
  await page.keyboard.press('Control+KeyS')
  await page.waitForSelector('text=/草稿 .* 已存/')
  await page.reload()
  await page.waitForSelector('#in-facts')
  t.same(await page.inputValue('#in-facts'), FACTS, 'after a reload the text of the intake')
  const kept = await page.evaluate(() => JSON.stringify(localStorage))
  t.check(!kept.includes('健身年卡'), 'unsent text lies on the shared computer')
  await page.keyboard.press('Control+Enter')
  await page.waitForSelector('.notice.late')
  t.check(await page.evaluate(() => document.activeElement?.classList.contains('notice')), 'the summary of the intake has no focus')
  t.same(await page.inputValue('#in-facts'), FACTS, 'after a refusal the text of the intake')
}

export default {
  'a draft survives a reload; errors are listed, focused and linked': draft,
  'the draft of a report stays in its tab': reportDraft,
  'a refused filing keeps its text and goes through when corrected': refusedFiling,
  'a lost line keeps the text': lostLine,
  'a refused act keeps its text': deskRefusal,
  'the intake keeps its draft in the tab': deskDraft,
}
