/* A case from a filed report to the end, as those see it who work on it; the page on a phone and by axe. */
import { join } from 'node:path'
import { caseAct as does, choose, doAct, openMatter, punishedReport, today as day } from './desk.mjs'
import { DESK, PHONE } from './visitor.mjs'

async function filedReport(place) {
  const { number } = await place.api('intake', 'POST', '/matters', { body: { kind: 'report', channel: 'phone', anonymous: true, respondent: { name: '北山加工点' }, facts: '用过期面粉做糕点。', violation: 'food_safety', truthful: true } })
  const officer = (await place.session('handler')).officer
  await place.act('intake', number, 'assign', { body: officer.body, officer: officer.id })
  await place.act('handler', number, 'verify')
  await place.act('handler', number, 'file')
  return number
}
async function open(v, label) {
  await v.page.locator('[role="toolbar"] .btn').filter({ hasText: new RegExp(`^${label}[A-Z]?$`) }).click()
  await v.page.waitForSelector('.record-act')
}
async function send(v) {
  await v.page.keyboard.press('Control+Enter')
  await v.page.waitForSelector('.record-act', { state: 'detached' })
  await v.quiet()
}
const stands = (v) => v.page.locator('.strip dd b').first().innerText()
async function shot(v, name) {
  if (process.env.SHOTS) await v.page.screenshot({ path: join(process.env.SHOTS, `case-${name}.png`), fullPage: true })
}

async function reportToClosed(t) {
  const { place } = t
  const number = await filedReport(place)
  const second = (await place.session('supervisor')).officer
  const v = await t.visit()
  await v.as('handler')
  await v.go(`/desk/matters/${number}`)
  await v.page.click('a:has-text("建立案件")')
  await v.page.fill('#case-party', '北山加工点')
  await v.page.click('.btn.main:has-text("立案")')
  await v.page.waitForSelector('.fault')
  await shot(v, 'new')
  await v.page.fill('#case-facts', '现场发现过期面粉十二袋。')
  await v.page.click('.btn.main:has-text("立案")')
  await v.page.waitForSelector('.strip')
  const id = v.page.url().split('/').pop()
  t.check((await v.page.locator('.two').innerText()).includes(number), 'who works on the report sees the link')
  // a supervisor names the officers by the form
  const boss = await t.visit()
  await boss.as('supervisor')
  await boss.go(`/desk/cases/${id}`)
  await open(boss, '指定办案人员')
  await choose(boss, boss.page.locator('[id="f-assign-first"]'), (await place.session('handler')).officer.display)
  await choose(boss, boss.page.locator('[id="f-assign-second"]'), second.display)
  await send(boss)
  await v.go(`/desk/cases/${id}`)
  await open(v, '开始调查')
  await send(v)
  t.same(await stands(v), '调查中', 'after starting')
  await open(v, '登记拟没收物品')
  await v.page.fill('[id="f-goods-name"]', '面粉')
  await v.page.fill('[id="f-goods-quantity"]', '一堆')
  await v.page.fill('[id="f-goods-unit"]', '千克')
  await v.page.fill('[id="f-goods-value_fen"]', '1200')
  await v.page.keyboard.press('Control+Enter')
  await v.page.waitForSelector('.record-act .fault')
  await v.page.fill('[id="f-goods-quantity"]', '579.5')
  await send(v)
  t.check((await v.page.locator('.two').innerText()).includes('579.5 千克'), 'the goods stand in the table')
  await does(place, 'handler', id, 'submit', { text: '建议罚款' })
  await does(place, 'leader', id, 'notice', { served_on: day(), text: '拟罚款一万元' })
  await does(place, 'handler', id, 'statement', { choice: 'none', text: '书面放弃' })
  // the leader decides by the form
  const leader = await t.visit()
  await leader.as('leader')
  await leader.go(`/desk/cases/${id}`)
  t.check(!(await leader.page.locator('body').innerText()).includes(number), 'the leader does not learn of the report')
  await open(leader, '作出处罚决定')
  await leader.page.fill('[id="f-decide-fine_fen"]', '10000')
  await leader.page.locator('input[name="f-decide-discretion"][value="usual"]').locator('xpath=..').click()
  await leader.page.fill('[id="f-decide-text"]', '罚款一万元，没收面粉。')
  await shot(leader, 'decide')
  await send(leader)
  t.same(await stands(leader), '已决定', 'after deciding')
  for (const found of await leader.axe()) t.faults.push(`case: ${found}`)
  await shot(leader, 'decided')
  await does(place, 'handler', id, 'serve', { served_on: day(), how: 'direct' })
  await does(place, 'handler', id, 'pay', { amount_fen: 1000000, paid_on: day() })
  await does(place, 'handler', id, 'execute')
  await boss.go(`/desk/cases/${id}`)
  await open(boss, '结案')
  await send(boss)
  t.same(await stands(boss), '已结案', 'at the end')
  await boss.go('/desk/cases')
  await boss.page.waitForSelector('table')
  for (const found of await boss.axe()) t.faults.push(`cases: ${found}`)
  await shot(boss, 'list')
  const phone = await t.visit({ size: PHONE, scheme: 'dark' })
  await phone.as('supervisor')
  for (const [name, path] of [['case', `/desk/cases/${id}`], ['cases', '/desk/cases'], ['new', '/desk/cases/new']]) {
    if (name === 'new') await phone.as('handler')
    await phone.go(path)
    const out = await phone.sideways()
    t.check(!out, `${name} on a phone: ${out}`)
    await shot(phone, `phone-${name}`)
  }
}

