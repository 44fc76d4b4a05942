/* Duty and diary: a gap is filled by the one who plans, what happened is written on the day's page. */
import { PHONE } from './visitor.mjs'

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
