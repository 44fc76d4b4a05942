/* 日历 */
export default {
  nav: '日历', title: '日历', year: '年份', days: '工作日', from: '来源', paper: '放假通知', paper_of: '国务院办公厅 {year} 年通知', provisional: '暂定，通知还没公布', imported: '这里导入', shipped: '随程序', revision: '版本 {revision}', failed: '没取到日历',
  lead: '期限按国务院办公厅每年的放假通知数工作日。还没公布通知的年份，按周末和日期固定的节日暂定，碰到这些年份的期限都标“暂定”。',
  take: '导入放假通知', pick: '选择文件', pick_hint: 'JSON 或 CSV，一份文件一年', reading: '正在看会动哪些期限', not_notice: '这个文件里没有放假通知。JSON 要有 year、papers、holidays；CSV 表头是 year、date、name、is_off_day、paper。', several: '文件里有 {n} 年，一次导入一年。请分开，或者在服务器上用 fangxin calendar import 一次导入。',
  file: '{name}：{year} 年，放假 {off} 天，调休上班 {work} 天', would: '在办期限 {clocks} 个，会动 {moved} 个', would_none: '在办期限 {clocks} 个，都不动', rule: '期限', shift: '怎么动', later: '晚 {n} 天', earlier: '早 {n} 天', same: '截止日不变', n: '个', more: '还有别的，这里没列全。', effect: '导入后：在办的期限都重算，办结的不动', confirm: '导入 {year} 年', other: '换一个文件',
  running: '正在重算', done: '重算完了', progress: '重算到哪里了', at: '已算 {done} 个，共 {total} 个', tally: '动了 {moved} 个', leave: '可以离开这一页。', started: '{at}开始', moved: '动了的期限', number: '编号', old: '原来', fresh: '现在', hidden: '另有 {n} 个不在您能看的范围里，只计数。', none: '没有动的期限。', next: '再看 50 个', read_only: '导入由管理员办理。',
}
