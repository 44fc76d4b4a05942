/** Words of registers and their entries. */
export default {
  reg: {
    nav: '台账', find: '台账名称', found: '{n} 本台账', failed: '没取到台账', failed_one: '没取到这本台账', failed_list: '没取到列表', none_named: '没有叫“{q}”的台账', none_named_hint: '换个说法试试。', none_here: '这里没有您能看的台账', none_here_hint: '台账由规则包带来；要看哪一本，找本单位管理员。', of_all: '在办，共 {n}',
    group_enforcement: '执法检查', group_network: '维权网络', group_honours: '荣誉创建', group_publicity: '宣传教育', group_institutions: '金融与企业', group_office: '内部管理',
    make: '登记{what}', go: '登记', state: '状态', body: '单位', day: '日期', number: '编号', open: '在办', find_entry: '编号、内容', sort: '排列', sort_new_day: '新的在前', sort_day: '旧的在前', sort_due: '期限近的在前', figures: '数字', import: '导入', yes: '是', no: '否', level_late: '超期', level_today: '今天到期', level_soon: '快到期', level_later: '',
    none_state: '这个状态下没有', none_yet: '还没有{what}', others: '一共 {n} 条。', behind: '没做够的', frequency: '哪一项', at_least_month: '每月至少 {n} 次', at_least_quarter: '每季度至少 {n} 次', at_least_half: '每半年至少 {n} 次', at_least_year: '每年至少 {n} 次', place: '对象', done_needed: '做了/要做', missing: '还差', none_behind: '都做够了',
    out_waiting: '{n} 条还没交上去', out_refused: '{n} 条没登记上', out_mend: '改好再交', out_drop: '不要了', out_sending: '正在提交', out_later: '连上网后自动提交一次', out_now: '现在试一次',
    sent_waiting: '网络断了，{what}已存在这台设备上', sent_sending: '正在提交{what}', sent_done: '已登记 {number}', sent_refused: '{what}没登记上', sent_hint: '连上网后自动提交一次，不会重复。可以离开这一页，先别退出登录。', see_it: '看这一条', one_more: '再登记一条', to_list: '回到台账',
    kept_at: '草稿已存 {at}', unkept: '草稿存不下，先别关这一页', kept_hint: '写的随时存成草稿，断网也不丢', from_draft: '接着上次没登记的写。', clear: '清除，重新写', made: '已登记 {number}',
    optional: '选填', fill_later: '可以以后再填的 {n} 项', unit: '单位', person_name: '姓名', person_phone: '电话', person_id_number: '证件号', place_here: '用现在的位置', place_asking: '正在定位', place_drop: '去掉位置', place_denied: '没有允许定位。写上地址就行。', place_failed: '定位没成功。写上地址就行。', period_none: '选期间',
    none_like: '没有找到', find_matter: '编号、商家、事由', find_case: '当事人、案号', find_business: '商家名称', files_later: '登记以后在这一条里加文件。',
    check_met_0: '不符合', check_met_1: '符合', check_found_0: '没有', check_found_1: '有', illegal: '违法项', remark: '备注', remark_on: '“{what}”的备注', check_sum: '得分 {sum}/{most}', check_open: '还有 {n} 项没打分',
    row_n: '第{n}行', add_row: '加一行{what}', rows_max: '最多 {n} 行',
    reason: '为什么改', note_text: '备注', unchanged: '空着就不改', act_register: '登记', act_amend: '更正', act_note: '备注', taken_away: '去掉', done: '{act}已记录。现在是“{state}”。', blocked: '为什么不能做别的', later: '办理结果', computed: '算出来的', links_out: '关联', links_in: '关联到这里的', hidden: '您看不到的一条', print: '打印', public_page: '公示页',
    sentences: '写进总结的话', copy: '复制', copied: '已复制', measures: '数字', what: '项目', balances: '结余', figure_none: '这个数字背后没有记录',
    imp_title: '导入{what}', imp_template: '下载模板', imp_hint: 'XLSX 或 CSV，一行一条。第一行是列名；模板的第二行是字段名，留着就不用对列。', imp_rows_are: '这张表是', imp_rows_new: '新登记的记录', imp_rows_act: '已有记录：{act}', imp_hint_act: 'XLSX 或 CSV，一行办一条。要有一列编号，写已登记的记录；先下载模板，照着填。', imp_done_act: '办完了：{done} 条记录已办，{failed} 行没办', imp_pick: '选文件', imp_about: '{name}：{n} 行', imp_column: '表里的列', imp_becomes: '对到', imp_sample: '头三行', imp_drop: '不要', imp_twice: '{fields} 对了不止一列，只能留一列。', imp_lacks: '必填的还没对上：{fields}', imp_try: '先试一遍', imp_go: '导入 {n} 行', imp_going: '正在导入，{done}/{n} 行', imp_tried: '试过了：{done} 行可以导入，{failed} 行要改', imp_done: '导入完成：登记 {done} 条，{failed} 行没导入', imp_row: '行', imp_result: '结果', imp_ok: '可以', imp_other: '换个文件', imp_see: '看台账', imp_only_bad: '只列出要改的行。改好表再导一次，已登记的不要再导。', imp_empty: '表里没有内容。', imp_stopped: '导到第{n}行断了，后面的还没导。',
  },
}
