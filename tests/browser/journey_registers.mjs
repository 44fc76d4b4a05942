/* Registers: an inspector's patrol while the line drops, leaflets until the stock is out, an honour to its public page, and every
   definition's list and form. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { choose } from './desk.mjs'
import { picture } from './journey_evidence.mjs'
import { Place } from './place.mjs'
import { DESK, PHONE, Visitor } from './visitor.mjs'
import { dated, number, serial, workbook } from './workbook.mjs'

const day = () => new Date(Date.now() + 288e5).toISOString().slice(0, 10)
const path = (register, number = '') => `/registers/${register}/entries${number ? `/${encodeURIComponent(number)}` : ''}`
const make = (place, who, register, fields) => place.api(who, 'POST', path(register), { body: { fields }, headers: { 'Idempotency-Key': `${register}-${Math.random()}` } })
async function does(place, who, register, number, act, fields) {
  const { version } = await place.api(who, 'GET', path(register, number))
  return place.api(who, 'POST', `${path(register, number)}/acts/${act}`, { body: fields ? { fields } : {}, headers: { 'If-Match': String(version) } })
}
const officer = async (place, who) => (await place.session(who)).officer
const field = (v, name) => v.page.locator(`[id="f-register-${name}"]`)
const radio = (v, name, value, act = 'register') => v.page.locator(`input[name="f-${act}-${name}"][value="${value}"]`).locator('xpath=..').click()
async function link(v, name, words) {
  await field(v, name).fill(words)
  const option = v.page.locator(`[id="f-register-${name}-list"] [role="option"]`).filter({ hasText: words }).first()
  await option.waitFor()
  await option.click()
}
async function shot(v, name) {
  if (process.env.SHOTS) await v.page.screenshot({ path: join(process.env.SHOTS, `register-${name}.png`), fullPage: true })
}

async function patrol(t) {
  const { place } = t
  const handler = await officer(place, 'handler')
  const second = await officer(place, 'supervisor')
  const name = '安澜阳光小卖部'
  await make(place, 'handler', 'households', { name, kind: 'shop', address: { text: '安澜县人民路 8 号' }, risk: 'b', officer: handler.id })
  const before = (await place.api('handler', 'GET', `${path('patrols')}/count`)).all
  const v = await t.visit({ size: PHONE })
  await v.as('handler')
  await v.go('/desk/registers/patrols')
  await v.page.click('.phone-foot .btn')
  await field(v, 'household').waitFor()
  await link(v, 'household', name)
  await choose(v, field(v, 'officer2'), second.display)
  await field(v, 'people').fill('2')
  const items = await v.page.locator('.checklist li').count()
  t.check(items > 5, `the checklist has ${items} lines`)
  for (let i = 0; i < items; i += 1) await v.page.locator('.checklist li').nth(i).locator('.seg label').last().click()
  t.check((await v.page.locator('.sum').first().innerText()).includes(`${items}/${items}`), 'the score is added up')
  await v.page.locator('.photos input[type="file"]').last().setInputFiles({ name: '门头.png', mimeType: 'image/png', buffer: picture(800, 600, 90) })
  await v.page.waitForSelector('.photos li')
  // a reload loses nothing
  await v.page.waitForTimeout(600)
  await v.page.reload()
  await field(v, 'people').waitFor()
  t.same(await field(v, 'people').inputValue(), '2', 'after a reload')
  t.same(await field(v, 'household').inputValue(), name, 'the household after a reload')
  await v.page.waitForSelector('.photos li img')
  t.same(await v.page.locator('.photos li').count(), 1, 'photographs after a reload')
  const small = await v.page.evaluate(() => Array.from(document.querySelectorAll('form .btn, form .seg label, form .pill, form .input')).filter((e) => e.getClientRects().length && e.getBoundingClientRect().height < 43.5).map((e) => `${e.className} ${e.textContent.slice(0, 12)}`))
  t.same(small.join('; '), '', 'targets smaller than 44 px')
  await shot(v, 'patrol-360')
  // the line drops after the server has heard it, so its answer is lost
  const keys = []
  let down = true
  await v.page.route(/registers\/patrols\/entries$/, async (route) => {
    if (route.request().method() !== 'POST') return route.fallback()
    keys.push(route.request().headers()['idempotency-key'])
    if (!down) return route.fallback()
    if (keys.length === 1) await route.fetch()
    return route.abort('internetdisconnected')
  })
  await v.page.click('.foot .btn')
  await v.page.waitForSelector('.waiting .notice.warn')
  await shot(v, 'waiting-360')
  await v.page.evaluate(() => window.dispatchEvent(new Event('online')))
  await v.page.waitForFunction(() => document.querySelector('.waiting .notice.warn'))
  // it is still there after the browser has begun again, and goes out once
  await v.go('/desk/registers/patrols')
  await v.page.waitForSelector('.outbox')
  down = false
  await v.page.evaluate(() => window.dispatchEvent(new Event('online')))
  await v.page.waitForSelector('.outbox', { state: 'detached' })
  t.same(new Set(keys).size, 1, 'idempotency keys of one patrol')
  t.check(keys.length >= 2, 'it was sent again')
  t.same((await place.api('handler', 'GET', `${path('patrols')}/count`)).all, before + 1, 'patrols registered')
  const last = (await place.api('handler', 'GET', `${path('patrols')}?limit=1`)).items[0]
  let files = []
  for (let i = 0; i < 50 && !files.length; i += 1) {
    files = (await place.api('handler', 'GET', path('patrols', last.number))).fields.photos?.value ?? []
    if (!files.length) await v.page.waitForTimeout(200)
  }
  t.same(files.length, 1, 'the photograph went out once, after its patrol')
  for (const found of await v.axe()) t.faults.push(`patrols on a phone: ${found}`)
  t.same(await v.sideways(), '', 'patrols on a phone')
}

async function leaflets(t) {
  const { place } = t
  const title = '预付卡三问'
  const item = await make(place, 'intake', 'leaflets', { title, kind: 'leaflet', unit: 'copy', edition: 'T1' })
  await does(place, 'supervisor', 'leaflets', item.number, 'approve', { checked_on: day() })
  const who = await officer(place, 'handler')
  const v = await t.visit()
  await v.as('handler')
  async function move(movement, quantity) {
    await v.go('/desk/registers/leaflet_moves/new')
    await link(v, 'item', title)
    const definition = await place.api('handler', 'GET', '/registers/leaflet_moves')
    const words = (name, code) => definition.fields.find((f) => f.name === name).choices.find((c) => c.code === code).label.zh
    await choose(v, field(v, 'kind'), words('kind', 'leaflet'))
    await choose(v, field(v, 'movement'), words('movement', movement))
    await field(v, 'quantity').fill(String(quantity))
    t.same(await field(v, 'officer').evaluate((e) => e.closest('.el-select').textContent.trim()), who.display, 'he who writes is filled in')
    await v.page.keyboard.press('Control+Enter')
  }
  await move('printed', 100)
  await v.page.waitForSelector('.strip')
  await move('issued', 60)
  await v.page.waitForSelector('.strip')
  await move('issued', 60)
  await v.page.waitForSelector('.notice.late')
  t.check((await v.page.locator('.notice.late').innerText()).includes('库存不够'), 'more than is in stock is refused in the words of the register')
  await shot(v, 'stock')
  await field(v, 'quantity').fill('40')
  await v.page.keyboard.press('Control+Enter')
  await v.page.waitForSelector('.strip')
  await v.go('/desk/registers/leaflet_moves/figures')
  await v.page.waitForSelector('.door')
  for (const found of await v.axe()) t.faults.push(`figures: ${found}`)
  await shot(v, 'figures')
}

async function honour(t) {
  const { place } = t
  const [shop] = (await place.api('intake', 'GET', '/businesses')).items
  const name = '安澜县瑞缘金行（放心店）'
  const all = (def, list) => ({ items: Object.fromEntries(def.fields.find((f) => f.name === list).items.map((i) => [i.id, { score: i.max }])) })
  const def = await place.api('handler', 'GET', '/registers/worry_free')
  const made = await make(place, 'intake', 'worry_free', { name, business: shop.id, kind: 'shop', way: 'merchant', applied_on: day(), address: { text: '解放路 21 号' }, promise: '七天无理由退货', self_check: all(def, 'self_check') })
  const { number } = made
  const opinion = (office) => Object.fromEntries(def.fields.find((f) => f.name === 'opinions').columns.filter((c) => c.required || c.name === 'answer').map((c) => [c.name, c.kind === 'choice' ? c.choices.find((x) => x.code !== 'object').code : c.kind === 'date' ? day() : office]))
  await does(place, 'handler', 'worry_free', number, 'first_review', { reviewed_on: day(), review: '材料齐全' })
  await does(place, 'supervisor', 'worry_free', number, 're_review', { rereviewed_on: day() })
  await does(place, 'handler', 'worry_free', number, 'visit', { visited_on: day(), visitors: '周敏、陆一鸣', visit: all(def, 'visit') })
  await does(place, 'handler', 'worry_free', number, 'consult', { opinions: [opinion('住建局'), opinion('城管局')] })
  const v = await t.visit()
  await v.as('leader')
  await v.go(`/desk/registers/worry_free/entries/${number}`)
  await v.page.locator('[role="toolbar"] .btn').filter({ hasText: /^授牌[A-Z0-9]?$/ }).click()
  await v.page.waitForSelector('.record-act')
  await v.page.keyboard.press('Control+Enter')
  await v.page.waitForSelector('.record-act .fault')
  await radio(v, 'level', 'city', 'award')
  await v.page.fill('[id="f-award-plaque_no"]', 'AL-2026-7')
  for (const [name, value] of [['awarded_on', day()], ['signed_on', day()], ['valid_to', '2029-11-27']]) {
    await v.page.fill(`[id="f-award-${name}"]`, value)
    await v.page.keyboard.press('Tab')
  }
  await shot(v, 'award')
  await v.page.keyboard.press('Control+Enter')
  await v.page.waitForSelector('.record-act', { state: 'detached' })
  await v.quiet()
  t.same(await v.page.locator('.strip dd b').first().innerText(), def.states.find((s) => s.id === 'awarded').label.zh, 'the state after the award')
  for (const found of await v.axe()) t.faults.push(`an entry: ${found}`)
  await shot(v, 'awarded')
  await v.go(`/desk/businesses/${shop.id}`)
  t.check((await v.page.locator('.linked').innerText()).includes(number), 'the page of the business names the honour that links to it')
  for (const found of await v.axe()) t.faults.push(`a business with entries: ${found}`)
  await shot(v, 'business')
  await v.page.locator('.linked a').filter({ hasText: name }).click()
  await v.page.waitForFunction((words) => document.querySelector('h1')?.textContent.includes(words), name)
  const { code } = await place.api('leader', 'GET', path('worry_free', number))
  const anyone = await t.visit({ size: PHONE })
  await anyone.go(`/entries/${code}`)
  const text = await anyone.page.locator('main').innerText()
  for (const words of [name, '七天无理由退货', 'AL-2026-7', '2029年11月27日']) t.check(text.includes(words), `the public page says ${words}`)
  t.check(!text.includes('材料齐全'), 'the review is not public')
  for (const found of await anyone.axe()) t.faults.push(`the public page: ${found}`)
  t.same(await anyone.sideways(), '', 'the public page on a phone')
  await shot(anyone, 'public-360')
  await anyone.page.click('main a[href="/registers/worry_free"]')
  await anyone.page.waitForSelector('.open-list li')
  t.check((await anyone.page.locator('main').innerText()).includes(name), 'the public list names it')
  for (const found of await anyone.axe()) t.faults.push(`the public list: ${found}`)
}

/* A ballot and a survey, answered on a phone with a one-time code. */
const later = (days) => new Date(Date.now() + 288e5 + days * 864e5).toISOString().slice(0, 10)
async function codes(place, who, register, number) {
  const { cookie } = await place.session(who)
  const sheet = await (await fetch(`${place.base}/api/v1${path(register, number)}/slips.csv`, { headers: { cookie } })).text()
  return sheet.trim().split(/\r?\n/).slice(1).map((line) => line.split(',')[2])
}
async function ballot(t) {
  const { place } = t
  const round = await make(place, 'supervisor', 'vote_rounds', { name: '消费者评诚信', nominate_to: later(-2), vote_from: later(-1), vote_to: later(20), weight: 40, rules: '一人一渠道一票' })
  for (const name of ['听松茶楼', '北桥万家超市', '云裳洗衣']) await make(place, 'handler', 'vote_nominees', { round: round.number, name, industry: 'H62', department: '县商务局', nominated_on: later(-3) })
  await does(place, 'supervisor', 'vote_rounds', round.number, 'open')
  const desk = await t.visit()
  await desk.as('supervisor')
  await desk.go(`/desk/registers/vote_rounds/entries/${round.number}`)
  await desk.page.locator('[role="toolbar"] .btn').filter({ hasText: /^发放一次性码/ }).click()
  await desk.page.fill('[id="f-draw-n"]', '3')
  await desk.page.keyboard.press('Control+Enter')
  await desk.page.waitForSelector('.record-act', { state: 'detached' })
  await desk.quiet()
  t.check((await desk.page.locator('aside').innerText()).includes('发出 3 个一次性码'), 'the desk says how many were drawn')
  for (const found of await desk.axe()) t.faults.push(`a round with codes: ${found}`)
  await shot(desk, 'codes')
  const [one, two] = await codes(place, 'supervisor', 'vote_rounds', round.number)
  const v = await t.visit({ size: PHONE })
  await v.go(`/answer/${round.code}#${one}`)
  await v.page.waitForSelector('.ask form')
  t.same(await v.page.inputValue('#slip'), one, 'the link fills in the code')
  await v.page.click('button[type="submit"]')
  await v.page.waitForSelector('.summary')
  t.same(await v.page.locator('.summary li').count(), 2, 'what is missing')
  for (const found of await v.axe()) t.faults.push(`the ballot with faults: ${found}`)
  await v.page.locator('.ask-choices label').filter({ hasText: '听松茶楼' }).click()
  await v.page.fill('#voter', '13900008801')
  await shot(v, 'ballot-360')
  t.same(await v.sideways(), '', 'the ballot on a phone')
  await v.page.click('button[type="submit"]')
  await v.page.waitForSelector('.notice.ok')
  for (const found of await v.axe()) t.faults.push(`a vote that was taken: ${found}`)
  await shot(v, 'voted-360')
  await v.go('/')
  await v.go(`/answer/${round.code}#${two}`)
  await v.page.waitForSelector('.ask form')
  await v.page.locator('.ask-choices label').filter({ hasText: '云裳洗衣' }).click()
  await v.page.fill('#voter', '139 0000 8801')
  await v.page.keyboard.press('Enter')
  await v.page.waitForSelector('.summary')
  t.check((await v.page.locator('.summary').innerText()).includes('已投过票'), 'a second vote is refused in plain words')
  await shot(v, 'second-360')
  t.same(await v.page.inputValue('#voter'), '139 0000 8801', 'what was written stays')
}
async function survey(t) {
  const { place } = t
  const made = await make(place, 'handler', 'surveys', { name: '投诉处理满意度', target: 'handling', method: ['link'], sample: 2, opened_on: later(0), due_on: later(10), questions: [{ aspect: '处理速度' }, { aspect: '接待态度' }] })
  await does(place, 'handler', 'surveys', made.number, 'draw', { n: 2 })
  const [one] = await codes(place, 'handler', 'surveys', made.number)
  const v = await t.visit({ size: PHONE })
  await v.go(`/answer/${made.code}#${one}`)
  await v.page.waitForSelector('.ask form')
  await v.page.locator('#overall label').nth(4).click()
  for (const i of [0, 1]) await v.page.locator(`[id="scores-${i}-score"] label`).nth(3).click()
  await shot(v, 'survey-360')
  for (const found of await v.axe()) t.faults.push(`a survey: ${found}`)
  t.same(await v.sideways(), '', 'a survey on a phone')
  await v.page.click('button[type="submit"]')
  await v.page.waitForSelector('.notice.ok')
}

