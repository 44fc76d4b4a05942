/* Every act that the rule pack names has its form in the desk, with a control for each of its fields. */
import { complaint } from './place.mjs'
import { openAct, openMatter, punishedReport, workflow } from './desk.mjs'

const body = '420202'
/* These have no form under the bar: files come and go in the block of evidence, which a journey of its own walks. */
const BESIDE = ['attach', 'detach']
const WHO = ['supervisor', 'intake', 'handler', 'leader']

/* Ways from the filing to each state, by acts of the API. */
const complaintIn = (t, ...acts) => filedIn(t, complaint(), ...acts)
async function filedIn(t, body, ...acts) {
  const { number } = await t.place.file(body)
  for (const [who, act, fields] of acts) await t.place.act(who, number, act, fields)
  return number
}
const assign = ['intake', 'assign', { body }]
const accept = ['supervisor', 'accept', {}]
const mediate = ['supervisor', 'mediate', { mode: 'in_person' }]
const agrees = ['supervisor', 'consent', { party: 'both', answer: 'agrees', about: 'mediation', channel: 'phone' }]
const named = ['supervisor', 'consent', { party: 'both', answer: 'agrees', about: 'entrusting', mediator: '安澜县消费者协会', channel: 'phone' }]
const settle = ['supervisor', 'settle', { form: 'record', terms: '退款' }]
const refuse = ['supervisor', 'refuse', { ground: 'NA3', reason: '买了四十件' }]
const disputed = ['supervisor', 'dispute_power', { with: '邻县市场监管局', reason: '登记地在邻县' }]
const referred = ['supervisor', 'refer_power', { to: '市市场监管局', reason: '没有谈拢' }]
const told = ['supervisor', 'tell', { party: 'consumer', channel: 'phone' }]
const bothTold = [told, ['supervisor', 'tell', { party: 'business', channel: 'phone' }]]
const disclosed = ['leader', 'disclose', { checked: ['privacy', 'secret', 'facts'], remark: '核对无误' }]

/** A complaint that belongs to a group, which is what leaving one needs. */
async function inGroup(t) {
  const numbers = [await complaintIn(t, assign), await complaintIn(t, assign)]
  const members = []
  for (const number of numbers) {
    const { version } = await t.place.api('supervisor', 'GET', `/matters/${number}`)
    members.push({ number, version })
  }
  await t.place.api('supervisor', 'POST', '/groups', { body: { members, title: '两件' }, headers: { 'Idempotency-Key': 'journey-forms-group' } })
  return numbers[0]
}

/** Reports at each step of a reward; of the last the time for claiming it is over. */
async function rewards(t) {
  const { place } = t
  const propose = ['handler', 'propose_reward', { level: '3', major: 'large_fine', excluded: 'none', reason: '结论相符' }]
  const approve = ['leader', 'approve_reward', {}]
  const long_ago = (days) => new Date(Date.now() - days * 864e5).toISOString().slice(0, 19) + 'Z'
  const at = []
  for (const steps of [[], [propose], [propose, approve], [propose, approve, ['handler', 'tell_reward', { channel: 'phone' }]], [propose, approve, ['handler', 'tell_reward', { channel: 'phone', at: long_ago(120) }]]]) {
    const number = await punishedReport(place, steps.length === 3 && steps[2][2].at ? { received_at: long_ago(150), late_reason: '停机期间手工登记' } : {})
    for (const [who, act, fields] of steps) await place.act(who, number, act, fields)
    at.push(number)
  }
  return at
}

