/* Many at once from the queue by keys, and a group from the alert to the decision, as a leader and a handler see it. */
import { complaint } from './place.mjs'

const GYM = '晨跃健身'

async function gym(t, n) {
  const filed = []
  for (let i = 0; i < n; i += 1) {
    filed.push(await t.place.file(complaint({
      consumer: { name: `陈${'一二三四五六七八九十甲乙丙丁'[i]}`, phone: `1380013${8100 + i}`, address: '安澜县人民路 8 号' },
      respondent: { name: GYM, address: '安澜县人民路 126 号' }, category: 'service.fitness', amount_fen: 100000 + i * 1000,
      facts: `在晨跃健身办的年卡还剩${1000 + i * 10}元，去锻炼发现门锁了，贴了张纸说停业，电话没人接，要求退卡。`,
    })))
  }
  const officer = (await t.place.session('handler')).officer
  await t.place.api('supervisor', 'POST', '/acts/assign', {
    body: { items: filed.map((f) => ({ number: f.number, version: 1 })), input: { body: officer.body, officer: officer.id } },
    headers: { 'Idempotency-Key': `journey-give-${filed[0].number}` },
  })
  return filed
}

async function many(t) {
  const filed = await gym(t, 4)
  const v = await t.visit()
  await v.as('handler')
  await v.go('/desk/matters')
  await v.page.fill('input[type="search"]', GYM)
  await v.page.waitForFunction((n) => document.querySelectorAll('tr.row').length === n, filed.length)
  await v.page.evaluate(() => document.activeElement?.blur())
  await v.page.click('tr.row .c-box input')
  await v.page.waitForSelector('.bulk .btn:has-text("受理")')
  // what all of them can is known late; an act asked for before is for all of them, not for the first alone
  await v.page.route('**/api/v1/acts', async (route) => setTimeout(() => void route.continue(), 800))
  await v.page.keyboard.press('j')
  await v.page.keyboard.press('j')
  await v.page.keyboard.press('j')
  await v.page.keyboard.press('Shift+X')
  await v.page.waitForSelector('.bulk >> text=已选')
  const said = await v.page.locator('.bulk').innerText()
  t.check(/已选 [34] 件/.test(said), `the bar says ${said}`)
  await v.page.keyboard.press('a')
  await v.page.waitForSelector('.bulk form')
  const chosen = Number(/\d+/.exec(await v.page.innerText('.bulk form h2'))[0])
  t.check(chosen >= 3, `the act is for ${chosen}`)
  await v.page.unroute('**/api/v1/acts')
  // two of them change while the request is under way: they alone are refused, and named
  let stale = []
  await v.page.route('**/api/v1/acts/accept', async (route) => {
    stale = route.request().postDataJSON().items.slice(-2).map((i) => i.number)
    for (const n of stale) await t.place.act('handler', n, 'note', { text: '他刚来过电话' })
    // the first answer is that of a run under way: one is decided
    const answer = await route.fetch()
    await route.fulfill({ response: answer, json: { ...(await answer.json()), state: 'running', done: 1, failed: 0 } })
  }, { times: 1 })
  await v.page.keyboard.press('Control+Enter')
  const bar = v.page.locator('.batch [role="progressbar"]')
  await bar.waitFor()
  t.same(await bar.getAttribute('aria-valuenow'), String(Math.floor(100 / chosen)), 'how far the bar of the run is')
  t.check((await bar.getAttribute('aria-label'))?.length > 1, 'the bar of the run has no name')
  t.check(/1.*\d/.test(await v.page.locator('.batch .head').innerText()), 'how many of the run are done is not said')
  await bar.waitFor({ state: 'detached' })
  await v.page.waitForFunction(() => document.querySelectorAll('.batch .fails li').length > 1) // they come one by one
  const result = await v.page.locator('.batch').innerText()
  t.check(result.includes(`${chosen - 2} 件`) && result.includes('2 件没办成'), `the result says ${result}`)
  t.same(await v.page.locator('.batch .fails li').count(), 2, 'only the failures are listed')
  t.check(stale.every((n) => result.includes(n)), `each by its number: ${result}`)
  t.check(/变动|改过|刷新|新的/.test(await v.page.locator('.batch .fails .why').first().innerText()), 'each with its reason')
  // the rest alone is sent again
  const [again] = await Promise.all([v.page.waitForRequest('**/api/v1/acts/accept'), v.page.click('.batch .btn.main')])
  t.same(again.postDataJSON().items.map((i) => i.number).sort().join(), [...stale].sort().join(), 'what is sent again')
  await v.page.waitForSelector('.batch >> text=都办好了')
  for (const n of stale) t.same((await t.place.api('handler', 'GET', `/matters/${n}`)).status, 'accepted', `${n} after the second time`)
}

