/** Words of businesses and of what stands beside a matter. */
export default {
  biz: {
    nav: '经营者', find: '名称、别名或信用代码', find_label: '查找经营者', recent: '近来有诉求的经营者', results: '找到的经营者', n: '{n} 件', more_than: '{n} 件以上', also: '又名 {names}', by_alias: '别名“{name}”', by_uscc: '代码对上',
    none: '没有找到“{q}”', none_hint: '换个说法，或者登记一个新的。', empty: '还没有经营者', empty_hint: '登记第一个，或从表格导入。', add: '登记经营者', add_named: '登记“{name}”', failed: '没取到', name: '名称', aliases: '别名', aliases_hint: '一行一个', uscc: '统一社会信用代码', address: '地址', division: '区划代码', industry: '行业', status: '经营状态', contact: '联系人', contact_name: '联系人姓名', contact_phone: '联系人电话', contact_hint: '姓名和电话加密保存，看全号要写理由', keep: '不填就不改',
    matters: '诉求', save: '保存', saving: '正在保存', saved: '已保存', amend: '更正', mark: '改经营状态', merge: '并入另一个', reason: '理由', back: '经营者', registered: '{date}登记', unknown: '没写', no_contact: '没有留联系人', see: '看全号', into: '已并入', into_hint: '它的名称和诉求都归到那边。', merged: '并进来的', missing: '没有这个经营者', missing_hint: '可能抄错了地址。',
    facts: '事实', total: '诉求', open: '在办', claimed: '涉及金额', recovered: '已挽回', told: '按时告知', performed: '协议已履行', contacts: '联系经营者', contacts_words: '联系上 {reached} 次，没接 {no_answer} 次，拒绝 {refused} 次', contacts_of: '最近 {n} 件', of: '{den} 件中 {num} 件', yours: '只数您能看到的诉求', by_kind: '种类', by_outcome: '结果', by_month: '每月收到', same_name: '还有 {n} 件是同一个名称、还没有认定', all_matters: '全部 {n} 件',
    disclosure: '公示', disclosed: '已公示 {n} 件', exempt: '不予公示 {n} 件', disclosure_counted: '按{rule}，您能看到的诉求里有 {n} 件在公示口径内，其中 {consented} 件消费者同意公示。', disclosure_never: '不公示：{what}。', disclosure_shows: '公示的是：{what}。',
    history: '办理经过', act_register: '登记', act_amend: '更正', act_mark: '改经营状态', act_merge: '并入', act_absorb: '并进另一个', act_issue_login: '发登录码', act_close_login: '停用登录码',
    login: '登录码', login_on: '在用', login_off: '没有', login_issue: '发登录码', login_again: '换登录码', login_close: '停用', login_new: '新登录码（只显示这一次）', login_hint: '交给经营者：凭码在网页上答复转给它的在线和解。旧码失效。', login_link: '网址', login_closed: '登录码已停用',
    merge_title: '把“{name}”并入另一个', merge_into: '并入哪一个', merge_what: '合并以后：“{name}”的名称、别名和 {n} 件诉求都归到“{into}”，查旧名称会找到“{into}”。不能撤销。', merge_go: '并入', merge_pick: '先选并入哪一个', merge_done: '已并入“{name}”',
    picker_none: '没有找到，接着写就按听到的登记', choose: '选一个经营者', chosen: '已认定', not_it: '不是它', confirm: '认定', is: '认定的经营者', not_confirmed: '还没有认定', other: '找别的', changed: '已认定为“{name}”', cleared: '已去掉认定',
  },
  kin: {
    recognised: '台账上已有记录', title: '同一人和同一经营者', reading: '正在数', person: '同一人', business: '同一经营者', same_name: '同一名称', total: '共 {n} 件，含本件', open: '在办 {n}', by_business: '都是对谁', others: '其他 {n} 件', none_told: '没写经营者', months: '每月', newest: '最近几件', only_this: '只有这一件', alike_of: '相似 {n}%', compare: '是不是重复的', ask: '有相似的诉求，您来判断：', link: '关联', link_with: '和 {number} 关联', as_new: '是新的一件', decided: '{who}{at}判断：{what}', decided_link: '和 {number} 关联', facts_only: '这里只列件数，不作评价。', factors: '可以考虑的情况', factors_note: '只是件数，由您判断；不予受理要写出自己的理由。', factor_which: '看是哪 {n} 件', failed: '没数出来', for_report: '举报不列同一人。', saved: '已记下', will_link: '登记时和 {number} 关联', will_new: '登记时记为新的一件', will_join: '登记时加入群体“{name}”', undo: '重选', join: '加入群体“{name}”', join_short: '加入', ask_group: '对这家经营者有群体投诉，您来判断：', group_of: '群体投诉，已有 {n} 件',
  },
}
