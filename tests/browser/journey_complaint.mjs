/* A complaint from the consumer's phone to the rating and the count. */
import { PHONE } from './visitor.mjs'
import { choose, doAct, openAct, openMatter, record, setField, state } from './desk.mjs'

const SHOP = '安澜县云河家电'

async function fileOnPhone(t, v) {
  const { page } = v
  await v.go('/')
  await page.click('text=我要投诉')
  await page.fill('#businessName', SHOP)
  await page.fill('#businessAddress', '安澜县解放路 21 号')
  await page.click('button[type="submit"]')
  await page.waitForSelector('#facts')
  await page.click('#where label:has-text("门店")')
  await page.fill('#product', '洗衣机')
  await page.fill('#bought', '2026-06-18')
  await page.fill('#paid', '2680')
  await page.fill('#facts', '六月买的洗衣机，用了两次就漏水，修过一次还是漏，店里说过了十五天不退。')
  await page.click('#demands label:has-text("退款")')
  await page.click('button[type="submit"]')
  await page.waitForSelector('#name')
  await page.fill('#name', '刘晓芸')
  await page.fill('#phone', '138 0013 8046')
  await page.fill('#address', '安澜县人民路 8 号 2 单元 301')
  t.same(await v.sideways(), '', 'the filing on a phone')
  await page.click('#truthful label')
  await page.click('button[type="submit"]')
  await page.waitForSelector('.codes')
  await v.quiet()
  const codes = await page.locator('.codes .code-value').allInnerTexts()
  t.must(/^\d{4}-\d{5}-[0-9A-Z]$/.test(codes[0]), `the receipt shows no number: ${codes}`)
  t.must(/^[0-9A-Z]{4} [0-9A-Z]{4}$/.test(codes[1]), `the receipt shows no PIN: ${codes}`)
  const points = await page.locator('.receipt .line h3').allInnerTexts()
  t.check(points.some((p) => p.includes('告诉您受理还是不受理')), `the receipt does not say what happens next: ${points}`)
  return { number: codes[0], pin: codes[1] }
}
async function track(t, v, filed) {
  const { page } = v
  await v.go('/track')
  if (await page.locator('#track-number').count()) {
    await page.fill('#track-number', filed.number)
    await page.fill('#track-pin', filed.pin.toLowerCase())
    await page.click('.track-form button[type="submit"]')
    await page.waitForSelector('.track-head')
  }
  await v.quiet()
  return (await page.locator('h1').innerText()).trim()
}
async function figure(place) {
  const now = await place.api('leader', 'GET', `/dashboard?body=420202&period=${new Date(Date.now() + 288e5).toISOString().slice(0, 7)}`)
  return now.figures.find((f) => f.id.startsWith('received:')).num
}

