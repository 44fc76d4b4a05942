/* The desk without a mouse: signing in, the queue, an enquiry registered and answered, an act by its key. */
import { PASSWORD, complaint } from './place.mjs'

/** Counts the keys that are not text. */
function keys(page) {
  const pressed = []
  return {
    pressed,
    async press(...names) {
      for (const name of names) {
        pressed.push(name)
        await page.keyboard.press(name)
      }
    },
  }
}
const focused = (page, what = 'id') => page.evaluate((w) => document.activeElement?.[w] ?? '', what)

async function signInByKeys(v, who) {
  const { page } = v
  await v.go('/desk/sign-in')
  for (let i = 0; i < 6 && (await focused(page, 'autocomplete')) !== 'username'; i += 1) await page.keyboard.press('Tab')
  await page.keyboard.type(who)
  await page.keyboard.press('Tab')
  await page.keyboard.type(PASSWORD)
  await page.keyboard.press('Enter')
  await page.waitForSelector('.rows .row')
  await v.quiet()
}
const current = (page) => page.locator('.row.current').getAttribute('data-number')

/* A theme that goes first: the sign is seen however long the title, and the queue is narrowed to it. */
async function goesFirst(t) {
  await t.place.api('intake', 'POST', '/matters', { body: complaint({ channel: 'phone', themes: ['day_315'] }), headers: { 'Idempotency-Key': 'goes-first-0123456789' } })
  const v = await t.visit()
  const { page } = v
  await v.as('supervisor')
  await v.go('/desk/')
  await page.click('.pill:has-text("专题")')
  await page.click('button:has-text("先办：3·15")')
  await page.waitForFunction(() => document.querySelectorAll('.rows .row').length > 0 && [...document.querySelectorAll('.rows .row')].every((r) => r.querySelector('.tag')?.textContent.includes('先办')))
  const sign = await page.locator('.row .tag', { hasText: '先办' }).first().boundingBox()
  const cell = await page.locator('.row td:has(.tag)').first().boundingBox()
  t.check(sign && cell && sign.x + sign.width <= cell.x + cell.width, 'the sign is cut off behind the title')
  for (const found of await v.axe()) t.faults.push(`the queue by theme: ${found}`)
}
async function queue(t) {
  const v = await t.visit()
  const { page } = v
  await signInByKeys(v, 'supervisor')
  await page.keyboard.press('KeyJ')
  const first = await current(page)
  await page.keyboard.press('KeyJ')
  const second = await current(page)
  t.check(first && second && first !== second, 'J does not move down')
  t.check(await page.locator('.row.current .open').evaluate((e) => e === document.activeElement), 'the focus does not follow J')
  await page.keyboard.press('KeyK')
  t.same(await current(page), first, 'K moves up')
  await page.keyboard.press('KeyW')
  await page.waitForSelector('[role="dialog"] .clock-float table, [role="dialog"] .clock-float [role="img"]')
  t.check(/为什么是/.test(await page.locator('.clock-float h2').innerText()), 'W does not say why this date')
  await page.keyboard.press('Escape')
  await page.waitForSelector('.clock-float', { state: 'detached' })
  t.same(await current(page), first, 'after Esc the row is still the current one')
  await page.keyboard.press('Enter')
  await page.waitForSelector('.strip')
  t.check(page.url().endsWith(`/desk/matters/${first}`), `Enter opens ${page.url()}`)
  await page.waitForFunction(() => document.activeElement?.tagName === 'H1', undefined, { timeout: 5000 }).catch(() => t.faults.push('the heading of the page that opens has not the focus'))
  await page.keyboard.press('KeyJ')
  await page.waitForURL(`**/desk/matters/${second}`)
  await page.waitForSelector('.strip')
  await page.keyboard.press('Shift+Slash')
  await page.waitForSelector('[role="dialog"]')
  await page.keyboard.press('Escape')
  await page.waitForSelector('[role="dialog"]', { state: 'detached' })
  await page.keyboard.press('Slash')
  await page.waitForSelector('input[type="search"]')
}

async function enquiry(t) {
  const v = await t.visit()
  const { page } = v
  await signInByKeys(v, 'intake')
  const k = keys(page)
  await k.press('KeyN')
  await page.waitForSelector('.intake')
  await v.quiet()
  await k.press('Alt+Digit3')
  await page.waitForFunction(() => document.activeElement?.id === 'in-facts')
  await page.keyboard.type('手机买了五天屏幕自己裂了，能退吗？')
  await k.press('Tab')
  t.same(await focused(page), 'in-answer', 'after the question comes the answer')
  await page.keyboard.type('七天内可以退，拿着小票去店里；店里不退，打 12315 投诉。')
  await k.press('Control+Enter')
  await page.waitForSelector('.filed')
  t.check((await page.locator('.filed h2').innerText()).includes('咨询已登记并答复'), 'the page does not say that it was registered and answered')
  t.check(k.pressed.length <= 12, `${k.pressed.length} keys besides text: ${k.pressed.join(' ')}`)
  const number = await page.locator('.filed .codes dd').first().innerText()
  const matter = await t.place.api('intake', 'GET', `/matters/${number}`)
  t.same(matter.status, 'answered', 'the state')
  await page.keyboard.press('KeyN')
  await page.waitForSelector('#in-facts')
  t.same(await page.inputValue('#in-facts'), '', 'the next form is empty')
}

