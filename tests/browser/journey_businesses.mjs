/* A business is registered, found while typing, confirmed at intake and on the matter's page, merged; the hint is decided. */
import { DESK } from './visitor.mjs'
import { workbook } from './workbook.mjs'

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
    await page.locator('details.rest summary').click()
    await fill(page, 'quantity', '2')
    await fill(page, 'unit_price', '128.50')
    await page.selectOption('#in-division', { label: '黄石港区 › 花湖街道' })
    for (const what of ['同意公示处理结果', '同意委托调解', '群体性', '进口商品']) await page.getByLabel(what).check()
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
  const kept = await t.place.api('supervisor', 'GET', `/matters/${rows.items[0].number}`)
  t.same(JSON.stringify([kept.consents, kept.product.quantity, kept.product.unit_price_fen, kept.product.imported, kept.flags.mass, kept.division_label.zh]), JSON.stringify([{ disclosure: true, entrusted: true }, 2, 12850, true, true, '花湖街道']), 'what was ticked and filled in of the rest')
  const related = await t.place.api('supervisor', 'GET', `/matters/${rows.items[0].number}/related`)
  t.same(related.duplicate?.number, rows.items[1].number, 'what the clerk decided')
  t.same(related.person.total, 2, 'of the same person')
  await v.as('supervisor')
  await v.go(`/desk/matters/${rows.items[0].number}`)
  await page.waitForSelector('text=同一人和同一经营者')
  t.check((await page.locator('aside').innerText()).includes('共 2 件'), 'the count beside the matter')
  t.check((await page.locator('main').innerText()).includes('单价'), 'the unit price on the page')
  t.check((await page.locator('main').innerText()).includes('所在区域：花湖街道'), 'the district on the page')
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

/** A register as .xlsx: recognised, what is no field of a business left out, one bad row named; twice it adds nothing. */
async function fromASheet(t) {
  const rows = [['企业名称', '曾用名', '住所', '行业', '联系电话', '注册资本'], ['云栖书店', '老云栖|栖书', '安澜县东门路 71 号', 'F52', '13712340001', '50'], ['云栖茶行', '', '安澜县东门路 72 号', 'F52', '', '30'], ['', '', '安澜县东门路 73 号', '', '', '']]
  const v = await t.visit({ size: DESK })
  const { page } = v
  await v.as('supervisor')
  for (const added of [2, 0]) {
    await v.go('/desk/import')
    await page.setInputFiles('#import-file', { name: '名录.xlsx', mimeType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', buffer: workbook(rows) })
    await page.waitForSelector('.map')
    const map = await page.locator('.map tbody tr').evaluateAll((all) => all.map((r) => [r.querySelector('th').textContent.trim(), r.querySelector('select').value].join('>')))
    t.same(map.join(), '企业名称>business.name,曾用名>business.aliases,住所>business.address,行业>business.industry,联系电话>business.contact_phone,注册资本>drop', 'what each column becomes')
    if (added) {
      for (const found of await v.axe()) t.faults.push(`map of a register: ${found}`)
      t.same(await v.sideways(), '', 'sideways on the map of a register')
    } else t.check((await page.locator('.notice').innerText()).includes('用过的对法'), 'it says whose map it remembered')
    await page.locator('.go .btn.main').click()
    await page.waitForFunction(() => document.querySelector('.run h2')?.textContent.includes('导入完成'))
    t.check((await page.locator('.run').innerText()).includes(`新增 ${added}，重复跳过 ${2 - added}`), `what was added: ${await page.locator('.run > .meta').first().innerText()}`)
    t.check((await page.locator('.run table').innerText()).includes('第4行'), 'the row without a name')
    if (added) await page.getByRole('button', { name: '再导一个文件' }).click()
  }
  await page.getByRole('link', { name: '看经营者' }).click()
  await page.fill('#business-q', '老云栖')
  await page.locator('text=云栖书店').first().waitFor()
}

export default { 'a register from a sheet': fromASheet, 'found, confirmed and decided at intake': atIntake, 'confirmed on the page, merged': onThePage }
