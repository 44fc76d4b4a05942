/* Every page of portal and desk, with what must be there before it can be shown. */
import { complaint } from './place.mjs'

const receipt = (filed) => ({ filed, business: '安澜县瑞缘金行', demands: ['退款'], amountFen: 368000, anonymous: false })
const opened = ({ number, pin }) => ({ number, pin })

/** `ready` does what only a reader can do: a step further, a choice. `of` names the matter it is about. */
export const PORTAL = [
  { name: 'home', path: '/' },
  { name: 'file a complaint', path: '/file/complaint' },
  {
    name: 'what happened, with errors', path: '/file/complaint',
    async ready(page) {
      await page.fill('#businessName', '安澜县瑞缘金行')
      await page.fill('#businessAddress', '安澜县解放路 21 号')
      await page.click('button[type="submit"]')
      await page.click('button[type="submit"]')
      await page.waitForSelector('.summary')
    },
  },
  { name: 'file a report', path: '/file/report' },
  {
    name: 'who reports', path: '/file/report',
    async ready(page) {
      await page.fill('#businessName', '安澜县青禾超市')
      await page.click('button[type="submit"]')
      await page.fill('#facts', '卖过期的牛奶，货架上还有。')
      await page.click('button[type="submit"]')
      await page.waitForSelector('#anonymous')
      await page.click('#anonymous label >> nth=0')
    },
  },
  { name: 'file an enquiry', path: '/file/enquiry' },
  { name: 'receipt', path: '/receipt', keep: (filed) => ['fangxin.receipt', receipt(filed)] },
  { name: 'no receipt', path: '/receipt' },
  { name: 'track, number and PIN', path: '/track' },
  { name: 'track, a matter', path: '/track', keep: (filed) => ['fangxin.opened', opened(filed)] },
  { name: 'supplement', path: '/track/supplement', keep: (filed) => ['fangxin.opened', opened(filed)] },
  { name: 'withdraw', path: '/track/withdraw', keep: (filed) => ['fangxin.opened', opened(filed)] },
  { name: 'track, an offer', path: '/track', of: 'offer', keep: (filed) => ['fangxin.opened', opened(filed)] },
  { name: 'accept an offer', path: '/track/accept', of: 'offer', keep: (filed) => ['fangxin.opened', opened(filed)] },
  { name: 'decline an offer', path: '/track/decline', of: 'offer', keep: (filed) => ['fangxin.opened', opened(filed)] },
  { name: 'track, an answer', path: '/track', of: 'answer', keep: (filed) => ['fangxin.opened', opened(filed)] },
  { name: 'track, a refusal', path: '/track', of: 'refusal', keep: (filed) => ['fangxin.opened', opened(filed)] },
  { name: 'track, a report', path: '/track', of: 'report', keep: (filed) => ['fangxin.opened', opened(filed)] },
  { name: 'basis', path: '/about/basis' },
  { name: 'privacy', path: '/about/privacy' },
  { name: 'accessibility', path: '/about/accessibility' },
  { name: 'letter', path: '/about/letter' },
  { name: 'lost', path: '/nowhere' },
]

/** The matters that the portal's pages are about. */
export async function portalMatters(place) {
  const plain = await place.file(complaint())
  const offer = await place.file(complaint())
  await place.act('intake', offer.number, 'assign', { body: '420202' })
  await place.act('handler', offer.number, 'accept')
  await place.act('handler', offer.number, 'consent', { party: 'both', answer: 'agrees', about: 'mediation', channel: 'phone' })
  await place.act('handler', offer.number, 'mediate', { place: '第一调解室' })
  await place.act('handler', offer.number, 'offer', { party: 'business', terms: '退 2,000 元，10 天内付', amount_fen: 200000 })
  const answer = await place.file({ kind: 'enquiry', facts: '买了五天的手机能退吗？' })
  await place.act('intake', answer.number, 'answer', { text: '七天内可以退。\n拿着小票去店里。' })
  const refusal = await place.file(complaint())
  await place.act('intake', refusal.number, 'assign', { body: '420202' })
  await place.act('handler', refusal.number, 'refuse', { ground: 'NA1', reason: '这件事归住建局管。' })
  const report = await place.file({ kind: 'report', anonymous: true, respondent: { name: '安澜县青禾超市' }, facts: '卖过期的牛奶。', truthful: true })
  return { plain, offer, answer, refusal, report }
}
/** A matter on the tracking page, by its number and PIN. */
export async function track(v, { number, pin }) {
  await v.go('/track')
  await v.page.fill('#track-number', number)
  await v.page.fill('#track-pin', pin)
  await v.page.click('.track-form button[type="submit"]')
}
/** Opens a page of the portal with what its tab holds. */
export async function openPortal(v, { path, keep, ready, of }, matters) {
  const filed = matters[of ?? 'plain']
  if (new URL(v.page.url(), v.place.base).origin !== v.place.base) await v.page.goto('/icon.svg')
  await v.page.evaluate((entry) => {
    localStorage.removeItem('fangxin.draft.complaint')
    sessionStorage.clear()
    if (entry) sessionStorage.setItem(entry[0], JSON.stringify(entry[1]))
  }, keep ? keep(filed) : null)
  await v.go(path)
  if (ready) await ready(v.page)
}

