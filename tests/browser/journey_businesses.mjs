/* A business is registered, found while typing, confirmed at intake and on the matter's page, merged; the hint is decided. */
import { DESK } from './visitor.mjs'

const NAME = '青檐灯具行'
async function fill(page, field, text) {
  await page.fill(`#in-${field}`, text)
}
async function registered(t) {
  const v = await t.visit({ size: DESK })
  const { page } = v
  await v.as('supervisor')
  await v.go('/desk/businesses')
  await page.fill('#business-q', NAME)
  await page.getByRole('button', { name: `登记“${NAME}”` }).click()
  await page.fill('#b-address', '安澜县东门路 66 号')
  await page.fill('#b-uscc', '91420202MA0000000')
  await page.keyboard.press('Control+Enter')
  await page.waitForSelector('#b-uscc[aria-invalid="true"]')
  await page.fill('#b-uscc', '')
  await page.fill('#b-phone', '13712345678')
  await page.keyboard.press('Control+Enter')
  await page.waitForSelector('.figures')
  t.same(await page.locator('h1').innerText(), NAME, 'the page of the new business')
  t.check((await page.locator('main').innerText()).includes('还没有公示任何内容'), 'it does not say that nothing is published')
  t.check(!(await page.locator('main').innerText()).includes('13712345678'), 'the contact stands in clear')
  return page.url().split('/').pop()
}
/* By keys alone: type, arrow, Enter. */
async function atIntake(t) {
  const id = await registered(t)
  const v = await t.visit({ size: DESK })
  const { page } = v
  await v.as('intake')
  for (const times of [1, 2]) {
    await v.go('/desk/intake')
    await fill(page, 'phone', '13600009191')
    await fill(page, 'name', '方柳')
    await fill(page, 'address', '安澜县文昌路 5 号')
    await page.focus('#in-business')
    await page.keyboard.type('青檐灯')
    await page.waitForSelector('#in-business-0')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.waitForSelector('.tag.ok')
    t.same(await page.inputValue('#in-business'), NAME, 'the name taken')
    await fill(page, 'facts', '买的吊灯装上三天就闪，店家说灯泡不在保修里，来回找了两趟都不肯换')
    await page.locator('#in-demands label').first().click()
    if (times === 2) {
      await page.waitForSelector('.choose .btn')
      await page.locator('.choose .one .btn').first().click()
      await page.waitForSelector('.choose .notice')
    }
    await page.keyboard.press('Control+Enter')
    await page.waitForSelector('.pin-code, .filed')
  }
  const rows = await t.place.api('supervisor', 'GET', `/matters?business=${id}&sort=-received`)
  t.same(rows.total, 2, 'matters of the business')
  const related = await t.place.api('supervisor', 'GET', `/matters/${rows.items[0].number}/related`)
  t.same(related.duplicate?.number, rows.items[1].number, 'what the clerk decided')
  t.same(related.person.total, 2, 'of the same person')
  await v.as('supervisor')
  await v.go(`/desk/matters/${rows.items[0].number}`)
  await page.waitForSelector('text=同一人和同一经营者')
  t.check((await page.locator('aside').innerText()).includes('共 2 件'), 'the count beside the matter')
}
async function onThePage(t) {
  const filed = await t.place.file({ kind: 'complaint', consumer: { name: '吕雯', phone: '13600009292', address: '文昌路 9 号' }, respondent: { name: '云岚布艺', address: '东门路 8 号' }, facts: '窗帘尺寸做错了，店家不肯重做', demands: ['repair'], truthful: true })
  const shop = await t.place.api('supervisor', 'POST', '/businesses', { body: { name: '云岚布艺' } })
  const other = await t.place.api('supervisor', 'POST', '/businesses', { body: { name: '云岚家纺有限公司' } })
  const v = await t.visit({ size: DESK })
  const { page } = v
  await v.as('supervisor')
  await v.go(`/desk/matters/${filed.number}`)
  await page.getByRole('button', { name: /认定\s*云岚布艺/ }).click()
  await page.waitForSelector('.done-line')
  await v.go(`/desk/businesses/${shop.id}`)
  await page.getByRole('button', { name: '并入另一个' }).click()
  await page.fill('#merge-into', '云岚家纺')
  await page.waitForSelector('#merge-into-0')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.waitForSelector('.merge .notice')
  await page.keyboard.press('Control+Enter')
  await page.waitForURL(`**/businesses/${other.id}`)
  await page.waitForSelector('.figures')
  t.check((await page.locator('main').innerText()).includes('云岚布艺'), 'the old name is not there')
  const matter = await t.place.api('supervisor', 'GET', `/matters/${filed.number}`)
  t.same(matter.business.id, other.id, 'the matter went along')
}

export default { 'found, confirmed and decided at intake': atIntake, 'confirmed on the page, merged': onThePage }
