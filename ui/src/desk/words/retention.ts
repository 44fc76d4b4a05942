/* 保存期限 */
export default {
  nav: '保存期限', title: '保存期限', failed: '没取到到期的诉求',
  lead: '办结满了年限的诉求，每天自动清除：先是当事人信息、证据和热线工单的来电人、内容，再是文字和文书。编号、日期、处理结果、商家名称和统计数字都留着。打官司、复议要用的，先保留。',
  none: '没有设置年限，全部长期保存。', none_hint: '年限由管理员在服务器上设，例如 10 年后清除，文书留 30 年：',
  terms: '年限', rule: '规则', years: '当事人信息和证据', papers: '文字和文书', n_years: '{n} 年', forever: '长期', over: '到期', more: '{n} 件以上', some: '{n} 件',
  on: '看到哪一天', list: '到期的诉求', number: '编号', kind: '种类', ended: '从哪天起算', until: '保存到', goes: '清除什么', held: '已保留，不清除',
  persons: '当事人 {n} 人', files: '证据 {n} 份', texts: '文字 {n} 处', letters: '文书 {n} 份', orders: '热线工单 {n} 张', visits: '回访 {n} 次', empty: '到 {date}，没有到期的诉求。', hidden: '另有 {n} 件不在您能看的范围里，只计数。', next: '再看 50 件',
  keep: '保留', holds: '保留', hold_lead: '保留的诉求到期也不清除，直到解除。', hold_number: '编号', reason: '理由', reason_hint: '例如：涉诉，等判决', put: '保留这一件', need: '写上编号和理由', lift: '解除', lift_title: '解除保留：{number}', lift_reason: '为什么解除', lift_need: '写上为什么解除', lift_hint: '解除后，到期的下一次自动清除。', not: '不解除',
  tab_on: '正在保留', tab_lifted: '已解除', none_on: '没有保留的诉求。', none_lifted: '没有解除过的保留。', who: '{who} {at}', lifted: '{who} {at}解除：{why}', done_put: '已保留 {number}', done_lift: '已解除 {number}', holds_failed: '没取到保留的诉求',
}