/** The desk's pages with the officer who may see each. */
export async function deskPages(place) {
  const { number } = await place.file(complaint())
  await place.act('intake', number, 'assign', { body: '420202' })
  await place.act('supervisor', number, 'accept')
  const month = new Date(Date.now() + 288e5).toISOString().slice(0, 7)
  const [shop] = (await place.api('intake', 'GET', '/businesses')).items
  const board = await place.api('leader', 'GET', `/dashboard?body=420202&period=${month}`)
  const bulletin = await place.api('supervisor', 'POST', '/summaries', { body: { form: 'month', period: month } })
  return [
    { name: 'queue', path: '/desk/', who: 'supervisor' },
    { name: 'an act\'s form', path: `/desk/matters/${number}?act=settle`, who: 'supervisor', wait: '.act-form' },
    { name: 'all matters', path: '/desk/matters', who: 'supervisor' },
    { name: 'matter', path: `/desk/matters/${number}`, who: 'supervisor' },
    { name: 'intake', path: '/desk/intake', who: 'intake' },
    { name: 'dashboard', path: '/desk/dashboard', who: 'leader', wait: '.figure' },
    { name: 'figures', path: '/desk/figures?period=2026&indicator=received&by=theme', who: 'leader', wait: '.parts' },
    { name: 'records of a figure', path: `/desk/figures/${encodeURIComponent(board.figures[0].id)}`, who: 'leader' },
    { name: 'bulletins', path: '/desk/bulletins', who: 'supervisor', wait: '.table' },
    { name: 'a bulletin', path: `/desk/bulletins/${bulletin.key}`, who: 'supervisor', wait: '.paper' },
    { name: 'businesses', path: '/desk/businesses', who: 'intake', wait: '.list' },
    { name: 'a business', path: `/desk/businesses/${shop.id}`, who: 'supervisor', wait: '.figures' },
    { name: 'ask', path: '/desk/ask', who: 'supervisor', wait: '.cross' },
    { name: 'return visits', path: '/desk/visits', who: 'supervisor', wait: '.blank, .visit' },
    { name: 'groups', path: '/desk/groups', who: 'supervisor' },
    { name: 'cases', path: '/desk/cases', who: 'supervisor', wait: '.blank, .table' },
    { name: 'a new case', path: '/desk/cases/new', who: 'supervisor' },
    { name: 'duty', path: '/desk/duty', who: 'supervisor', wait: '.shift' },
    { name: 'diary', path: '/desk/diary', who: 'intake', wait: 'article' },
    { name: 'import', path: '/desk/import', who: 'supervisor' },
    { name: 'orders', path: '/desk/orders', who: 'supervisor', wait: '.orders' },
    { name: 'calendars', path: '/desk/calendars', who: 'supervisor', wait: '.table' },
    { name: 'access', path: '/desk/access', who: 'auditor' },
    { name: 'terms of keeping', path: '/desk/retention', who: 'supervisor', wait: '.put' },
    { name: 'no such matter', path: '/desk/matters/2600-00000-0', who: 'supervisor' },
    { name: 'no such page', path: '/desk/nowhere', who: 'supervisor' },
  ]
}
