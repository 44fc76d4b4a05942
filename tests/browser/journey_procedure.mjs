/* A refusal that two officers make, what may be considered for it, and both rules side by side: read and done on the page. */
import { join } from 'node:path'
import { portalMatters, track } from './pages.mjs'
import { complaint } from './place.mjs'
import { doAct, openMatter, state } from './desk.mjs'
import { DESK, PHONE } from './visitor.mjs'

const body = '420202'
async function look(t, v, name) {
  for (const [size, words] of [[PHONE, 'phone'], [DESK, 'desk']]) {
    await v.resize(size)
    const bad = await v.axe()
    t.check(!bad?.length, `${name} at ${words}: ${JSON.stringify(bad)}`)
    t.check(!(await v.sideways()), `${name} at ${words} scrolls sideways`)
    if (process.env.SHOTS) await v.page.screenshot({ path: join(process.env.SHOTS, `${name}-${words}.png`), fullPage: true })
  }
}

async function twoOfficers(t) {
  const { place } = t
  const same = { phone: '13907251188', address: '安澜县河滨路 9 号' }
  let number = ''
  for (const name of ['赵一', '钱二', '孙三']) number = (await place.file(complaint({ consumer: { name, ...same }, product: { name: '金项链', quantity: 40 } }))).number
  await place.act('intake', number, 'assign', { body })
  const proposer = await t.visit()
  await proposer.as('supervisor')
  await openMatter(proposer, number)
  await proposer.page.getByText('登记的数量是 40 件').waitFor()
  t.check(await proposer.page.getByText('同一电话 365 天里有 3 个姓名投诉').isVisible(), 'the names on one phone are not said')
  await look(t, proposer, 'factors')
  await doAct(proposer, 'refuse', { ground: 'NA3', reason: '买了四十件，不像自己用' })
  t.same(await state(proposer), '待复核', 'after the proposal')
  t.check(await proposer.page.getByText('是您提出的，您不能自己复核').isVisible(), 'who proposed it is not told that he cannot confirm it')
  const second = await t.visit()
  await second.as('handler')
  await openMatter(second, number)
  t.check(await second.page.getByText('买了四十件，不像自己用').first().isVisible(), 'the reasons are not shown')
  await look(t, second, 'proposed')
  await doAct(second, 'confirm_refusal', { remark: '订单和历次投诉都看过' })
  t.same(await state(second), '不予受理', 'after the second officer')
  t.check((await second.page.locator('.procedure').innerText()).includes('复核同意'), 'who decided is not on the page')
}

async function bothRules(t) {
  const { place } = t
  const filing = complaint({ channel: 'letter', received_at: '2026-04-14T10:00:00+08:00', late_reason: '历史补录' })
  const { number } = await place.api('intake', 'POST', '/matters', { body: filing })
  await place.act('intake', number, 'assign', { body })
  await place.act('supervisor', number, 'accept', { at: '2026-04-20T10:00:00+08:00' })
  await place.act('supervisor', number, 'pause', { reason: 'appraisal', at: '2026-05-06T09:00:00+08:00' })
  await place.act('supervisor', number, 'resume', { at: '2026-05-18T09:00:00+08:00' })
  const v = await t.visit()
  await v.as('supervisor')
  await openMatter(v, number)
  await v.page.locator('.rules').waitFor()
  t.check(/5月6日[^，]*起暂停，5月18日[^，]*恢复，12 天不计期限/.test(await v.page.locator('.procedure').innerText()), 'a finished pause is not on the page')
  t.check((await v.page.locator('.rules').innerText()).includes('现在适用'), 'which rule governs is not said')
  await doAct(v, 'choose_rule', { pack: 'market-2026', reason: '有权机关4月16日才收到' })
  t.check((await v.page.locator('.matter').innerText()).includes('改定适用的规则'), 'who chose is not said')
  await look(t, v, 'rules')
}

