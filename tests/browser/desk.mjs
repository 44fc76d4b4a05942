/* What an officer does on the desk, by its pages: find a matter, open an act's form, fill it, record it. */

export async function openMatter(v, number) {
  await v.desk(`/desk/matters/${number}`)
  await v.page.waitForSelector('.strip')
}
/** Opens the form of an act: from the bar, or from 更多. The label depends on the matter for some. */
export async function openAct(v, act, words = '') {
  const label = words || (await labelOf(v, act))
  const { page } = v
  const inBar = page.locator('.acts > button').filter({ hasText: new RegExp(`^${label}[A-Z]?$`) })
  if (await inBar.count()) {
    await inBar.first().click()
  } else {
    await page.locator('.acts > button[aria-haspopup="menu"]').click()
    await page.locator('[role="menuitem"]').filter({ hasText: new RegExp(`^${label}[A-Z]?$`) }).first().click()
  }
  await page.waitForSelector('.act-form')
}
async function labelOf(v, act) {
  const { acts } = await workflow(v.place)
  return acts[act].label.zh
}
let known = null
export async function workflow(place) {
  known ??= await place.api('intake', 'GET', '/workflow')
  return known
}
/** One field of the open form, set as a person would. `value` is a code for choices, text otherwise. */
export async function setField(v, act, name, value) {
  const { page } = v
  const id = `f-${act}-${name}`
  const radio = page.locator(`input[type="radio"][name="${id}"][value="${value}"]`)
  if (await radio.count()) {
    await radio.locator('xpath=..').click()
    return
  }
  const control = page.locator(`[id="${id}"]`)
  const field = (await workflow(v.place)).acts[act].fields.find((f) => f.name === name)
  const words = field.choices?.find((c) => c.code === value)?.zh ?? value
  if (field.kind === 'date' || field.kind === 'instant') {
    await control.fill(String(value))
    await control.press('Enter')
  } else if (await control.evaluate((e) => e.getAttribute('role') === 'combobox')) await choose(v, control, words)
  else await control.fill(String(value))
}
/** Picks the option of a select whose words hold `words`. */
export async function choose(v, control, words) {
  await control.click()
  const list = v.page.locator('.el-select-dropdown__item:visible')
  await list.first().waitFor()
  await list.filter({ hasText: words }).first().click()
  await list.first().waitFor({ state: 'hidden' })
}
/** Sends the open form and waits until the server has answered. */
export async function record(v) {
  await v.page.keyboard.press('Control+Enter')
  await v.page.waitForSelector('.act-form', { state: 'detached' })
  await v.page.waitForSelector('.done-line')
}
export async function doAct(v, act, fields = {}) {
  await openAct(v, act)
  for (const [name, value] of Object.entries(fields)) await setField(v, act, name, value)
  await record(v)
}
/** 已受理: the state as the page says it. */
export async function state(v) {
  return (await v.page.locator('.strip .big-state').first().innerText()).trim()
}

/* ---- cases, by the API ---- */

export const today = () => new Date(Date.now() + 288e5).toISOString().slice(0, 10)
export async function caseAct(place, who, id, act, body = {}) {
  const { version } = await place.api(who, 'GET', `/cases/${id}`)
  return place.api(who, 'POST', `/cases/${id}/acts/${act}`, { body, headers: { 'If-Match': String(version) } })
}
/** A report of a named person whose case ended with a fine of 80,000 yuan: its number. */
export async function punishedReport(place, more = {}) {
  const officer = (await place.session('handler')).officer
  const report = { kind: 'report', channel: 'phone', consumer: { name: '何举', phone: '13900001111' }, respondent: { name: '南山冻库' }, facts: '销售走私冻肉。', violation: 'food_safety', truthful: true, ...more }
  const { number } = await place.api('intake', 'POST', '/matters', { body: report })
  await place.act('intake', number, 'assign', { body: officer.body, officer: officer.id })
  await place.act('handler', number, 'verify')
  await place.act('handler', number, 'file')
  const { id } = await place.api('handler', 'POST', '/cases', { body: { source: 'report', report: number, business: '南山冻库', facts: '走私冻肉三吨' }, headers: { 'Idempotency-Key': `a-case-of-the-report-${number}` } })
  const steps = [
    ['supervisor', 'assign', { first: officer.id, second: (await place.session('supervisor')).officer.id }], ['handler', 'start'], ['handler', 'submit', { text: '建议罚款' }],
    ['leader', 'notice', { served_on: today(), text: '拟罚款' }], ['handler', 'statement', { choice: 'none', text: '放弃' }], ['leader', 'decide', { fine_fen: 8000000, discretion: 'usual', text: '罚款八万元' }],
    ['handler', 'serve', { served_on: today(), how: 'direct' }], ['handler', 'pay', { amount_fen: 8000000, paid_on: today() }], ['handler', 'execute'], ['supervisor', 'close'],
  ]
  for (const [who, act, body] of steps) await caseAct(place, who, id, act, body)
  return number
}
