/* Two officers have the same matter open: the second keeps his text and sees who changed it. */
import { complaint } from './place.mjs'
import { doAct, openAct, openMatter } from './desk.mjs'

async function journey(t) {
  const { number } = await t.place.file(complaint())
  await t.place.act('intake', number, 'assign', { body: '420202' })
  const first = await t.visit()
  await first.as('handler')
  await openMatter(first, number)
  const second = await t.visit()
  await second.as('supervisor')
  await openMatter(second, number)
  await openAct(second, 'note')
  const text = '所长意见：先去店里看监控'
  await second.page.fill('#f-note-text', text)
  await doAct(first, 'accept')
  await second.page.keyboard.press('Control+Enter')
  const notice = second.page.locator('.act-form .notice.late')
  await notice.waitFor()
  const said = await notice.innerText()
  t.check(said.includes('吴捷'), `the page does not say who changed it: ${said}`)
  t.check(said.includes('已受理'), `the page does not say how it stands now: ${said}`)
  t.same(await second.page.inputValue('#f-note-text'), text, 'the text of the second')
  await second.page.click('.act-form .notice button')
  await second.page.keyboard.press('Control+Enter')
  await second.page.waitForSelector('.done-line')
  const events = await t.place.api('supervisor', 'GET', `/matters/${number}/events`)
  t.check(events.items.some((e) => JSON.stringify(e).includes('先去店里看监控')), 'the note was not recorded after all')
}

/* Meanwhile others work: the queue says that something changed, and nothing moves under the cursor until it is asked to. */
async function meanwhile(t) {
  const v = await t.visit()
  const { page } = v
  await v.as('supervisor')
  await v.go('/desk/matters')
  await page.evaluate(() => {
    const every = window.setInterval
    window.setInterval = (f, ms) => every(f, Math.min(ms, 200)) // five seconds are too long to wait
  })
  await v.turn('/desk/')
  await page.waitForSelector('.rows .row')
  const rows = () => page.locator('.row[data-number]').evaluateAll((all) => all.map((e) => e.dataset.number).join())
  await page.keyboard.press('KeyJ')
  await page.keyboard.press('KeyJ')
  const [before, at] = [await rows(), await page.locator('.row.current').getAttribute('data-number')]
  const { number } = await t.place.file(complaint())
  await t.place.act('intake', number, 'assign', { body: '420202' })
  await page.waitForSelector('.changes:not(.alerts)')
  t.check(/\d+ 件有变动/.test(await page.locator('.changes:not(.alerts)').innerText()), 'it is not said how many changed')
  t.same(await rows(), before, 'the rows meanwhile')
  t.same(await page.locator('.row.current').getAttribute('data-number'), at, 'the row under the cursor')
  await page.keyboard.press('KeyR')
  await page.waitForSelector('.changes:not(.alerts)', { state: 'detached' })
  await page.keyboard.press('Slash')
  await page.keyboard.type(number)
  await page.waitForSelector(`.row[data-number="${number}"]`)
}

export default { 'the second of two officers keeps his text and sees who was first': journey, 'what others do is told and moves nothing': meanwhile }
