/* Words of asking and of return visits. */
export default {
  ask: {
    nav: '询问', title: '询问', lead: '按两列数一数，点数字看是哪几件。', words: '内容里的词、编号、电话', by: '按', and: '再按', nothing: '不再分', swap: '两列对调', asking: '正在数', none: '没有符合条件的', none_hint: '换个说法，或去掉几个条件。',
    total: '合计', overlap: '一件可以有几个专题，所以各格相加会多于合计；合计里一件只算一次。', as_of: '{time} 的数，共 {n} 件', failed: '没数出来', csv: '存成 CSV', xlsx: '存成 XLSX', print: '打印', saving: '正在存', no_export: '您的岗位不能导出，可以打印。',
    save: '存为常用', save_name: '名称', save_shared: '本单位共用', save_go: '存下', save_again: '改存这一个', saved: '已存为“{name}”', views: '常用', none_saved: '存下的会列在这里', remove: '删掉“{name}”', removed: '已删掉“{name}”', by_owner: '{owner}存的', shared: '共用',
    rows_of: '按{by}', table: '按{by}和{and}数的件数', list: '点数字看到的诉求', back: '回到表', cell: '{row}，{column}：{n} 件', of: '{n} 件', filters: '条件：{list}', all: '全部诉求', printed: '{who} {time} 打印', cells: '{row}{column}', by_themes: '专题', by_problem: '问题', by_outcome: '结果', by_due: '期限', nobody: '没有人', not_given: '未填',
    col: { branch: '分局、所（含下级）', body: '单位', officer: '承办人', status: '状态', waiting_for: '等谁', kind: '种类', channel: '来源', sector: '商品或服务', category: '类别', problem: '问题', themes: '专题', outcome: '结果', business: '商家', month: '收到的月份', day: '收到的日期', due: '期限' },
    due: { open: '在办', late: '超期', today: '今天到期', soon: '2 个工作日内', later: '更晚', paused: '暂停计时', ended: '已办结' },
  },
  visits: {
    nav: '回访', title: '回访', lead: '每个工作日从已办结的投诉里随机抽，打电话问一问。', waiting: '待回访', mine: '等我答复', all: '全部', none_waiting: '没有要回访的', none_mine: '没有等您答复的意见', none_all: '还没有抽过', none_hint: '工作日早上会自动抽取。', drawn: '{date} 抽到', tried: '没人接 {n} 次',
    phone: '看电话', until: '{s} 秒后收起', result: '结果', score: '满意度', scores: { s1: '很不满意', s2: '不满意', s3: '一般', s4: '满意', s5: '很满意' }, reached: '联系上了', reached_only: '联系上了，没打分', no_answer: '没人接', refused: '不愿谈', opinion: '意见（交给承办人答复）', remark: '备注', recorded: '{number} 已记录：{result}',
    status: { waiting: '待回访', reached: '联系上了', refused: '不愿谈', no_answer: '没联系上', opinion: '意见待答复', answered: '意见已答复', dropped: '不再回访' }, answer: '答复', answer_go: '记录答复', answer_due: '{date}前答复', answered: '已答复', opinion_was: '意见', drop: '不再回访', drop_why: '这件已经归档或者重开，不能再回访。',
    rates: '回访率', rates_of: '{period}，按抽取的日子算', body: '单位', visited: '回访', reach: '联系上', satisfied: '满意', answers: '意见答复', satisfied_from: '满意：打 {n} 分以上', period: '时间', rates_none: '这段时间没有抽过', failed: '没取到', keys: '打分', key_no: '没人接', key_refused: '不愿谈',
  },
}
