/* A sheet of 165 orders of 12345 at eight in the morning: mapped, gone through by keyboard, returned with a supervisor's
   approval, replied to, and it adds up: 165 = 95 + 66 + 4. */
import { dated, formula, number, serial, workbook } from './workbook.mjs'
import { DESK } from './visitor.mjs'

const HEAD = ['工单编号', '来单时间', '办理期限', '工单类型', '来电人', '联系电话', '被诉对象', '工单内容', '身份证号', '合计', '办理状态', '退回原因', '回复内容']
const N = 165
const day = (ahead) => new Date(Date.now() + 288e5 + ahead * 864e5).toISOString().slice(0, 10)

function sheet() {
  const rows = [['12345 派单表'], []]
  rows.push(HEAD)
  for (let i = 0; i < N; i += 1)
    rows.push([`XL${String(i).padStart(4, '0')}`, dated(serial(day(-1), 9, i % 60)), dated(serial(day(5)), 2 + (i % 2)), '投诉', `来电人${i}`, number(String(13900000000 + i)), '青禾超市', `第${i}件：买的牛奶变质，要求退款`, i === 3 ? number('4.20202199001011E+17') : number('420202199001011234'), formula('1+1', '2'), '', '', ''])
  return workbook(rows)
}
/** The import's first answer is that of a run under way: 66 of 165 rows. */
async function underWay(route) {
  const answer = await route.fetch()
  await route.fulfill({ response: answer, json: { ...(await answer.json()), state: 'running', done: 66, rows: N } })
}
async function act(v, key, n, fill) {
  const { page } = v
  await page.keyboard.press(key)
  await page.waitForSelector('.record-act')
  if (fill) await fill()
  // fifty go at a time; the rest waits until the bar was seen
  await page.route('**/api/v1/orders/acts/*', (route) => setTimeout(() => void route.continue(), route.request().postDataJSON().orders.length < 50 ? 300 : 0))
  await page.keyboard.press('Control+Enter')
  await page.waitForSelector(`.record-act [role="progressbar"][aria-valuenow="${Math.floor(5000 / n)}"]`)
  await page.waitForSelector('.record-act', { state: 'detached', timeout: 60_000 })
  await page.unroute('**/api/v1/orders/acts/*')
  await page.waitForFunction((words) => document.querySelector('.orders > .notice h2')?.textContent.includes(words), `${n} 件办好`)
}
/** @p n rows from the one at @p from on: the first by its box, the last by Shift+X. */
async function select(v, n, from = 0) {
  const { page } = v
  await page.locator('.orders tbody td.box input').nth(from).click()
  for (let i = 1; i < n; i += 1) await page.keyboard.press('j')
  await page.keyboard.press('Shift+X')
  await page.waitForFunction((words) => document.querySelector('.bulk b')?.textContent.includes(words), `选了 ${n} 件`)
}

/** The four still in progress, one of which changes meanwhile: it alone is refused, named, and done again with the same words. */
async function theRest(t, v) {
  const { page } = v
  await v.go('/desk/orders')
  await page.fill('#order-q', 'XL016')
  await page.waitForFunction(() => document.querySelectorAll('.orders tbody tr').length === 4)
  const [one] = (await t.place.api('intake', 'GET', '/orders?q=XL0164')).items
  await page.locator('.orders thead input').click()
  await t.place.api('intake', 'POST', `/orders/${one.id}/acts/note`, { body: { text: '他又来过电话' }, headers: { 'If-Match': String(one.version) } })
  await page.keyboard.press('t')
  await page.waitForSelector('.record-act')
  await page.locator('.record-act textarea').fill('已电话答复')
  await page.keyboard.press('Control+Enter')
  await page.waitForFunction(() => document.querySelector('.orders > .notice h2')?.textContent.includes('3 件办好，1 件没办成'))
  t.check((await page.locator('.orders > .notice table').innerText()).includes('XL0164'), 'which one was refused')
  for (const found of await v.axe()) t.faults.push(`orders, one refused: ${found}`)
  await page.getByRole('button', { name: '再办没办成的 1 件' }).click()
  await page.waitForFunction(() => document.querySelector('.orders > .notice h2')?.textContent.trim() === '1 件办好')
  const answered = await t.place.api('intake', 'GET', `/orders/${one.id}`)
  t.same(`${answered.status} ${answered.reply?.text ?? answered.reply}`, 'replied 已电话答复', 'the one done again')
}