async function places(t) {
  const { acts } = await workflow(t.place)
  const mode = acts.mediate.fields.find((f) => f.name === 'mode')?.choices?.[0]?.code
  const met = [mediate[0], mediate[1], mode ? { mode } : {}]
  const reason = acts.pause.fields.find((f) => f.name === 'reason').choices[0].code
  const report = await t.place.file({ kind: 'report', anonymous: true, respondent: { name: '安澜县青禾超市', address: '安澜县中山路 3 号' }, facts: '卖过期的牛奶，货架上还有。', truthful: true })
  await t.place.act('intake', report.number, 'assign', { body })
  const verifying = await t.place.file({ kind: 'report', anonymous: true, respondent: { name: '安澜县青禾超市', address: '安澜县中山路 3 号' }, facts: '店里卖过期的面包。', truthful: true })
  await t.place.act('intake', verifying.number, 'assign', { body })
  await t.place.act('supervisor', verifying.number, 'verify')
  const longer = await t.place.file({ kind: 'report', anonymous: true, respondent: { name: '安澜县青禾超市', address: '安澜县中山路 3 号' }, facts: '卖过期的饼干。', truthful: true })
  await t.place.act('intake', longer.number, 'assign', { body })
  await t.place.act('supervisor', longer.number, 'verify')
  await t.place.act('supervisor', longer.number, 'extend', { reason: '要去外地取证' })
  const proposed = await t.place.file({ kind: 'report', anonymous: true, respondent: { name: '安澜县青禾超市', address: '安澜县中山路 3 号' }, facts: '卖过期的糕点。', truthful: true })
  await t.place.act('intake', proposed.number, 'assign', { body })
  await t.place.act('supervisor', proposed.number, 'verify')
  await t.place.act('supervisor', proposed.number, 'propose_filing', { proposal: 'file', reason: '查到过期糕点' })
  const byProxy = await t.place.file(complaint({ proxy: { name: '刘建', phone: '13900139002', relation: '弟弟', authority: '委托书' } }))
  await t.place.act('intake', byProxy.number, 'assign', { body })
  const asked = await t.place.file({ kind: 'enquiry', facts: '买了五天的手机能退吗？' })
  const answered = await t.place.file({ kind: 'enquiry', facts: '网上买的鞋能退吗？' })
  await t.place.act('intake', answered.number, 'answer', { text: '七天内可以退。' })
  return [
    await complaintIn(t),
    await complaintIn(t, assign),
    await complaintIn(t, assign, accept),
    await complaintIn(t, assign, refuse),
    await complaintIn(t, assign, refuse, ['leader', 'confirm_refusal', { remark: '看过订单' }]),
    await complaintIn(t, assign, accept, agrees, met),
    await complaintIn(t, assign, accept, agrees, named),
    await complaintIn(t, assign, accept, named, ['supervisor', 'entrust', { scope: '退款争议' }]),
    await complaintIn(t, assign, accept, ['supervisor', 'pause', { reason: 'recusal' }]),
    await complaintIn(t, assign, accept, agrees, met, ['supervisor', 'pause', { reason }]),
    await complaintIn(t, assign, accept, agrees, met, settle),
    await complaintIn(t, assign, accept, agrees, met, settle, ...bothTold),
    await filedIn(t, complaint({ consents: { disclosure: true } }), assign, accept, agrees, met, settle, ...bothTold),
    await filedIn(t, complaint({ consents: { disclosure: true } }), assign, accept, agrees, met, settle, ...bothTold, disclosed),
    await complaintIn(t, assign, disputed), await complaintIn(t, assign, disputed, referred), byProxy.number,
    ...(await rewards(t)), await inGroup(t), report.number, verifying.number, longer.number, proposed.number, asked.number, answered.number,
  ]
}

/** Which controls of the fields are missing from the open form. */
async function lacking(page, act, fields) {
  const asked = fields.filter((f) => !f.when_field)
  const missing = []
  for (const f of asked) {
    const id = `f-${act}-${f.name}`
    const there = await page.locator(`[id="${id}"], [name="${id}"], .act-form .field-input:has(.label:has-text(${JSON.stringify(f.label.zh.replace(/（分）/, ''))})), .act-form label:has-text(${JSON.stringify(f.label.zh)})`).count()
    if (!there) missing.push(f.name)
  }
  return missing
}

async function journey(t) {
  const { acts } = await workflow(t.place)
  const left = new Set(Object.keys(acts).filter((act) => !BESIDE.includes(act)))
  const numbers = await places(t)
  for (const who of WHO) {
    const v = await t.visit()
    await v.as(who)
    for (const number of numbers) {
      const matter = await t.place.api(who, 'GET', `/matters/${number}`).catch(() => null)
      const here = (matter?.allowed_acts ?? []).filter((a) => left.has(a.act))
      if (!here.length) continue
      await openMatter(v, number)
      for (const { act, label } of here) {
        await openAct(v, act, label.zh)
        const missing = await lacking(v.page, act, acts[act].fields)
        t.check(missing.length === 0, `${act} as ${who} on a ${matter.kind} ${matter.status}: no control for ${missing}`)
        t.check(await v.page.locator('.act-form .btn.main').isVisible(), `${act}: nothing to send it with`)
        await v.page.keyboard.press('Escape')
        await v.page.waitForSelector('.act-form', { state: 'detached' })
        left.delete(act)
      }
    }
  }
  // The party has these in the portal; another journey walks them.
  for (const party of ['rate', 'accept_offer', 'decline_offer']) left.delete(party)
  t.same([...left].join(' '), '', 'acts whose form was never seen')
}

/* Menus of a form hang behind the page; the next page must not miss them. */
async function leaving(t) {
  const number = await complaintIn(t)
  const v = await t.visit()
  await v.as('intake')
  await openMatter(v, number)
  await openAct(v, 'assign')
  await v.page.waitForSelector('#f-assign-officer')
  await v.page.click('nav a[href="/desk/matters"]')
  await v.page.waitForFunction(() => document.querySelector('main h1')?.textContent === '诉求')
}

export default { 'every act of the rule pack has its form': journey, 'a page with an open form is left for another': leaving }
