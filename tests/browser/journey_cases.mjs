/* A case from a filed report to the end, as those see it who work on it; the page on a phone and by axe. */
import { join } from 'node:path'
import { choose } from './desk.mjs'
import { PHONE } from './visitor.mjs'

const day = () => new Date(Date.now() + 288e5).toISOString().slice(0, 10)

async function filedReport(place) {
  const { number } = await place.api('intake', 'POST', '/matters', { body: { kind: 'report', channel: 'phone', anonymous: true, respondent: { name: '北山加工点' }, facts: '用过期面粉做糕点。', violation: 'food_safety', truthful: true } })
  const officer = (await place.session('handler')).officer
  await place.act('intake', number, 'assign', { body: officer.body, officer: officer.id })
  await place.act('handler', number, 'verify')
  await place.act('handler', number, 'file')
  return number
}
async function does(place, who, id, act, body = {}) {
  const { version } = await place.api(who, 'GET', `/cases/${id}`)
  return place.api(who, 'POST', `/cases/${id}/acts/${act}`, { body, headers: { 'If-Match': String(version) } })
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

export default { 'a case from a filed report to the end': reportToClosed }