async function day165(t) {
  const v = await t.visit({ size: DESK })
  const { page } = v
  await v.as('intake')
  await v.go('/desk/import')
  await page.setInputFiles('#import-file', { name: '派单表.xlsx', mimeType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', buffer: sheet() })
  await page.waitForSelector('.map')
  const cells = await page.locator('.map tbody tr').evaluateAll((rows) => rows.map((r) => [r.querySelector('th').textContent, r.querySelector('select').value, r.querySelectorAll('td.sample')[0].textContent.trim()]))
  const row = (name) => cells.find((c) => c[0] === name) ?? []
  t.same(row('来单时间').join(), `来单时间,received_at,${day(-1)} 09:00:00`, 'a serial with a time')
  t.same(row('办理期限').join(), `办理期限,external.due,${day(5)}`, 'a serial in the Chinese format')
  t.same(row('联系电话')[2], '13900000000', 'a phone stored as a number')
  t.same(row('身份证号')[2], '420202199001011234', 'eighteen digits stay eighteen digits')
  t.same(row('合计')[2], '2', 'a formula is its value')
  t.same(row('回复内容')[1], 'reply.text', 'what is filled in when it goes back')
  t.check((await page.locator('.notice.warn').innerText()).includes('第7行 身份证号'), 'digits that the spreadsheet lost are named')
  for (const found of await v.axe()) t.faults.push(`map: ${found}`)
  await page.route('**/api/v1/imports/*', underWay, { times: 1 })
  await page.locator('.go .btn.main').click()
  await page.waitForSelector('.run [role="progressbar"][aria-valuenow="40"]')
  t.check(/66.*165/.test(await page.locator('.run .bar b').first().innerText()), 'the row that the import is at')
  t.check((await page.locator('.run .sr').innerText()).includes('40'), 'how far it is, for who hears the page')
  await page.waitForSelector('.triage tbody tr', { timeout: 60_000 })
  const strip = () => page.locator('.triage > .meta').first().innerText()
  t.check((await strip()).includes('接收 165 = 退回 0 + 办结 0 + 处理中 165'), `after the import: ${await strip()}`)
  for (const found of await v.axe()) t.faults.push(`triage: ${found}`)

  await select(v, 95)
  await act(v, 'd', 95, async () => {
    await page.keyboard.press('Enter')
    await page.locator('.el-select-dropdown__item:visible').filter({ hasText: '不是本单位职责' }).first().click()
  })
  t.check((await strip()).includes('退回 0 + 办结 0 + 处理中 165'), 'asked for is not returned')

  const chief = await t.visit({ size: DESK })
  await chief.as('supervisor')
  await chief.go('/desk/orders')
  await chief.page.locator('.notice .link').click()
  await chief.page.waitForFunction(() => Array.from(document.querySelectorAll('.orders tbody tr')).length >= 95)
  await chief.page.fill('#order-q', 'XL')
  await chief.page.waitForFunction(() => document.querySelectorAll('.orders tbody tr').length === 95)
  await chief.page.locator('.orders thead input').click()
  await act(chief, 'y', 95)

  await page.keyboard.press('r')
  await page.waitForFunction(() => Array.from(document.querySelectorAll('.orders tbody tr')).filter((r) => r.textContent.includes('已退回')).length === 95)
  await select(v, 66, 95)
  await act(v, 't', 66, () => page.locator('.record-act textarea').fill('已电话答复市民'))
  t.check((await strip()).includes('接收 165 = 退回 95 + 办结 66 + 处理中 4'), `at the end: ${await strip()}`)

  const [saved] = await Promise.all([page.waitForEvent('download'), page.locator('.triage .btn', { hasText: 'XLSX' }).click()])
  const path = await saved.path()
  await page.locator('.run .btn.main').click()
  await page.waitForSelector('#import-file', { state: 'attached' })
  await page.setInputFiles('#import-file', path)
  await page.waitForSelector('.map')
  t.same(await page.locator('.map tbody tr').count(), HEAD.length + 3, 'the layout it came in, and what it lacked')
  const state = await page.locator('.map tbody tr').evaluateAll((rows) => rows.find((r) => r.querySelector('th').textContent === '办理状态').querySelectorAll('td.sample')[0].textContent.trim())
  t.same(state, '已退回', 'the state goes back')
  await page.locator('.go .btn.main').click()
  await page.waitForFunction(() => document.body.textContent.includes('重复跳过 165'))
  for (const path of ['/desk/orders']) {
    await v.go(path)
    await page.waitForSelector('.orders tbody tr')
    for (const found of await v.axe()) t.faults.push(`${path}: ${found}`)
    t.same(await v.sideways(), '', `${path} sideways`)
  }
  await page.locator('.orders tbody th a').first().click()
  await page.waitForSelector('.events')
  for (const found of await v.axe()) t.faults.push(`order: ${found}`)
  await theRest(t, v)
}

const LONG = 40000
/** A long sheet under way is paused, left, found again on the list, gone on with and given up. */
async function paused(t) {
  const v = await t.visit({ size: DESK })
  const { page } = v
  await v.as('intake')
  await v.go('/desk/import')
  const lines = Array.from({ length: LONG }, (_, i) => `LG${i},${day(-1)},投诉,买的第${i}件坏了,长表商店`)
  await page.setInputFiles('#import-file', { name: '长表.csv', mimeType: 'text/csv', buffer: Buffer.from(['工单编号,来单时间,工单类型,工单内容,被诉对象', ...lines].join('\n')) })
  await page.waitForSelector('.map')
  await page.locator('.go .btn.main').click()
  await page.getByRole('button', { name: '暂停' }).click()
  await page.waitForFunction(() => document.querySelector('.run h2')?.textContent.includes('已暂停'))
  const row = async () => Number((await page.locator('.run b').first().innerText()).match(/第([\d,]+)行/)[1].replace(',', ''))
  const stood = await row()
  t.check(stood > 0 && stood < LONG, `it stands at row ${stood}`)
  for (const found of await v.axe()) t.faults.push(`paused: ${found}`)
  await page.getByRole('button', { name: '以后再说' }).click()
  await page.waitForSelector('.unended li')
  t.check((await page.locator('.unended').innerText()).includes('已暂停'), 'what has not ended is listed')
  for (const found of await v.axe()) t.faults.push(`unended: ${found}`)
  t.same(await v.sideways(), '', 'sideways with a paused import')
  await page.locator('.unended .btn').click()
  await page.getByRole('button', { name: '接着导' }).click()
  await page.waitForFunction((at) => Number(document.querySelector('.run b')?.textContent.match(/第([\d,]+)行/)?.[1].replace(',', '')) > at, stood)
  await page.getByRole('button', { name: '停下，不再导' }).click()
  await page.waitForFunction(() => document.querySelector('.run h2')?.textContent.includes('已停下'))
  await page.getByRole('button', { name: '再导一个文件' }).click()
  await page.waitForSelector('#import-file', { state: 'attached' })
  t.same(await page.locator('.unended li').count(), 0, 'what was given up is not listed')
}

export default { 'a sheet of 165 orders': day165, 'an import paused and gone on with': paused }