/* A quiz: the questions stand on the page, their key does not; the answers are marked when they arrive. */
async function quiz(t) {
  const { place } = t
  const question = await make(place, 'handler', 'quiz_questions', { question: '七日无理由从哪天算', kind: 'single', options: 'A 签收次日 B 下单日', answer: 'A', points: 10, made_on: day() })
  await does(place, 'supervisor', 'quiz_questions', question.number, 'check', { answer: 'A' })
  const made = await make(place, 'handler', 'quizzes', { name: '有奖问答', mode: 'online', planned_on: day(), opens_on: later(0), closes_on: later(5), questions_n: 1, first_from: 10 })
  await does(place, 'handler', 'quizzes', made.number, 'choose', { questions: [{ bank: question.number }] })
  await does(place, 'handler', 'quizzes', made.number, 'open')
  await does(place, 'handler', 'quizzes', made.number, 'draw', { n: 1 })
  const [one] = await codes(place, 'handler', 'quizzes', made.number)
  const v = await t.visit({ size: PHONE })
  await v.go(`/answer/${made.code}#${one}`)
  await v.page.waitForSelector('.ask form')
  t.check((await v.page.locator('.ask').innerText()).includes('七日无理由从哪天算 A 签收次日 B 下单日'), 'the question and what to choose from')
  await v.page.click('button[type="submit"]')
  await v.page.waitForSelector('.summary')
  t.same(await v.page.locator('.summary li').count(), 3, 'what is missing')
  await v.page.fill('#who', '林小川')
  await v.page.fill('#contact', '13900008831')
  await v.page.fill('[id="answers-0-said"]', 'a')
  for (const found of await v.axe()) t.faults.push(`a quiz: ${found}`)
  t.same(await v.sideways(), '', 'a quiz on a phone')
  await shot(v, 'quiz-360')
  await v.page.click('button[type="submit"]')
  await v.page.waitForSelector('.notice.ok')
  const { items } = await place.api('supervisor', 'GET', `${path('quiz_answers')}?limit=1`)
  const desk = await t.visit()
  await desk.as('supervisor')
  await desk.go(`/desk/registers/quiz_answers/entries/${items[0].number}`)
  t.check((await desk.page.locator('main').innerText()).includes('一等奖'), 'the desk shows the prize that the score wins')
  for (const found of await desk.axe()) t.faults.push(`a quiz answer: ${found}`)
  await shot(desk, 'quiz-answer')
  // an answer on paper, entered by an officer: he sees the questions, each has its line and none can be left out
  await desk.go('/desk/registers/quiz_answers/new')
  await desk.page.fill('#f-register-quiz', '有奖问答')
  await desk.page.waitForSelector('#f-register-quiz-list [role="option"]')
  await desk.page.keyboard.press('ArrowDown')
  await desk.page.keyboard.press('Enter')
  await desk.page.waitForSelector('.given')
  t.check((await desk.page.locator('form').innerText()).includes('七日无理由从哪天算'), 'the officer does not see the question')
  t.same(await desk.page.locator('.add').count(), 0, 'lines can be added beyond the questions')
  t.same(await desk.page.locator('[id="f-register-answers-0-said"]').count(), 1, 'a line for each question')
  await desk.page.click('label:has-text("纸质")')
  await desk.page.fill('#f-register-team', '河湾小学队')
  await desk.page.click('.foot button[type="submit"]')
  await desk.page.waitForSelector('.notice.late')
  await desk.page.fill('[id="f-register-answers-0-said"]', 'Ａ')
  for (const found of await desk.axe()) t.faults.push(`a quiz answer entered: ${found}`)
  await desk.page.click('.foot button[type="submit"]')
  await desk.page.waitForURL(/entries\/JSD/)
  await desk.quiet()
  t.check((await desk.page.locator('main').innerText()).includes('一等奖'), 'what an officer enters is marked')
}

