/* Evidence: three photos from a telephone, one taken back there; the others seen, enlarged and one taken away at the desk. */
import { deflateSync } from 'node:zlib'
import { DESK, PHONE } from './visitor.mjs'

function crc(bytes) {
  let c = ~0
  for (const b of bytes) {
    c ^= b
    for (let k = 0; k < 8; k += 1) c = (c >>> 1) ^ (c & 1 ? 0xedb88320 : 0)
  }
  return ~c >>> 0
}
function chunk(kind, data) {
  const out = Buffer.alloc(12 + data.length)
  out.writeUInt32BE(data.length, 0)
  out.write(kind, 4, 'latin1')
  data.copy(out, 8)
  out.writeUInt32BE(crc(out.subarray(4, 8 + data.length)), 8 + data.length)
  return out
}
/** A picture of coloured bands, so that one tells it from another. */
export function picture(width, height, red) {
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([8, 2, 0, 0, 0], 8)
  const rows = Buffer.alloc(height * (1 + width * 3))
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) rows.set([red, (x >> 3) & 255, (y >> 2) & 255], y * (1 + width * 3) + 1 + x * 3)
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', head), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))])
}
const photo = (name, red) => ({ name, mimeType: 'image/png', buffer: picture(1200, 900, red) })

/** The party takes one back, with a reason and without a mouse. */
async function takenBack(t, v) {
  const { page } = v
  const own = page.locator('.handed li').nth(2)
  await own.getByRole('button', { name: '删除 家人.png' }).focus()
  await page.keyboard.press('Enter')
  await page.waitForSelector('#remove-why:focus')
  t.same(await v.sideways(), '', 'sideways while removing on the phone')
  t.same((await v.axe()).join('\n'), '', 'axe while removing')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  t.check((await own.innerText()).includes('写上为什么删除'), 'a reason is asked for')
  await page.fill('#remove-why', '拍到了家人')
  await own.getByRole('button', { name: '删除这份' }).click()
  await page.waitForFunction(() => document.querySelectorAll('.handed li').length === 2)
  t.check((await page.locator('.notice.ok').innerText()).includes('已删除 家人.png'), 'the page says what was removed')
}

async function fromThePhone(t) {
  const v = await t.visit({ size: PHONE })
  const { page } = v
  await v.go('/file/complaint')
  await page.fill('#businessName', '安澜县瑞缘金行')
  await page.fill('#businessAddress', '安澜县解放路 21 号')
  await page.click('.file-next')
  await page.waitForSelector('#facts')
  await page.check('input[name="where"][value="store"]', { force: true })
  await page.fill('#bought', '2026-06-01')
  await page.fill('#paid', '1280')
  await page.fill('#facts', '金手链掉色，柜台不肯换。')
  await page.locator('.tile.tick').first().click()
  await page.setInputFiles('.picker', [photo('手链.png', 200), photo('小票.png', 40), photo('家人.png', 90)])
  t.same(await page.locator('.upload').count(), 3, 'files picked while writing')
  t.check((await page.locator('.upload').first().innerText()).includes('提交后就传'), 'the page says when they go')
  t.same(await v.sideways(), '', 'sideways on the phone')
  await page.click('.file-next')
  await page.waitForSelector('#phone')
  await page.fill('#name', '刘晓芸')
  await page.fill('#phone', '13800138003')
  await page.fill('#address', '安澜县人民路 8 号')
  await page.check('#truthful input', { force: true })
  await page.click('.file-next')
  await page.waitForURL('**/receipt')
  await page.waitForSelector('.upload.done >> nth=2')
  t.check((await page.locator('.receipt').innerText()).includes('3 份都传好了'), 'the receipt says that all are there')
  const number = (await page.locator('.code-line').first().innerText()).match(/\d{4}-\d{5}-\w/)?.[0]
  t.must(number, 'the receipt has a number')
  await v.go('/track')
  await page.waitForSelector('.handed .thumb img')
  t.same(await page.locator('.handed li').count(), 3, 'what was handed in')
  await takenBack(t, v)
  await page.click('.handed .thumb')
  await page.waitForFunction(() => document.querySelector('.large-picture')?.naturalWidth === 1200)
  t.same((await v.axe()).join('\n'), '', 'axe on the page of what was handed in')
  return number
}