async function journey(t) {
  const before = await figure(t.place)
  const consumer = await t.visit({ size: PHONE })
  const filed = await fileOnPhone(t, consumer)
  const { number } = filed

  const clerk = await t.visit()
  await clerk.signIn('intake')
  await clerk.page.keyboard.press('Slash')
  await clerk.page.keyboard.type(SHOP)
  await clerk.page.waitForSelector(`[data-number="${number}"] mark`)
  await clerk.page.click(`[data-number="${number}"] .open`)
  await clerk.page.waitForSelector('.strip')
  t.same(await state(clerk), '已登记', 'after filing')
  await openAct(clerk, 'assign')
  await setField(clerk, 'assign', 'body', '安澜县市场监督管理局')
  await choose(clerk, clerk.page.locator('[id="f-assign-officer"]'), '吴捷')
  await record(clerk)
  t.same(await state(clerk), '待初查', 'after assigning')

  const handler = await t.visit()
  await handler.signIn('handler')
  await openMatter(handler, number)
  await doAct(handler, 'accept')
  t.same(await state(handler), '已受理', 'after accepting')
  const people = handler.page.locator('.people')
  t.check(!(await people.innerText()).includes('13800138046'), 'the number is not masked')
  await people.locator('button.see').first().click()
  await handler.page.locator('input[name="reveal-reason"][value="call_back"]').check()
  await handler.page.locator('[role="dialog"] .btn.main').click()
  await people.getByText(/138 ?0013 ?8046/).waitFor()
  const looks = (await t.place.api('auditor', 'GET', `/access?number=${number}`)).items
  t.check(looks.some((l) => l.what === 'reveal:consumer' && l.reason === 'call_back' && l.officer === '吴捷'), `the look is not in the log: ${JSON.stringify(looks)}`)
  await doAct(handler, 'tell', { party: 'consumer', channel: 'sms' })
  await doAct(handler, 'consent', { party: 'both', answer: 'agrees', about: 'mediation', channel: 'phone' })
  await doAct(handler, 'mediate', { place: '第一调解室' })
  t.same(await state(handler), '调解中', 'after the meeting')
  await doAct(handler, 'offer', { party: 'business', terms: '退 2,000 元，10 天内付', amount_fen: '2000' })

  t.same(await track(t, consumer, filed), '等您答复商家的方案', 'what the consumer reads')
  t.same(await consumer.sideways(), '', 'the offer on a phone')
  await consumer.page.click('.offer a:has-text("接受")')
  await consumer.page.waitForSelector('.answer-terms')
  await consumer.page.click('.answer button.main')
  await consumer.page.waitForSelector('.notice.ok')
  t.check((await consumer.page.locator('.notice.ok').first().innerText()).includes('已接受'), 'the page does not say that the offer was accepted')

  await openMatter(handler, number)
  await openAct(handler, 'settle')
  await setField(handler, 'settle', 'form', 'deed')
  await setField(handler, 'settle', 'terms', '商家退 2,000 元，洗衣机由商家拉走。')
  await handler.page.locator('.remedies select').first().selectOption({ index: 1 })
  await handler.page.locator('.remedies input[inputmode="decimal"]').first().fill('2000')
  await record(handler)
  t.same(await state(handler), '已达成协议', 'after settling')
  t.check((await handler.page.locator('section.said').innerText()).includes('洗衣机由商家拉走'), 'the page does not show what was agreed')
  const line = (await handler.page.locator('.facts-line').innerText()).replace(/\u00a0/g, ' ')
  t.check(line.includes('已挽回 2,000 元'), `the page does not show what was recovered: ${line}`)
  await doAct(handler, 'tell', { party: 'consumer', channel: 'phone' })

  t.same(await track(t, consumer, filed), '结果已经告知您', 'what the consumer reads at the end')
  await consumer.page.click('#score label:has-text("5")')
  await consumer.page.click('.rating button[type="submit"]')
  await consumer.page.waitForSelector('text=您打了 5 分')

  const leader = await t.visit()
  await leader.signIn('leader')
  await leader.page.click('nav a:has-text("看板")')
  await leader.page.waitForSelector('.figure')
  const counted = leader.page.locator('.figure', { hasText: '登记诉求' }).locator('.door')
  t.same(Number((await counted.innerText()).replace(/\D/g, '')), before + 1, 'the dashboard counts')
  await leader.page.waitForFunction(() => Array.from(document.querySelectorAll('.two .chart')).filter((c) => c.querySelector('canvas, svg')).length === 2)
  await leader.page.locator('.panel', { hasText: '每天' }).locator('button.link').click()
  const sum = (words) => words.reduce((all, n) => all + Number(n.replace(/\D/g, '')), 0)
  t.same(sum(await leader.page.locator('.tabled tbody td:nth-child(2)').allInnerTexts()), before + 1, 'the days of the chart add up')
  const categories = leader.page.locator('.panel', { hasText: '收到最多的类别' }).locator('tbody')
  t.same(sum(await categories.locator('td:nth-child(3)').allInnerTexts()), before + 1, 'the categories add up')
  const rows = await leader.page.locator('.bodies tbody tr').evaluateAll((all) => all.map((row) => Array.from(row.querySelectorAll('td.num'), (cell) => Number(cell.innerText.replace(/\D/g, '')))))
  t.check(rows.length > 1 && rows.every((n) => n.length === 6 && n.slice(0, 5).reduce((all, x) => all + x, 0) === n[5]), `the open ones of a body add up: ${JSON.stringify(rows)}`)
  await counted.click()
  await leader.page.waitForSelector('.rows [data-number]')
  t.check(await leader.page.locator(`[data-number="${number}"]`).count(), 'the figure opens a list without the matter')
}

export default { 'a consumer files on a phone, it is settled, rated and counted': journey }