/* A workbook into a register: columns found by their labels, a date as a spreadsheet keeps it, one bad row named, the others taken. */
async function fromAWorkbook(t) {
  const { place } = t
  const before = (await place.api('supervisor', 'GET', `${path('media')}/count`)).all
  const rows = [['标题', '媒体', '级别', '形式', '日期', '篇次', '编辑'], ['预付卡之问', '县电视台', '县级', '消息', dated(serial(day()), 2), number('2'), '甲'], ['直播间里的秤', '州日报', '市级', '专题专版', dated(serial(day()), 2), number('1'), '乙'], ['缺媒体', '', '县级', '消息', dated(serial(day()), 2), number('1'), '丙']]
  const def = await place.api('supervisor', 'GET', '/registers/media')
  for (const [i, name] of [[2, 'level'], [3, 'form']]) for (const [k, row] of rows.slice(1).entries()) row[i] = def.fields.find((f) => f.name === name).choices[k].label.zh
  const v = await t.visit({ size: DESK })
  const { page } = v
  await v.as('supervisor')
  await v.go('/desk/registers/media/import')
  await page.setInputFiles('.drop input', { name: '报道.xlsx', mimeType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', buffer: workbook(rows) })
  await page.waitForSelector('.scroll-x tbody tr')
  const map = await page.locator('.scroll-x tbody tr').evaluateAll((all) => all.map((r) => [r.querySelector('th').textContent.trim(), r.querySelector('select').value].join('>')))
  t.same(map.join(), '标题>title,媒体>medium,级别>level,形式>form,日期>published_on,篇次>pieces,编辑>', 'what each column becomes')
  await page.locator('.go .btn').first().click()
  await page.waitForSelector('.notice.warn')
  t.same((await place.api('supervisor', 'GET', `${path('media')}/count`)).all, before, 'a try writes nothing')
  t.same(await page.locator('.notice .table tbody th').allInnerTexts().then((x) => x.join()), '4', 'the row without a medium')
  for (const found of await v.axe()) t.faults.push(`a workbook that was tried: ${found}`)
  await page.locator('.go .btn.main').click()
  await page.locator('.notice .btn').waitFor()
  const { items } = await place.api('supervisor', 'GET', `${path('media')}?q=${encodeURIComponent('预付卡之问')}`)
  t.same(items.map((x) => x.day).join(), day(), 'taken with the day of its cell')
  t.same((await place.api('supervisor', 'GET', `${path('media')}/count`)).all, before + 2, 'two rows')
}

/* Within the page, as a link would: a load for each would take minutes. */
async function go(v, to, heading) {
  await v.page.evaluate((address) => {
    history.pushState({}, '', address)
    dispatchEvent(new PopStateEvent('popstate', { state: null }))
  }, to)
  await v.page.waitForFunction((words) => document.querySelector('h1')?.textContent === words && !document.querySelector('.bone, [aria-busy="true"]'), heading)
}
/** Controls of the form without a name, and ids that stand twice: asked of every form, quicker than axe. */
const unnamed = (v) =>
  v.page.evaluate(() => {
    const named = (e) => e.labels?.length || e.getAttribute('aria-label') || e.getAttribute('aria-labelledby') || e.closest('label, [aria-hidden="true"]')
    const controls = Array.from(document.querySelectorAll('form input, form select, form textarea')).filter((e) => e.type !== 'hidden' && !named(e))
    const ids = Array.from(document.querySelectorAll('[id]'), (e) => e.id)
    return [...controls.map((e) => `no name: ${e.id || e.outerHTML.slice(0, 80)}`), ...ids.filter((id, i) => ids.indexOf(id) !== i).map((id) => `twice: ${id}`)].join('; ')
  })
/** What a form is made of, and a list: axe looks where a kind of field or a layout first stands. */
const form = ({ fields, sections }) => [sections?.length ? 'sections' : 'plain', ...fields.flatMap((f) => [f.kind + (f.kind === 'choice' ? (f.choices?.length ?? 9) > 4 : f.long ?? ''), ...(f.columns ?? []).map((c) => `table ${c.kind}`)])]
const list = ({ fields, columns, filters, frequencies }) => {
  const kind = (name) => fields.find((f) => f.name === name)?.kind ?? 'computed'
  return [`list${frequencies?.length ? ' with who is behind' : ''}`, ...(columns ?? []).map((c) => `column ${kind(c.name ?? c)}`), ...(filters ?? []).map((f) => `filter ${kind(f.name ?? f)}`)]
}
/* Of the definitions that are shipped, those of banks, insurers and enterprises as well, in a county of its own: those in which a kind of field
   or a layout first stands, by axe, and of the others a quarter, another one each day: list and form stand without an error, raw words
   or controls without a name. With FANGXIN_TEST_LONG=1 all of them, axe everywhere, figures and an entry too. */
async function county(program) {
  const place = new Place(program)
  await place.install()
  const from = fileURLToPath(new URL('../../packs/registers', import.meta.url))
  const to = join(place.data, 'packs', 'registers')
  mkdirSync(to, { recursive: true })
  const ids = []
  for (const file of readdirSync(from)) {
    const { profiles, ...definition } = JSON.parse(readFileSync(join(from, file), 'utf8'))
    ids.push(definition.id)
    if (profiles && !profiles.includes('market')) writeFileSync(join(to, file), JSON.stringify(definition))
  }
  await place.start()
  return { place, ids }
}
async function looked(t, v, name) {
  t.same(await v.raw(), '', `${name}: raw text`)
  t.same(await v.sideways(), '', name)
  for (const found of await v.axe()) t.faults.push(`${name}: ${found}`)
}
async function every(t) {
  const long = Boolean(process.env.FANGXIN_TEST_LONG)
  const { place, ids } = await county(t.place.program)
  const v = await Visitor.open(t.browser, place, t.faults, { size: DESK })
  const seen = new Set()
  const today = Math.floor(Date.now() / 864e5) % 4
  const isNew = (kinds) => long || kinds.some((kind) => !seen.has(kind))
  const fresh = (kinds) => {
    const some = isNew(kinds)
    for (const kind of kinds) seen.add(kind)
    return some
  }
  async function page(name, kinds) {
    if (fresh(kinds)) await looked(t, v, name)
    else t.same(await v.raw(), '', `${name}: raw text`)
  }
  try {
    const { items } = await place.api('supervisor', 'GET', '/registers')
    t.same(items.map((r) => r.id).sort().join(' '), ids.sort().join(' '), 'every definition is there')
    await v.as('supervisor')
    await v.go('/desk/registers')
    await looked(t, v, 'registers')
    for (const [i, r] of items.entries()) {
      const def = await place.api('supervisor', 'GET', `/registers/${r.id}`)
      if (i % 4 !== today && !isNew([...list(def), ...form(def)])) continue
      await go(v, `/desk/registers/${r.id}`, r.label.zh)
      await page(`${r.id}, list`, list(def))
      const [first] = long ? (await place.api('supervisor', 'GET', `${path(r.id)}?limit=1`)).items : []
      if (first) {
        await v.go(`/desk/registers/${r.id}/entries/${encodeURIComponent(first.number)}`)
        await looked(t, v, `${r.id}, entry`)
      }
      if (long) {
        await v.go(`/desk/registers/${r.id}/figures`)
        await looked(t, v, `${r.id}, figures`)
      }
      if (!r.may_register) continue
      await go(v, `/desk/registers/${r.id}/new`, `登记${r.entry.zh}`)
      await v.page.waitForSelector('form .fields')
      t.same(await unnamed(v), '', `${r.id}: controls of the form`)
      await page(`${r.id}, form`, form(def))
    }
  } finally {
    await v.close()
    for (const fault of await place.stop()) t.faults.push(`server: ${fault}`)
  }
}

export default {
  'a patrol on a phone while the line drops is registered once': patrol,
  'leaflets are taken from stock until there are no more': leaflets,
  'an honour from application to award and its public page': honour,
  'a vote with a one-time code, and no second one': ballot,
  'a survey answered by its link': survey,
  'a quiz answered with a code and marked': quiz,
  'a workbook into a register': fromAWorkbook,
  'lists and forms of the definitions': every,
}