/* Why it is this day, from the mouseless arrival to the way back: 18 September is a Friday, the 20th is worked in lieu, three days of a festival follow. */
const SEPTEMBER = ['18 提交', '19 周末', '20班 第1天', '21 第2天', '22 第3天', '23 第4天', '24 第5天', '25 休', '26 休', '27 休', '28 第6天', '29 到期']
async function whyThisDay(t) {
  const { place } = t
  const { number } = await place.api('intake', 'POST', '/matters', { body: complaint({ channel: 'letter', received_at: '2026-09-18T10:00:00+08:00', late_reason: '历史补录' }) })
  await place.act('intake', number, 'assign', { body })
  const v = await t.visit()
  const { page } = v
  await v.as('supervisor')
  await openMatter(v, number)
  const clock = page.locator('.clock[data-rule="D1"]')
  await page.locator('#clock-panel .week-grid').waitFor()
  t.same(await clock.getAttribute('aria-expanded'), 'true', 'what is late is open on arrival')
  await page.keyboard.press('Escape')
  await page.locator('#clock-panel').waitFor({ state: 'detached' })
  t.check(await clock.evaluate((e) => e === document.activeElement), 'Esc leads back to the clock')
  await page.keyboard.press('Enter')
  await page.locator('#clock-panel .week-grid').waitFor()
  const panel = page.locator('#clock-panel')
  t.same((await panel.locator('h2').innerText()).trim(), '为什么是 9月29日', 'the question')
  const cells = await panel.locator('.week-cell:not(.outside)').evaluateAll((all) => all.map((e) => `${e.querySelector('b').textContent} ${e.querySelector('.word').textContent}`))
  t.same(cells.join(), SEPTEMBER.join(), 'each day')
  const whys = await panel.locator('.week-cell:not(.outside)').evaluateAll((all) => all.map((e) => e.title))
  t.check(whys.every(Boolean) && whys[1] === '周六，不计' && /调休上班，计入/.test(whys[2]) && whys[7] === '中秋节放假，不计', `why each is counted or not: ${whys}`)
  const said = (await panel.innerText()).replace(/\s+/g, ' ')
  for (const words of ['第 7 个工作日是 9月29日', '中秋节放假和周末共 4 天不计', '9月20日（周日）调休上班，计入', '第十五条']) t.check(said.includes(words), `the panel does not say ${words}: ${said}`)
  t.check((await panel.locator('[role="img"]').getAttribute('aria-label')).includes('调休上班'), 'who hears the page is not told of the day worked in lieu')
  await look(t, v, 'why-this-day')
}

/* A negotiation goes to the authority with one press of the consumer. */
async function toTheAuthority(t) {
  const { place } = t
  const filed = await place.api('intake', 'POST', '/matters', { body: complaint({ channel: 'odr' }) })
  const v = await t.visit({ size: PHONE })
  await track(v, filed)
  await v.page.locator('.odr').waitFor()
  await look(t, v, 'odr')
  await v.page.click('.odr button')
  await v.page.locator('.odr').waitFor({ state: 'detached' })
  t.check((await v.page.locator('.track .notice.ok').innerText()).includes('已经转给市场监管部门'), 'it is not said that the authority has it')
  t.check(await v.page.locator('h1').evaluate((e) => e === document.activeElement), 'the reading goes on at the heading')
  await look(t, v, 'odr-done')
  const m = await place.api('supervisor', 'GET', `/matters/${filed.number}`)
  t.check(m.status === 'registered' && m.deadlines.some((d) => d.rule === 'D1' && d.state === 'running'), 'the authority has it with its own clock')
}