/* A case that is late stands in the desk's queue above the matters, for whom it is. */
async function inTheQueue(t) {
  const { place } = t
  const long_ago = new Date(Date.now() + 288e5 - 120 * 864e5).toISOString().slice(0, 10)
  const made = await place.api('handler', 'POST', '/cases', { body: { source: 'inspection', business: '迟办的作坊', facts: '超范围经营', filed_on: long_ago }, headers: { 'Idempotency-Key': 'a-case-that-is-late-0001' } })
  await does(place, 'supervisor', made.id, 'assign', { first: (await place.session('handler')).officer.id, second: (await place.session('supervisor')).officer.id })
  const v = await t.visit()
  await v.as('handler')
  await v.go('/desk')
  const band = v.page.locator('.cases')
  await band.waitFor()
  t.check((await band.innerText()).includes('迟办的作坊') && (await band.innerText()).includes('案件处理决定期限'), `the late case is not in the queue: ${await band.innerText()}`)
  t.check((await band.locator('.due-chip.late').count()) > 0, 'its mark is not that of late ones')
  for (const size of [DESK, PHONE]) {
    await v.resize(size)
    for (const found of await v.axe()) t.faults.push(`queue with cases: ${found}`)
    const out = await v.sideways()
    t.check(!out, `queue with cases: ${out}`)
    await shot(v, `queue-${size === PHONE ? 'phone' : 'desk'}`)
  }
  await v.resize(DESK)
  await band.locator('a').filter({ hasText: '迟办的作坊' }).click()
  await v.page.waitForSelector('.strip')
  t.check(v.page.url().endsWith(`/cases/${made.id}`), 'the row opens the case')
  await does(place, 'leader', made.id, 'dismiss', { text: '事实不成立' })
}

/* A reward for a report: proposed on the report's page, decided by a leader who sees it for that alone. */
async function rewarded(t) {
  const { place } = t
  const number = await punishedReport(place)
  const v = await t.visit()
  await v.as('handler')
  await openMatter(v, number)
  t.check((await v.page.locator('.procedure').innerText()).includes('可以提出举报奖励'), 'what each level would give is not said')
  await doAct(v, 'propose_reward', { level: '1', major: 'large_fine', excluded: 'none', reason: '线索清楚，结论相符' })
  t.check((await v.page.locator('.procedure').innerText()).includes('等负责人审批'), 'the proposal is not on the page')
  await shot(v, 'reward')
  const leader = await t.visit()
  await leader.as('leader')
  await openMatter(leader, number)
  for (const found of await leader.axe()) t.faults.push(`reward: ${found}`)
  t.same((await leader.page.locator('.btn.main').first().innerText()).trim(), '批准奖励', 'the filled button of the leader')
  await doAct(leader, 'approve_reward')
  await openMatter(v, number)
  await doAct(v, 'tell_reward', { channel: 'phone' })
  await doAct(v, 'pay_reward', { paid_on: day(), how: 'transfer' })
  t.check(/发放举报奖励.*5,?000/.test(await v.page.locator('.procedure').innerText()), 'what was paid is not on the page')
  await shot(v, 'reward-paid')
}

export default { 'a case from a filed report to the end': reportToClosed, 'a late case in the queue': inTheQueue, 'a reward for a report': rewarded }
