/** Words of many at once and of groups. */
export default {
  many: {
    selected: '已选 {n} 件', select: '选中 {what}', select_all: '全选这一页', more: '更多', why_not: '{n} 件为什么不能{act}', do: '{act}：{n} 件', go: '{act} {n} 件', group: '合成群体', result: '一次办多件的结果', progress: '办到哪里了',
    running: '{act}：第{at}件，共 {of} 件', some: '{act}：{done} 件办好，{failed} 件没办成', all: '{act}：{done} 件都办好了', failed_so_far: '{n} 件没办成。', left: '还要约 {n} 秒，', leave: '可以离开这一页。', stop: '停在这里', again: '重办 {n} 件', look: '看新的再办',
  },
  group: {
    nav: '群体', title: '群体', back: '群体', members: '成员', persons: '人数', amount: '涉及金额', recovered: '已挽回', settled: '达成协议', next_due: '最近的期限', open: '在办', late: '超期', leader: '负责人', no_leader: '还没定', made: '{date}成立', found: '{date}发现',
    st_proposed: '线索，等确认', st_open: '办理中', st_decided: '已决定', st_closed: '已结束', st_dismissed: '不成立', every: '全部', more: '再看一些', sums: '成立的 {groups} 个群体，{members} 件，{persons} 人，涉及 {amount}，挽回 {recovered}', none: '没有群体', none_hint: '同一商家的投诉相像又集中，会在这里列出线索；也可以在待办里选中几件，合成群体。', failed: '没取到', missing: '没有这个群体', missing_hint: '可能抄错了地址，或者您不能看。', n: '{n} 件',
    why: '为什么提出来', why_words: '{from}到{to}收到 {n} 件，都对“{business}”，说的事相像（每件至少和另一件相像 {like}%）。满 {least} 件、{days} 天以内就提出来。', candidates: '线索里的投诉', suggested: '后来又有 {n} 件相像的', add: '把这 {n} 件加进来',
    confirm: '确认为群体', dismiss: '不是群体', reason: '理由', name: '名称', confirm_effect: '确认后：这 {n} 件加入群体，期限仍各算各的', dismiss_effect: '记下理由；同样这些不再提出',
    lead: '定负责人', represent: '定代表人', represent_hint: '书面推选，最多 {n} 人', paper: '推选书', paper_hint: '原件在哪里，几个人签的名', signed_on: '哪天签的', change_agreed: '换代表人，被代表的人都同意', mandate: '代表人的推选书', no_mandate: '还没登记，登记以后才能作决定', represented: '代表人 {names}', meet: '约一次调解', meet_effect: '记录后：{n} 件都通知同一个时间、地点', at: '时间', place: '地点', mode: '方式', meeting: '调解', no_meeting: '还没约', decide: '作决定', decide_effect: '记录后：决定逐件生效，每件一个结果', decision: '决定', no_decision: '还没决定', form: '形式', terms: '协议内容', remedy: '怎么补救', paid_by: '哪天前付', ground: '理由', own: '各自的金额', agreed: '本人同意', all_agreed: '都同意了', by_amount: '按涉及金额填', close: '结束', note: '备注', text: '内容', history: '经过', save: '记录', total: '合计',
    ev_propose: '发现线索', ev_grow: '线索多了', ev_suggest: '又有相像的', ev_make: '成立', ev_confirm: '确认', ev_dismiss: '不成立', ev_lead: '定负责人', ev_rename: '改名', ev_represent: '定代表人', ev_meet: '约调解', ev_decide: '作决定', ev_close: '结束', ev_note: '备注', ev_join: '加入', ev_leave: '退出', ev_n: '{n} 件', ev_major: '达到重大投诉的人数', alert_major: '重大投诉：{title} 已有 {n} 人', major: '重大投诉：{at}起已有 {n} 人，每件都已认定。请核实是不是当面提出，按应急预案处置，并向监管部门报告。', alert: '群体线索：{business} {n} 件，等您确认', alerts: '{n} 个群体线索等确认', pick: '选一个群体', only_members: '只看这个群体',
  },
}