/* What people do by themselves: report without a name and add to it; add to a complaint, decline what is offered, withdraw. */
async function theParty(t) {
  const { place } = t
  const v = await t.visit({ size: PHONE })
  const { page } = v
  const next = () => page.click('button[type="submit"]')
  await v.go('/file/report')
  await page.fill('#businessName', '安澜县青禾超市')
  await next()
  await page.fill('#facts', '货架上卖过期的牛奶，日期被涂掉了。')
  await next()
  await page.click('#anonymous label:has(input[value="anonymous"])')
  await page.click('#truthful label')
  await next()
  await page.locator('.codes').first().waitFor()
  const report = (await page.locator('.codes .code-value').first().innerText()).trim()
  await page.click('a[href="/track/supplement"]')
  await page.fill('#supplement', '冷柜第二层还有三箱。')
  await next()
  await page.locator('.track .notice.ok').waitFor()
  t.check((await page.locator('.track .notice.ok').innerText()).includes('补充的已收到'), 'it is not said that what was added is there')
  const shown = await page.locator('.track').innerText()
  t.check(shown.includes(report) && !/牛奶|冷柜|青禾/.test(shown), `the page of a report shows more than its receipt: ${shown}`)
  const { items } = await place.api('supervisor', 'GET', `/matters/${report}/events`)
  t.check(items.some((e) => e.act === 'supplement' && JSON.stringify(e).includes('冷柜第二层')), 'the officer has not got what was added')

  const { offer } = await portalMatters(place)
  await page.evaluate(() => sessionStorage.clear())
  await track(v, offer)
  await page.locator('.offer').waitFor()
  await page.click('a[href="/track/decline"]')
  await page.locator('.answer-terms').waitFor()
  await page.click('.answer button.main')
  await page.locator('.track .notice.ok').waitFor()
  t.same(await page.locator('.offer').count(), 0, 'offers left on the page')
  await page.click('a[href="/track/withdraw"]')
  await page.locator('.answer button.ending').click()
  await page.locator('.track .notice.ok').waitFor()
  t.check((await page.locator('.track .notice.ok').innerText()).includes('已撤回'), 'the withdrawal is not confirmed')
  const m = await place.api('supervisor', 'GET', `/matters/${offer.number}`)
  t.same(`${m.offer.state} ${m.status} ${m.outcome.ground}`, 'declined terminated T1', 'the complaint')
}

/* A clerk gives a business its login code; it answers and offers by itself; the consumer accepts, and the matter is settled. */
async function theBusinessItself(t) {
  const { place } = t
  const shop = await place.api('intake', 'POST', '/businesses', { body: { name: '快速通道商场' } })
  const filed = await place.api('intake', 'POST', '/matters', { body: complaint({ channel: 'odr' }) })
  await place.act('intake', filed.number, 'identify', { business: shop.id })
  const clerk = await t.visit()
  await clerk.as('intake')
  await clerk.go(`/desk/businesses/${shop.id}`)
  await clerk.page.getByRole('button', { name: '发登录码' }).click()
  const code = (await clerk.page.locator('.notice.code .mono').innerText()).trim()
  t.check(code.startsWith(`${shop.id}-`), `no code is shown: ${code}`)
  await clerk.page.locator('.history').getByText('发登录码').waitFor()
  await look(t, clerk, 'login-given')
  const v = await t.visit({ size: PHONE })
  const { page } = v
  await v.go('/respond')
  await page.locator('.respond button[type="submit"]').click()
  t.check((await page.locator('.respond .field-error').innerText()).includes('写上登录码'), 'no code is not refused')
  await page.fill('#login-code', code.replace(/.$/, '!'))
  await page.keyboard.press('Enter')
  t.check((await page.locator('.respond .field-error').innerText()).includes('登录码不对'), 'a wrong code is not refused')
  await look(t, v, 'respond-ask')
  await v.go(`/respond#${code}`)
  await page.locator('.sent .go').waitFor()
  t.check(!page.url().includes(code), 'the code stays in the address')
  await look(t, v, 'respond-list')
  await page.locator('.sent .go').click()
  await page.locator('.respond-facts').waitFor()
  t.check(!(await page.locator('.respond').innerText()).includes(complaint().consumer.name), 'the consumer is named')
  await page.getByRole('button', { name: '答复', exact: true }).click()
  await page.keyboard.type('请带小票来店，我们当面核对')
  await page.getByRole('button', { name: '提交' }).click()
  await page.getByText('答复已发给消费者').waitFor()
  await page.getByRole('button', { name: '提出方案' }).click()
  await page.keyboard.type('退还货款，十日内到账')
  await page.fill('#respond-yuan', 'abc')
  await page.getByRole('button', { name: '提交' }).click()
  t.check((await page.locator('.respond .field-error').innerText()).includes('这样的金额'), 'a wrong amount is not refused')
  await page.fill('#respond-yuan', '1280')
  await page.selectOption('#respond-remedy', 'refund')
  await look(t, v, 'respond-offer')
  await page.getByRole('button', { name: '提交' }).click()
  await page.getByText('方案已发给消费者').waitFor()
  await look(t, v, 'respond-matter')
  const party = await t.visit({ size: PHONE })
  await track(party, filed)
  await party.page.locator('.offer').waitFor()
  t.check((await party.page.locator('.track').innerText()).includes('请带小票来店'), 'the answer is not on the tracking page')
  t.check((await party.page.locator('.offer').innerText()).includes('当场生效'), 'what follows is not said')
  await look(t, party, 'track-own-offer')
  await party.page.locator('.offer a.main').click()
  await party.page.locator('.answer button.main').click()
  await party.page.getByText('已接受，和解达成').waitFor()
  t.check((await party.page.locator('.track .result').innerText()).includes('退还货款，十日内到账'), 'what was agreed is not shown')
  await v.go('/respond')
  await page.locator('.sent').waitFor()
  t.check((await page.locator('.respond').innerText()).includes('和解 1 件'), 'the settlement is not counted')
  await page.getByRole('button', { name: '退出' }).click()
  await v.go('/respond')
  await page.locator('#login-code').waitFor()
}

