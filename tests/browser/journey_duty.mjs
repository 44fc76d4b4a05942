/* Duty and diary: a gap is filled by the one who plans, what happened is written on the day's page. */
import { DESK, PHONE } from './visitor.mjs'

async function duty(t) {
  const v = await t.visit()
  const { page } = v
  await v.as('supervisor')
  await v.go('/desk/duty')
  await page.waitForSelector('.grid .shift')
  const gaps = async () => Number((await page.innerText('.line [role="status"]')).replace(/\D/g, ''))
  const before = await gaps()
  t.check(before > 0, 'a month nobody planned has gaps')
  await page.click('text=去第一处')
  await page.waitForSelector('.plan')
  t.same(await page.evaluate(() => document.activeElement?.id), 'plan-title', 'the form has the focus')
  for (let i = 0; i < 2; i += 1) await page.locator('.picks input').nth(i).check() // two also on days that are doubled
  await page.selectOption('#leader', { index: 1 })
  await page.click('.plan button[type="submit"]')
  await page.waitForSelector('.done-line')
  await v.quiet()
  t.same(await gaps(), before - 2, 'nobody and no leader: both gaps are gone')
  t.check((await page.evaluate(() => document.activeElement?.id ?? '')).startsWith('s-'), 'the focus returns to the shift')
  const planned = page.locator('.shift:not(.lacks)')
  t.same(await planned.count(), 1, 'the planned shift')
  await planned.click()
  const [first] = (await page.locator('.cover select').first().innerText()).split('\n')
  await page.click('.cover button[type="submit"]')
  await page.waitForSelector('.cover .fault')
  await page.locator('.cover select').nth(1).selectOption({ index: 1 })
  await page.fill('.cover input', '出差')
  await page.click('.cover button[type="submit"]')
  await page.waitForSelector('.cover', { state: 'detached' })
  await v.quiet()
  t.check(!(await planned.innerText()).includes(first), 'another one takes the place')
  await swapped(t, v)
}

/* Two shifts, one of each: after the swap each stands where the other stood. */
async function swapped(t, v) {
  const { page } = v
  const { body, days } = await t.place.api('supervisor', 'GET', '/duty')
  const { items } = await t.place.api('supervisor', 'GET', `/officers?body=${body}`)
  const [a, b] = items.map((o) => o.id)
  const leader = items.find((o) => o.roles.includes('leader')).id
  const [one, two] = days.slice(-2).map((d) => d.date)
  for (const [day, officer] of [[one, a], [two, b]]) await t.place.api('supervisor', 'POST', '/duty', { body: { body, day, shift: 'day', officers: [officer], leader } })
  await v.go('/desk/duty')
  await page.click(`[id="s-${one}-day"]`)
  await page.waitForSelector('.swap')
  await page.click('.swap button[type="submit"]')
  await page.waitForSelector('.swap .fault')
  t.check((await page.innerText('.swap .fault')).includes('理由'), 'what is missing is said')
  await page.locator('.swap select').nth(1).selectOption({ label: (await page.locator('.swap select').nth(1).locator('option').allInnerTexts()).find((x) => x.includes(items[1].display) && x.includes(`${Number(two.slice(8))}日`)) })
  await page.fill('.swap input', '家里有事')
  t.same((await v.axe()).join('\n'), '', 'axe on the forms of a shift')
  await v.resize(PHONE)
  t.same(await v.sideways(), '', 'the forms of a shift on a phone')
  await v.resize(DESK)
  await page.click('.swap button[type="submit"]')
  await page.waitForSelector('.swap', { state: 'detached' })
  await v.quiet()
  const after = (await t.place.api('supervisor', 'GET', '/duty')).days.filter((d) => d.date >= one).map((d) => d.shifts[0].officers.map((o) => o.id).join())
  t.same(after.join(' '), `${b} ${a}`, 'each takes the other shift')
  await page.click(`[id="s-${two}-day"]`)
  await page.waitForSelector('.plan')
  for (const box of await page.locator('.picks input:checked').all()) await box.uncheck()
  await page.click('.plan button[type="submit"]')
  await page.waitForSelector('.plan .fault')
  t.check((await page.innerText('.plan .fault')).includes('至少一个人'), 'a shift without anybody is refused in words')
}

async function diary(t) {
  const v = await t.visit()
  const { page } = v
  await v.as('intake')
  await v.go('/desk/diary')
  await page.waitForSelector('article form')
  await page.click('article button[type="submit"]')
  await page.waitForSelector('article .fault')
  t.same(await page.evaluate(() => document.activeElement?.id), 'entry', 'what is missing has the focus')
  await page.fill('#entry', '上午热线高峰，加开一个座席。')
  await page.keyboard.press('Control+Enter')
  await page.waitForSelector('.entries li')
  t.check((await page.innerText('.entries')).includes('加开一个座席'), 'the entry')
  t.same(await page.inputValue('#entry'), '', 'the field is free again')
  await v.resize(PHONE)
  t.same(await v.sideways(), '', 'the diary on a phone')
}

export default { 'a gap on the roster is filled': duty, 'a page of the diary': diary }
