/* The receipt on paper. */
import { PHONE } from './visitor.mjs'

async function receipt(t) {
  const v = await t.visit({ size: PHONE })
  const { page } = v
  const filed = await t.place.file({
    kind: 'complaint', consumer: { name: '刘晓芸', phone: '13800138002', address: '安澜县人民路 8 号' }, respondent: { name: '安澜县瑞缘金行', address: '安澜县解放路 21 号' },
    facts: '金项链称重少了两克。', demands: ['refund'], amount_fen: 368000, purchase: { date: '2026-06-01', online: false }, truthful: true, also_report: { facts: '秤没有检定标志。' },
  })
  await v.go('/')
  await page.evaluate((kept) => sessionStorage.setItem('fangxin.receipt', JSON.stringify(kept)), { filed, business: '安澜县瑞缘金行', demands: ['退款'], amountFen: 368000, anonymous: false })
  await v.go('/receipt')
  await page.waitForSelector('.week-grid, .week, .clock [role="img"]')
  const paper = (await page.pdf({ format: 'A4', printBackground: false })).toString('latin1')
  t.same(paper.match(/\/Type\s*\/Page[^s]/g)?.length, 1, 'pages of A4')
  await page.emulateMedia({ media: 'print' })
  const shown = await page.locator('.receipt').innerText()
  t.check(shown.includes(filed.number) && shown.replace(/\s/g, '').includes(filed.pin), 'number and PIN are on the paper')
  t.check(!shown.includes('存成图片'), 'the paper shows buttons')
}

export default { 'the receipt prints on one A4 page': receipt }