/* A matter is put on hold with a reason, and the hold is lifted with one; neither goes without. */
async function keptAllTheSame(t) {
  const { number } = await t.place.file(complaint())
  await t.place.act('intake', number, 'assign', { body })
  const v = await t.visit()
  await v.as('supervisor')
  await v.go('/desk/retention')
  const { page } = v
  await page.locator('.put').waitFor()
  t.check(await page.getByText('没有设置年限，全部长期保存').isVisible(), 'it is not said that nothing goes')
  await page.locator('.put .no input').fill(number)
  await page.locator('.put button').click()
  t.check(await page.locator('.holds .fault').innerText().then((w) => w.includes('写上编号和理由')), 'a hold without a reason is not refused')
  await page.locator('.put .grow input').fill('涉诉，等判决')
  await page.keyboard.press('Enter')
  await page.locator('.kept li', { hasText: number }).waitFor()
  t.check((await page.locator('.done-line').innerText()).includes(`已保留 ${number}`), 'what was done is not said')
  t.check((await page.locator('#told[aria-live]').textContent()).includes(`已保留 ${number}`), 'what was done is not told to who hears the page')
  await look(t, v, 'retention')
  await page.getByRole('button', { name: `解除 ${number}` }).click()
  await page.waitForFunction(() => document.activeElement?.matches('.lift input')) // the dialog itself has it for a moment before
  await page.keyboard.press('Enter')
  t.check((await page.locator('.lift .fault').innerText()).includes('写上为什么解除'), 'a lift without a reason is not refused')
  await look(t, v, 'lift')
  await page.locator('.lift input').fill('判决生效')
  await page.keyboard.press('Enter')
  await page.locator('.kept li', { hasText: number }).waitFor({ state: 'detached' })
  await page.getByRole('button', { name: '已解除' }).click()
  t.check((await page.locator('.kept li', { hasText: number }).innerText()).includes('判决生效'), 'why it was lifted is not kept')
  const admin = await t.visit()
  await admin.as('security')
  await admin.go('/desk/retention')
  await admin.page.locator('.holds').waitFor()
  t.check(!(await admin.page.locator('.put').count()), 'a security officer is offered a hold')
}

export default { 'kept all the same': keptAllTheSame, 'a negotiation handed over in one press': toTheAuthority, 'a business answers by itself': theBusinessItself, 'two officers refuse': twoOfficers, 'both rules side by side': bothRules, 'why it is this day': whyThisDay, 'what people do by themselves': theParty }
