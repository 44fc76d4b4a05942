/* A letter from its preview to its service: what is sent has been seen, has the next number, and tells the consumer. */
import { complaint } from './place.mjs'
import { openMatter } from './desk.mjs'
import { DESK, PHONE } from './visitor.mjs'

async function accepted(place) {
  const { number } = await place.file(complaint())
  await place.act('intake', number, 'assign', { body: '420202' })
  await place.act('supervisor', number, 'accept', {})
  return number
}

/** The case file: whose it is, who is concerned, what happened with whole dates, the letters as a list that the screen does not have. */
async function onPaper(t, page, block) {
  t.same(await block.locator('table').isVisible(), false, 'the list for paper stands on the screen')
  await page.emulateMedia({ media: 'print' })
  const list = (await block.locator('table').innerText()).replace(/\s/g, '')
  t.check(/〔\d{4}〕第\d+号/.test(list) && /[0-9a-f]{64}/.test(list), `the list of letters: ${list}`)
  t.same((await page.locator('h1').innerText()).trim(), complaint().respondent.name, 'the title on paper')
  const paper = await page.locator('main').innerText()
  t.check(!/今天|您来判断|还没有认定/.test(paper), `on paper stands ${/.{0,20}(今天|您来判断|还没有认定)/.exec(paper)?.[0]}`)
  const top = async (part) => (await page.locator(part).boundingBox()).y
  t.check((await top('.parties')) < (await top('.left > .said')) && (await top('.left > .said')) < (await top('.timeline')) && (await top('.timeline')) < (await top('.letters')), 'parties, what was said, what happened, letters stand in another order')
  await page.emulateMedia({ media: null })
}

async function previewToService(t) {
  const number = await accepted(t.place)
  const v = await t.visit({ size: DESK })
  const { page } = v
  await v.as('supervisor')
  await openMatter(v, number)
  const settles = page.locator('.acts .btn', { hasText: '达成协议' })
  t.check((await settles.count()) === 1 && !(await settles.getAttribute('class')).includes('end'), 'settling is in the bar, and not red as what ends without a result')
  const block = page.locator('.letters')
  await block.getByRole('button', { name: '出文书' }).click()
  await page.selectOption('#letter-form', 'acceptance')
  t.same(await block.getByRole('button', { name: '发出', exact: true }).count(), 0, 'buttons that send what nobody has seen')
  for (const found of await v.axe()) t.faults.push(`letter form: ${found}`)
  const [seen] = await Promise.all([page.waitForResponse((r) => r.url().includes('/letters') && r.request().method() === 'POST'), block.getByRole('button', { name: '预览', exact: true }).click()])
  t.same(seen.headers()['content-type'], 'application/pdf', 'what the preview is')
  await block.locator('a.open').waitFor()
  t.check((await block.locator('a.open').getAttribute('href')).startsWith('blob:'), 'the preview leaves an address that others could open')
  await block.getByRole('button', { name: '发出', exact: true }).click()
  const download = block.getByRole('link', { name: '下载' })
  await download.waitFor()
  const row = await block.locator('.list li').first().innerText()
  t.check(/〔\d{4}〕第\d+号/.test(row), `no number stands there: ${row}`)
  t.check(row.includes('还没有送达'), `it does not say that it was not served: ${row}`)
  const [file] = await Promise.all([page.waitForEvent('download'), download.click()])
  t.check(file.suggestedFilename().endsWith('.pdf'), `the name of the file: ${file.suggestedFilename()}`)
  await block.getByRole('button', { name: '记送达' }).click()
  await block.getByRole('button', { name: '记下送达' }).click()
  await block.locator('form.under .fault').first().waitFor()
  await page.locator('form.under select').first().selectOption('consumer')
  await page.locator('form.under select').nth(1).selectOption({ index: 1 })
  await page.locator('form.under input[id^="serve-proof-"]').fill('EMS 1001')
  for (const found of await v.axe()) t.faults.push(`letter, service: ${found}`)
  await block.getByRole('button', { name: '记下送达' }).click()
  await block.locator('.list li', { hasText: '算作告知' }).waitFor()
  const matter = await t.place.api('supervisor', 'GET', `/matters/${number}`)
  t.same(matter.deadlines.find((d) => d.rule === 'D1').state, 'met', 'the clock that telling stops')
  await onPaper(t, page, block)
  await page.setViewportSize(PHONE)
  t.same(await v.sideways(), '', 'the letters on a phone')
}

export default { 'from its preview to its service': previewToService }