async function actKeys(t) {
  const { number } = await t.place.file(complaint({ respondent: { name: '安澜县青禾超市', address: '安澜县中山路 3 号' } }))
  const body = '420202'
  await t.place.act('intake', number, 'assign', { body })
  const v = await t.visit()
  const { page } = v
  await signInByKeys(v, 'handler')
  await page.keyboard.press('Slash')
  await page.keyboard.type(number)
  await page.waitForFunction((n) => document.querySelectorAll('.row').length === 1 && document.querySelector(`.row[data-number="${n}"]`), number)
  await page.keyboard.press('ArrowDown')
  t.same(await current(page), number, 'the arrow leads from the search into the list')
  await page.keyboard.press('KeyA')
  await page.waitForSelector('.act-form')
  await page.keyboard.press('Control+Enter')
  await page.waitForSelector('.done-line')
  await page.keyboard.press('KeyT')
  await page.waitForSelector('.act-form')
  t.same(await page.evaluate(() => document.activeElement?.closest('.act-form') !== null), true, 'the form takes the focus')
  await page.keyboard.press('Escape')
  await page.waitForSelector('.act-form', { state: 'detached' })
  await page.keyboard.press('KeyB')
  await page.waitForSelector('#f-note-text')
  await page.keyboard.type('A T B 都是字，不是快捷键')
  t.same(await page.inputValue('#f-note-text'), 'A T B 都是字，不是快捷键', 'letters in a field stay letters')
  await page.keyboard.press('Control+Enter')
  await page.waitForSelector('.done-line')
  const matter = await t.place.api('handler', 'GET', `/matters/${number}`)
  t.same(matter.status, 'accepted', 'the state')
}

/* What opens on each page: the control that opens it, and what then stands there. */
const LAYERS = [
  { path: '/desk/', who: 'supervisor', layers: [['.filters .pill >> nth=0', 'div.float'], ['.filters .pill >> nth=5', 'div.float'], ['.who', 'div.float']] },
  {
    path: (number) => `/desk/matters/${number}`, who: 'supervisor',
    layers: [
      ['.acts > .btn >> nth=0', '.act-form'], ['.acts [aria-haspopup="menu"]', 'div.float'], ['.clock >> nth=0', '#clock-panel'],
      ['button:has-text("看全号")', '[role="dialog"]'], ['button:has-text("出文书")', '.make'],
    ],
  },
  { path: '/desk/ask', who: 'supervisor', layers: [['.page-head [aria-expanded]', '.naming']] },
  { path: '/desk/businesses', who: 'supervisor', layers: [['.page-head [aria-expanded]', 'form.add']] },
  { path: '/desk/intake', who: 'intake', layers: [['.when', '#in-received'], ['#in-category', '.el-select-dropdown:visible'], ['#in-bought', '.el-picker-panel:visible']] },
]
async function layers(t) {
  const v = await t.visit()
  const { page } = v
  const { number } = await t.place.file(complaint())
  await t.place.act('intake', number, 'assign', { body: '420202' })
  await t.place.act('supervisor', number, 'accept')
  for (const { path, who, layers: all } of LAYERS) {
    await v.as(who)
    await v.desk(typeof path === 'string' ? path : path(number))
    for (const [by, layer] of all) {
      const opener = page.locator(by).first()
      const name = `${page.url().split('/desk')[1]} ${by}`
      await opener.click()
      await page.waitForSelector(layer)
      await page.keyboard.press('Escape')
      await page.waitForSelector(layer, { state: 'hidden', timeout: 3000 }).catch(() => t.faults.push(`${name}: Esc does not close it`))
      const back = await opener.evaluate((e) => new Promise((told) => setTimeout(() => told(e === document.activeElement), 30)))
      t.check(back, `${name}: the focus is on ${await focused(page, 'outerHTML').then((h) => h.slice(0, 80))}`)
    }
  }
  // An act chosen in the menu goes back to the button of the menu.
  await v.as('supervisor')
  await v.desk(`/desk/matters/${number}`)
  await page.locator('.acts [aria-haspopup="menu"]').click()
  await page.locator('[role="menuitem"]').first().click()
  await page.waitForSelector('.act-form')
  await page.keyboard.press('Escape')
  await page.waitForSelector('.act-form', { state: 'detached' })
  t.same(await focused(page, 'ariaHasPopup'), 'menu', 'an act chosen in the menu gives the focus back to')
}

export default {
  'what goes first is seen in the queue, and narrows it': goesFirst,
  'the queue by J, K, W, Enter': queue,
  'an enquiry is registered and answered in one form, within 12 keys': enquiry,
  'acts by their keys': actKeys,
  'Esc closes what opens on a page, and the focus goes back': layers,
}
