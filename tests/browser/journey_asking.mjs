/* The leader's question: tyre complaints since March by branch and whom they wait for; a result by one key. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { complaint } from './place.mjs'
import { DESK } from './visitor.mjs'

const READ = `
import json, sys
try:
    import openpyxl
except ImportError:  # another python3 comes before Debian's
    sys.path.append('/usr/lib/python3/dist-packages')
    import openpyxl
print(json.dumps([list(r) for r in openpyxl.load_workbook(sys.argv[1]).active.iter_rows(values_only=True)], ensure_ascii=False))`

async function question(t) {
  for (let i = 0; i < 3; i += 1) await t.place.file(complaint({ facts: `第${i + 1}条轮胎鼓包，店家不肯换。` }))
  const v = await t.visit({ size: DESK })
  const { page } = v
  await v.as('supervisor')
  await t.place.api('supervisor', 'GET', '/matters?q=%E8%BD%AE%E8%83%8E')
  await page.waitForTimeout(2200) // the index is at most two seconds behind
  await v.go('/desk/ask')
  await page.waitForSelector('.cross')
  await page.fill('.asked input[type="search"]', '轮胎')
  await page.click('.pill:has-text("收到时间")')
  await page.click('.item:has-text("今年")')
  await v.quiet()
  await page.waitForFunction(() => document.querySelector('.body')?.getAttribute('aria-busy') === 'false')
  const total = Number((await page.innerText('.cross tfoot td:last-child')).trim().replace(',', ''))
  t.check(total >= 3, `tyres: ${total}`)
  const cell = page.locator('.cross tbody .hot .figure').first()
  const n = Number((await cell.innerText()).trim())
  await cell.click()
  await page.waitForSelector('.rows, table')
  await v.quiet()
  t.check((await page.innerText('.page-head')).includes(`${n} 件`), 'the list says how many')
  t.same(new URL(page.url()).search, '', 'the address of the list')
  await page.click('text=回到表')
  await page.waitForSelector('.cross')
  t.same(await page.inputValue('.asked input[type="search"]'), '轮胎', 'the words are kept')

  await page.click('text=存为常用')
  await page.fill('#view-name', '轮胎投诉')
  await page.check('.naming input[type="checkbox"]')
  await page.click('.naming .btn.main')
  await page.waitForSelector('.views .entry:has-text("轮胎投诉")')
  const views = await t.place.api('handler', 'GET', '/views')
  t.check(views.items.some((x) => x.name === '轮胎投诉' && x.shared && x.filter.q === '轮胎' && x.and === 'waiting_for'), 'others of the body have the view')

  const [download] = await Promise.all([page.waitForEvent('download'), page.click('text=存成 XLSX')])
  const folder = await mkdtemp(join(tmpdir(), 'fangxin-asked-'))
  await download.saveAs(join(folder, 'count.xlsx'))
  const { stdout } = await promisify(execFile)('python3', ['-c', READ, join(folder, 'count.xlsx')])
  await rm(folder, { recursive: true })
  const rows = JSON.parse(stdout)
  t.same(rows.at(-1).at(-1), total, 'the total in the sheet')
  t.same(rows[0][0], '分局、所（含下级）', 'the head of the sheet')

  const paper = (await page.pdf({ format: 'A4' })).toString('latin1')
  t.same(paper.match(/\/Type\s*\/Page[^s]/g)?.length, 1, 'pages of A4')
  await page.emulateMedia({ media: 'print' })
  t.check((await page.innerText('.body')).includes('“轮胎”'), 'the paper says what was asked')
  t.check(!(await page.innerText('.ask')).includes('存成 XLSX'), 'the paper shows buttons')
}

export default { 'tyre complaints since March by branch and whom they wait for': question }
