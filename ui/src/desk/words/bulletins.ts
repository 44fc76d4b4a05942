export default {
  day: '{y}年{m}月{d}日', title: '通报与总结', lead: '印发以后不再改；要更正就另发一份。', make: '新做一份', form: '种类', body: '单位', period: '期间', reports: '含举报数', reports_hint: '含举报数的通报，只有所长和分管领导能看。',
  from: '从', to: '到', go: '算出来', busy: '正在算数字、记下每个数字背后的诉求', busy_for: '已用 {n} 秒，可以离开这一页', leave: '不做了',
  missing: '还有 {n} 份没印发', due: '{day} 前印发', was_due: '应在 {day} 前印发，已过期', make_it: '做这一份', see_draft: '看草稿', all_missing: '全部 {n} 份',
  none: '还没有通报', none_hint: '选种类、单位和期间，一次算好。', every: '全部', draft: '草稿', issued: '已印发', at: '时间', who: '谁', status: '状态', name: '标题', more: '再看一些',
  frozen: '{at}，冻结在第{n}号记录', made: '拟稿 {who}', signed: '签发 {who}', corrects: '更正：{key}',
  print: '打印 A4', word: 'Word', excel: 'Excel', markdown: 'Markdown',
  changed: '印发后有变动，{n} 个数字和现在不同。', changed_draft: '算好以后有变动，{n} 个数字和现在不同。', changed_hint: '印发稿不改，要更正就发更正通报。', changed_hint_draft: '重新算一次就用现在的数字。',
  printed: '印发时', now: '现在', both: '两个都看', show: '看哪个数', chip: '现 {v}',
  issue: '印发', issuing: '印发后不能再改', refresh: '重新算', discard: '不要这份草稿', correct: '写更正通报', tap: '点任一数字，看背后的诉求',
  added: '多出的 {n} 件', gone: '少掉的 {n} 件', how: '怎么算的', made_of: '由这两个数字得来', entries: '看台账记录', records: '看印发时的 {n} 件', live: '看现在的 {n} 件', since: '{at} {who}{act}', withheld: '另有 {n} 件您不能看', same: '和现在一样',
  num: '分子', den: '分母', close: '关上', table: '表{n}', unit: '（{unit}）', behind: '印发时背后的诉求', not_here: '没有这份通报', not_here_hint: '可能是草稿，或您不能看。', to_list: '回到通报与总结',
}