async function alertToDecision(t) {
  await gym(t, 12)
  const leader = await t.visit()
  await leader.as('supervisor')
  for (let i = 0; i < 40; i += 1) {
    const found = await t.place.api('supervisor', 'GET', '/groups?status=proposed')
    if (found.items.some((g) => g.business === GYM && g.sums.members >= 12)) break
    await new Promise((go) => setTimeout(go, 500))
  }
  await leader.go('/desk/')
  await leader.page.click(`.alerts a:has-text("${GYM}")`)
  await leader.page.waitForSelector('.notice >> text=为什么提出来')
  await leader.page.click('.acts .btn:has-text("确认为群体")')
  await leader.page.fill('.group-form input', '晨跃健身停业退卡')
  await leader.page.keyboard.press('Control+Enter')
  await leader.page.waitForSelector('.batch >> text=都办好了')
  t.same(await leader.page.locator('h1').innerText(), '晨跃健身停业退卡', 'the name of the group')
  const id = leader.page.url().split('/').pop()
  const rows = await t.place.api('handler', 'GET', `/matters?group=${id}&limit=200`)
  t.check(rows.items.length >= 12, `${rows.items.length} members`)
  const registered = rows.items.filter((r) => r.status === 'assigned')
  await t.place.api('handler', 'POST', '/acts/accept', { body: { items: registered.map((r) => ({ number: r.number, version: r.version })) }, headers: { 'Idempotency-Key': `journey-accept-${id}` } })

  const v = await t.visit()
  await v.as('handler')
  await v.go(`/desk/groups/${id}`)
  await v.page.waitForSelector('.acts')
  await v.page.click('.acts .btn:has-text("作决定")')
  await v.page.fill('.group-form textarea', '按剩余天数退款')
  await v.page.click('.group-form .btn:has-text("按涉及金额填")')
  await v.page.click('.group-form .btn:has-text("都同意了")')
  await v.page.keyboard.press('Control+Enter')
  await v.page.waitForSelector('.batch >> text=都办好了')
  const group = await t.place.api('handler', 'GET', `/groups/${id}`)
  t.same(group.status, 'decided', 'the group')
  t.same(group.sums.recovered_fen, rows.items.reduce((n, r) => n + r.amount_fen, 0), 'what was recovered')
  for (const found of await v.axe()) t.faults.push(`group: ${found}`)
  await v.go('/desk/groups')
  await v.page.waitForSelector('table')
  t.check(/[12] 个群体/.test(await v.page.locator('.total').innerText()), 'the sums of the list; the journey of forms may have made another')
  for (const found of await v.axe()) t.faults.push(`groups: ${found}`)
}

/* At intake: an open group against the business stands beside the form; the clerk lets the complaint join it. */
async function joinedAtIntake(t) {
  const told = { name: '绿洲健身会所', address: '安澜县人民路 9 号' }
  const filed = []
  for (let i = 0; i < 2; i += 1) filed.push(await t.place.file(complaint({ respondent: told, consumer: { name: `周${'一二'[i]}`, phone: `1380013820${i}`, address: '安澜县人民路 8 号' } })))
  const { group } = await t.place.api('supervisor', 'POST', '/groups', {
    body: { members: filed.map((f) => ({ number: f.number, version: 1 })), title: '绿洲退卡' }, headers: { 'Idempotency-Key': `journey-join-${filed[0].number}` },
  })
  const v = await t.visit()
  const { page } = v
  await v.as('supervisor')
  await v.go('/desk/intake')
  await page.fill('#in-phone', '13800138299')
  await page.fill('#in-name', '周三')
  await page.fill('#in-address', '安澜县人民路 8 号')
  await page.fill('#in-business', told.name)
  await page.fill('#in-facts', '年卡没用完，店里关门了，要求退款。')
  await page.locator('#in-demands label').first().click()
  await page.waitForSelector('.choose .groups')
  t.check((await page.innerText('.choose .groups')).includes('绿洲退卡') && (await page.innerText('.choose .groups')).includes('2 件'), 'the group and how many belong to it')
  for (const found of await v.axe()) t.faults.push(`intake with a group: ${found}`)
  await page.click('.choose .groups .btn')
  await page.waitForSelector('.choose .notice >> text=登记时加入群体“绿洲退卡”')
  await page.click('.choose .notice .link')
  await page.waitForSelector('.choose .groups')
  await page.click('.choose .groups .btn')
  await page.keyboard.press('Control+Enter')
  await page.waitForSelector('.filed')
  const number = (await page.locator('.filed .codes dd').first().innerText()).trim()
  const rows = await t.place.api('supervisor', 'GET', `/matters?group=${group.id}`)
  t.check(rows.items.some((r) => r.number === number) && rows.total === 3, 'the new one belongs to the group')
  const related = await t.place.api('supervisor', 'GET', `/matters/${number}/related`)
  t.same(related.duplicate?.choice, 'join', 'what the clerk decided is recorded')
}

export default {
  'many matters at once, by keys, one of them stale': many,
  'a group from the alert to the decision': alertToDecision,
  'a complaint joins a group at intake': joinedAtIntake,
}