async function atTheDesk(t) {
  const number = await fromThePhone(t)
  const v = await t.visit({ size: DESK })
  const { page } = v
  await v.as('supervisor')
  await v.go(`/desk/matters/${number}`)
  await page.waitForFunction(() => document.querySelectorAll('.evidence .pic img').length === 2 && [...document.querySelectorAll('.evidence .pic img')].every((i) => i.naturalWidth === 320))
  t.check((await page.locator('#evidence-title').innerText()).includes('2 份'), 'how many')
  await page.locator('h1').focus()
  await page.keyboard.press('e')
  await page.waitForFunction(() => document.querySelector('.viewer img')?.naturalWidth === 1200)
  t.check((await page.locator('.viewer').innerText()).includes('手链.png'), 'whose picture it is')
  t.same((await v.axe()).join('\n'), '', 'axe on the large picture')
  await page.keyboard.press('ArrowRight')
  await page.waitForFunction(() => document.querySelector('.viewer')?.textContent.includes('小票.png'))
  await page.keyboard.press('Escape')
  t.same(await page.locator('.viewer').count(), 0, 'viewers after Esc')
  t.check((await page.locator('.evidence .gone').innerText()).includes('当事人已删除：拍到了家人'), 'who took it back, and why')
  await page.locator('.evidence .do button').nth(1).click()
  await page.click('.remove button[type="submit"]')
  t.check(await page.locator('.remove .fault').isVisible(), 'a reason is asked for')
  await page.fill('.remove textarea', '拍到了别人的小票')
  await page.keyboard.press('Control+Enter')
  await page.waitForSelector('.evidence .gone >> nth=1')
  t.check((await page.locator('.evidence').innerText()).includes('拍到了别人的小票'), 'why it was taken away')
  t.check((await page.locator('#evidence-title').innerText()).includes('1 份'), 'one is left')
  await page.setInputFiles('.evidence .picker', [photo('现场.png', 120)])
  await page.waitForFunction(() => document.querySelectorAll('.evidence .pic img').length === 2)
  await page.setInputFiles('.evidence .picker', [{ name: '说明.txt', mimeType: 'text/plain', buffer: Buffer.from('不是照片') }])
  await page.waitForSelector('.evidence > .fault')
  t.check((await page.locator('.evidence > .fault').innerText()).includes('JPEG'), 'a refusal names what is taken')
  await page.emulateMedia({ media: 'print' })
  const paper = await page.locator('.evidence').innerText()
  t.check(/[0-9a-f]{64}/.test(paper.replace(/\s/g, '')) && paper.includes('手链.png') && !paper.includes('小票.png'), 'the case file lists the evidence with its sums')
  const pdf = (await page.pdf({ format: 'A4' })).toString('latin1')
  t.check((pdf.match(/\/Type\s*\/Page[^s]/g)?.length ?? 9) <= 3, 'pages of the case file')
}

/** An entry of a register on a phone: the camera, a file that is not taken and is sent again in vain, one taken away with a reason. */
async function ofAnEntry(t) {
  const called = new Date(Date.now() + 288e5).toISOString().slice(0, 10)
  const fields = { called_on: called, place: '安澜县人民路 8 号', lift_no: 'A-1', kind: 'home', trapped: 2, keeper: '安澜电梯维保公司' }
  const { number } = await t.place.api('handler', 'POST', '/registers/lift_rescues/entries', { body: { fields }, headers: { 'Idempotency-Key': `journey-lift-${called}-files` } })
  const v = await t.visit({ size: PHONE })
  const { page } = v
  await v.as('handler')
  await v.go(`/desk/registers/lift_rescues/entries/${encodeURIComponent(number)}`)
  await page.waitForSelector('.files-of .camera')
  const tall = await page.locator('.files-of .btn').evaluateAll((all) => all.map((b) => Math.round(b.getBoundingClientRect().height)))
  t.check(tall.length === 2 && tall.every((h) => h >= 56), `the buttons are ${tall} px high`)
  await page.setInputFiles('.files-of input[capture]', [photo('现场.png', 60)])
  await page.waitForFunction(() => document.querySelectorAll('.files-of .pic img').length === 1)
  await page.setInputFiles('.files-of .picker', [{ name: '说明.txt', mimeType: 'text/plain', buffer: Buffer.from('不是照片') }, photo('柜台.png', 160)])
  await page.waitForFunction(() => document.querySelectorAll('.files-of .pic img').length === 2)
  t.check((await page.locator('.files-of > .fault').innerText()).includes('JPEG'), 'a refusal names what is taken')
  await page.locator('.files-of > .fault .link').click()
  await page.waitForFunction(() => document.querySelectorAll('.files-of > .fault').length === 1)
  t.same(await v.sideways(), '', 'sideways with files on the phone')
  for (const found of await v.axe()) t.faults.push(`files of an entry: ${found}`)
  await page.locator('.files-of .pics .link').nth(1).click()
  await page.waitForSelector('.files-of .remove textarea:focus')
  await page.keyboard.press('Control+Enter')
  t.check(await page.locator('.files-of .remove .fault').isVisible(), 'a reason is asked for')
  await page.fill('.files-of .remove textarea', '拍错了')
  await page.keyboard.press('Control+Enter')
  await page.waitForFunction(() => document.querySelectorAll('.files-of .pic img').length === 1 && !document.querySelector('.files-of .remove'))
}

export default { 'files of an entry, on a phone': ofAnEntry, 'photos from a phone, one taken back there and one taken away at the desk': atTheDesk }
