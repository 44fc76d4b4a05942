import bulletins from './bulletins'
import business from './business'
import cal from './calendar'
import duty from './duty'
import files from './files'
import cases from './cases'
import letters from './letters'
import groups from './groups'
import orders from './orders'
import registers from './registers'
import ret from './retention'

export default {
  ...business,
  ...cases,
  ...groups,
  cal,
  duty,
  files,
  letters,
  ret,
  bulletin: bulletins,
  ...orders,
  ...registers,
  nav: {
    product: '放心工作台', label: '工作台', open: '打开菜单', skip: '跳到正文', queue: '待办', intake: '登记', look: '查', all: '诉求', businesses: '经营者', count: '统计', dashboard: '看板', figures: '数字', bulletins: '通报与总结', import: '导入', access: '查阅记录',
    nowhere: '没有这一页', nowhere_hint: '地址可能写错了，或这一页已经不在。', to_queue: '去待办',
  },
  role: { intake: '登记员', handler: '调解员', supervisor: '所长', leader: '分管领导', auditor: '审计员', admin: '管理员', security: '安全员' },
  party: { consumer: '消费者', business: '商家', reporter: '举报人', respondent: '商家', proxy: '代办人', division: '所在区域：{place}' },
  signin: {
    title: '登录', name: '账号', password: '密码', go: '登录', busy: '正在登录', help: '忘了密码，找本单位管理员重设。', demo: '这是示例数据，人名、电话和商家都是编的。',
    ended: '登录到时间了', ended_hint: '您写的还在这一页。再登录一次就能接着办。',
  },
  set: {
    title: '设置', scheme: '配色', light: '浅色', dark: '深色', system: '随系统', single: '用单个字母当快捷键', single_hint: '只在输入框外面有效。', password: '改密码', old: '现在的密码', new: '新密码，至少 8 位',
    change: '改密码', changed: '密码改好了', leave: '退出登录',
  },
  keys: {
    all: '全部快捷键', move: '上下移动', open: '打开', why: '看期限理由', select: '选中，Shift 连选', accept: '受理', tell: '记录告知', assign: '分派', off: '单个字母的快捷键已在设置里关掉。',
    at_everywhere: '哪里都能用', at_list: '列表', at_matter: '诉求页', at_intake: '登记', at_acts: '办理（允许时才有）',
    search: '查找', register: '登记', close: '关上最上面一层', main: '办主要动作', draft: '存草稿', down: '下一件', up: '上一件', refresh: '刷新', next_matter: '列表里下一件', previous_matter: '列表里上一件',
    next_clock: '下一个期限', evidence: '看证据', kind_1: '投诉', kind_2: '举报', kind_3: '咨询', missing: '跳到缺的项', beside: '去右边，再按回来',
  },
  list: {
    whose: '看谁的', mine: '我承办的', search: '查找诉求', search_for: '编号、商家、电话、事由', register: '登记来电', filters: '筛选', levels: '按期限看', every: '全部',
    level_late: '超期', level_today: '今天到期', level_soon: '2 个工作日内', level_later: '更晚', level_paused: '暂停计时',
    short_late: '超期', short_today: '今天', short_soon: '2 日内', short_later: '更晚', short_paused: '暂停',
    group_late: '超期', group_today: '今天到期', group_soon: '2 个工作日内到期', group_later: '更晚', group_paused: '暂停计时', group_none: '没有在走的期限',
    late_first: '先处理', n: '{n} 件', fresh: '{time} 更新，每 5 秒看一次', stale: '{time} 的内容，连不上',
    by_kind: '种类', by_waiting_for: '等谁', by_officer: '承办人', by_category: '类别', by_channel: '来源', by_themes: '专题', first: '先办：{theme}', by_status: '状态', by_body: '单位',
    wait_unit: '本单位', wait_officer: '承办人', wait_consumer: '消费者', wait_business: '商家', wait_tester: '检测机构', wait_leader: '领导', wait_second: '复核人', wait_mediator: '受托组织', waiting: '等{who}',
    received: '收到时间', received_today: '今天', received_week: '近 7 天', received_month: '本月', received_year: '今年', from: '从', to: '到', clear: '去掉筛选：{what}', clear_all: '去掉全部条件',
    find: '找', find_in: '在{what}里找', no_choice: '没有对得上的', order_due: '按最近的期限排列', order_received: '按收到时间排列，新的在前',
    head_due: '最近的期限和理由', head_matter: '诉求', head_state: '状态，等谁', head_officer: '承办', head_source: '，来源', report_row: '举报', no_officer: '还没分派', no_clock: '没有在走的期限', received_on: '{date}收到', group_of: '群体 {n} 人',
    changed_row: '有变动', changed: '{n} 件有变动，', refresh: '刷新', announce: '超期 {late} 件，今天到期 {today} 件', all_clocks: '全部期限',
    failed: '没取到', failed_kept: '连不上，下面是 {time} 的内容', none: '都办完了', none_late: '没有超期的', none_today: '今天到期的都办完了', none_soon: '2 个工作日内没有到期的', none_later: '没有更晚的', none_paused: '没有暂停计时的',
    none_found: '没有找到“{q}”', none_at_all: '还没有诉求', none_match: '没有符合条件的', none_hint: '换个说法，或去掉几个条件。', others: '还有 {n} 件在办。', see_all: '看全部', more: '再看 50 件，还有 {n} 件', loading_more: '正在取',
    not_now: '{number} 现在不能{act}。', not_now_why: '{number} 现在不能{act}：{why}',
  },
  procedure: {
    paused: '{why}：{from} 起暂停，{to} 恢复', pausing: '{why}：{from} 起暂停，还没恢复', pause_out: '{n} 天不计期限', pause_stands: '期限不走', pause_runs: '期限照走',
    title: '办理程序', proposed: '等另一位同事复核：不予受理（{ground}）', proposed_by: '{who} {at} 提出。', own: '是您提出的，您不能自己复核。', others: '同意就作出决定，不同意就退回重办。',
    confirmed: '不予受理由 {first} 提出，{by} {at} 复核同意', asked: '要求 {date} 前提供{what}', checked: '核验结果：{result}', consent: '{who}{answer}：{what}',
    entrusted: '{at} 起委托{who}调解，不得再委托', recused: '{who} 已回避', disclosed: '{who} {at} 审核同意公示', exempt: '{who} {at} 定为不予公示', handed: '{at} 移送{who}', major: '{at} 认定为重大投诉', people: '{n} 人', reward_possible: '案件已经办结，罚没款 {imposed}；可以提出举报奖励', reward_level: '{level} 级 {amount}', reward_level_finance: '{level} 级 {amount}（先商财政部门）', reward_insider: '内部知情人', reward_base: '按等级算是 {base}', reward_proposed: '{at} {who}提出举报奖励 {amount}（{level} 级），等负责人审批', reward_approved: '{at} {who}批准举报奖励 {amount}，还没通知举报人', reward_refused: '{at} {who}不批准举报奖励 {amount}', reward_told: '{on}通知举报人领取奖励 {amount}，{until}前领取', reward_paid: '{paid}发放举报奖励 {amount}', reward_lapsed: '举报奖励 {amount} 到 {until} 没有领取，视为放弃', subject_due: '到 {date}', competent: '管辖（{row}）：{who}。{basis}', rules: '两套规则', governs: '现在适用', chosen: '{who} {at} 改定适用的规则', proxy_unshown: '委托书原件和代理人身份证明还没看过', proxy: '代理人的委托手续：{result}', proxy_until: '委托到 {date}', proxy_over: '委托 {date} 已经到期', power: '{at} 和{who}有管辖争议', referred: '{at} 报请{who}指定', designated: '{who} {at} 指定管辖', longer_asked: '{who} {at} 申请延长期限', longer_granted: '{who} {at} 批准延长期限', longer_refused: '{who} {at} 没批准延长期限', longer_told: '{at} 告知投诉人', wd: '{n} 个工作日，{due}', nd: '{n} 天，{due}', contact: '联系{who}：{result}',
  },
  matter: {
    back: '回列表', hold: '正在保留，到期不清除：{why}（{who} {at}）', place: '第{n}件，共 {total} 件', copy: '复制链接', copied: '已复制', print: '打印案卷', secret: '举报，内容保密', report_title: '举报 {number}', state: '状态', clocks: '期限', no_clocks: '没有在走的期限',
    disputed: '争议 {sum}', recovered: '已挽回 {sum}', handled_by: '承办', first: '首问 {who}', received: '{at} 收到', closed_at: '{at} 结束', acts: '现在能办的', more: '更多 {n} 个', no_acts: '现在没有您能办的事。', why_not: '为什么不能做别的', nobody: '没有要等的',
    timeline: '经过', only: '只看', only_contact: '联系', only_decision: '决定', only_clock: '期限', newest: '最新在前', oldest: '最早在前', late_recorded: '{at}发生，{on}补记',
    case_file: '案卷', told: '说了什么', whole: '看全文', less: '收起', offer: '{who}提的方案，等对方答复', offer_due: '{date}前答复', beside: '期限、当事人和关联', reading: '正在取期限的算法', pack: '规则包“{name}”第{revision}版', target: '内部目标 {date}', target_over: '内部目标 {date}，已过', governs: '按{instrument}办：适用于{from}至{to}收到的诉求',
    parties: '当事人', anonymous: '匿名', links: '关联', old_clocks: '以前的期限', source: '导入时的原样', suggested: '建议由{body}承办：{why}', new_pin: '新的查询码，只显示这一次', new_pin_hint: '念给来电人记下。旧的查询码已经作废，别告诉商家。', pin_told: '已经告诉他了',
    missing: '没有 {number} 这一件', missing_hint: '编号可能抄错了，或这一件您不能看。', failed: '没取到这一件', pieces: '{n} 件', unit_price: '单价 {amount}', external_due: '限 {date}', people: '{n} 人', paid_by: '{date}前付', score: '{n} 分',
    f_demands: '诉求', f_product: '商品', f_purchase: '购买', f_external: '外来编号', f_flags: '特别', f_heads: '人数', f_themes: '主题', f_violation: '违法类型', f_outcome: '结果', f_settlement: '协议', f_rating: '评价', f_late: '补登理由', earlier: '按旧规定收到，旧规则包还没装', not_now: '现在不能办',
  },
  act: {
    must: '必填', day: '年-月-日', now: '现在', now_default: '默认现在', at: '什么时候发生的', earlier: '不是刚才发生的？写上时间', busy: '正在记录', recorded: '记为 {date} {time}', choose_one: '选一个', nobody_yet: '先不定', body_first: '先选单位', has_open: '在办 {n} 件',
    fill: '写上{what}', choose: '选一个', tick: '勾上“{what}”才能记录', money: '写数字，例如 2000', number: '写整数', decimal: '写数字，例如 12.5', unit: '选上单位', person: '写上姓名', not_found: '从列出的里选一个', remedy_kind: '选上补偿方式', amend_which: '选要改的一项', amend_n: '要改的第{n}项', amend_hint: '只改选中的，其余照旧。', amend_more: '再改一项', amend_empty: '写上改成什么', remedy: '补偿方式', amount: '金额', paid_by: '哪天前付', payer: '谁给付', add_remedy: '再加一项', remove: '去掉', remove_n: '去掉第{n}项',
    faults: '有 {n} 处要改', conflict_by: '没保存：{who} {at} 先改了这件。您写的还在。', conflict_now: '现在是“{status}”，看过再保存。', see_change: '看新的再办', gone: '这一件变了，现在不能{act}。您写的先留着。', done: '{act}已记录。现在是“{status}”，{waiting}。',
  },
  record: { act_on: '{act} {n} 件', cancel: '不办了', going: '正在办：{done} 件办好，{failed} 件没办成，共 {n} 件', stale: '没记上：别人先改了这件。您写的还在。' },
  reveal: {
    title: '看 {name} 的号码', why: '为什么要看', call_back: '回电联系', identity: '核对身份', letter: '制作文书', other: '其他，写明', text: '写明原因', write: '写明为什么要看', kept: '会记下：{who}，{date} {time}，{why}。号码显示 60 秒。',
    show: '显示号码', see: '看全号', left: '还显示 {n} 秒', hide: '收起', hint: '看全号要选理由，会记下谁、何时、为什么。',
  },
  intake: {
    kind: '种类', saved: '草稿 {at} 已存', received_at: '收到 {at}', beside: '旁边的资料', beside_short: '资料', known_n: '台账上有 {n} 条对得上，看怎么答', phone: '手机', name: '姓名', address: '通讯地址', id_number: '证件号', gender: '性别', anonymous: '匿名举报', special: '特别情况', flag_elderly: '老年人', flag_injury: '受伤', flag_minor: '未成年', flag_disabled: '残疾人', flag_safety: '有安全隐患', flag_mass: '群体性', model: '型号', quantity: '数量', unit_price: '单价', imported: '进口商品',
    business: '商家', business_address: '商家地址', division: '商家所在街道', division_by_address: '照地址认', uscc: '统一社会信用代码', business_phone: '商家电话', bought: '哪天买的', how: '怎么买的', shop: '门店', online: '网上', platform: '平台', order_no: '订单号', product: '商品或服务', brand: '品牌', amount: '花了多少', facts: '经过', report_facts: '举报内容',
    demands: '诉求', demand_text: '其他诉求', category: '类别', problem: '问题', violation: '违法类型', body: '分派', answer: '答复', external_system: '外来系统', external_number: '外来编号', heads: '涉及人数', themes: '主题', disclosure: '同意公示处理结果', entrusted: '同意委托调解', proxy_name: '代办人姓名', proxy_phone: '代办人手机', proxy_relation: '代办人关系',
    also: '同时举报，另立一件', also_facts: '举报内容', also_violation: '违法类型', channel: '来源', received: '收到时间', late_reason: '补登理由', late_hint: '早于昨天要写', question: '问什么', answer_hint: '写了就一起办结', to_ask: '待问',
    address_hint: '可以先登记，受理前要补上', ask_phone: '“您的手机号是多少？”', ask_name: '“怎么称呼您？”', ask_address: '“文书寄到哪里？”', ask_id: '“证件号是多少？”', ask_business: '“是哪一家？”', peek: '显示或遮住{what}',
    suggested: '建议', body_hint: '写上商家地址就有建议', body_later: '登记后再分派', rest: '更多', rest_hint: '来源、代办人、外来编号、品牌、同时举报', report_secret: '您的身份和内容只有承办人、他的所长和登记人看得到，商家看不到。',
    clock_wd: '登记后开始计时：{label} {n} 个工作日。具体哪天，登记后显示。', clock_nd: '登记后开始计时：{label} {n} 日（自然日）。具体哪天，登记后显示。', lacks: '还差 {n} 项：', ready: '都问到了', key_next: '下一项', key_missing: '跳到缺的项', clear: '清除草稿', save: '存草稿', busy: '正在登记',
    go: '登记', go_assign: '登记并分派', go_enquiry: '登记咨询', go_answer: '登记并答复',
    same_business: '同一商家', same_person: '同一人', alike: '说法相近', business_counts: '谈成 {settled} 件，在办 {open} 件', likeness: '像 {n}%', beside_empty: '同一人、同一商家', beside_hint: '写上手机或商家，这里显示他们最近的诉求。', beside_none: '没有同一人或同一商家的诉求。', hints_failed: '现在取不到，不影响登记。',
    say_so: '可以这样答', say_complaint_1: '7 个工作日内告诉您受理还是不受理。', say_complaint_2: '受理后 60 天内调解，检测的时间不算。', say_complaint_3: '请留好小票、合同和聊天记录，记下查询码。', say_report_1: '15 个工作日内核查，决定是否立案。', say_report_2: '您的身份只给核查的人看，商家看不到。',
    say_report_3: '想起新线索，用编号和查询码补充。', say_enquiry_1: '先说结论，再说依据。', say_enquiry_2: '要投诉的，按 Alt 1 改成投诉，写的都在。', say_enquiry_3: '不归这里管的，告诉他该找谁。',
    done: '{kind}已登记', done_answered: '咨询已登记并答复', done_title: '已登记 {number}', number: '编号', pin: '查询码', also_number: '举报编号', also_pin: '举报查询码', pin_hint: '念给来电人记下：凭编号和查询码查进度，别告诉商家。离开这一页就不再显示。', again: '登记下一件', see: '看这一件',
  },
  fig: {
    title: '数字背后的诉求', of: '{den} 件中 {num} 件', points: ' 个百分点', same: '一样', more: '多 {n}', fewer: '少 {n}', against: '{period} {value}，{change}', month: '{y}年{m}月', quarter: '{y}年第{q}季度', half1: '{y}年上半年', half2: '{y}年下半年', year: '{y}年',
    of_more: '{value}（{of}）', scope: '范围', subtree: '含下级单位', own: '只算本单位', against_pick: '和谁比', prev: '比上期', lastyear: '比去年同期', no_against: '不比', period: '时间', from: '从', to: '到', custom: '自选日期', body: '单位', by: '按什么分', indicator: '指标', value: '数', change: '变化', change_to: '比 {period}', parts: '{label}，按{by}分', part_key: '哪一部分', share: '占比', total: '合计', overlap: '有的诉求分到不止一项，各项加起来比合计多 {n} {unit}。', mean_of: '{den} 件共 {num} {unit}', rate_note: '各项的率按各自的分母算，不能相加。', no_reports: '不含举报', definition: '怎么算的', failed: '数字没取到', none_here: '这段时间没有', choose: '选一个指标，看它由哪些部分组成', read: '第{n}号记录时', cell_of: '其中{by}：{key}', cut: '截至 {at}', seen: '到第{n}号记录为止', open_n: '{what} {n}，看是哪些',
    dim: { branch: '下级单位', body: '承办单位', body_class: '单位层级', officer: '承办人', kind: '种类', channel: '来源', sector: '商品或服务', category: '类别', problem: '问题', district: '区域', theme: '专题', business: '经营者', outcome: '结果', ground: '理由', told: '是否按期告知', settled_at: '在哪一级化解', remedy: '补偿方式', payer: '谁给付', rating: '评分', status: '状态', month: '月份', day: '日期' },
    where: '{body}，{period}，第{n}号记录时', part: '看哪一部分', num: '符合的 {n} 件', den: '全部 {n} 件', none: '0 件', none_hint: '这个数字背后没有诉求。',
  },
  dash: {
    body: '单位', period: '时间', as_of: '截至 {at}，第{n}号记录', failed: '看板没取到', now: '现在要管', now_late: '超期', now_today: '今天到期', now_soon: '2 个工作日内到期', now_waiting_leader: '等领导批', now_unassigned: '还没分派', open_n: '{what} {n} 件，看是哪些', figures: '五个数字',
    by_day: '每天收到和办结', by_month: '每月收到和办结', received: '收到 {n}', ended_n: '办结 {n}', off: '休息日', off_yes: '休息', table: '看表格', chart: '看图', day: '日期', month: '月份', n: '件数', in: '收到', ended: '办结', nothing: '这段时间没有数据', m: '{m}月',
    day_label: '每天收到和办结，收到 {total} 件，最多是{date} {n} 件，办结 {ended} 件', month_label: '每月收到和办结，最多是{month}收到 {n} 件', peak: '{date} {n} 件', open: '没办结的，到没到期', open_now: '现在，{n} 件', open_late: '超期', open_today: '今天', open_soon: '2 日内', open_later: '更晚', open_paused: '暂停', unit: '单位', by_category: '收到最多的类别', rest: '其他 {n} 类', no_category: '还没分类', tick: '{period}，竖线是{against}',
  },
  imp: {
    step_1: '选文件', step_2: '对列', step_3: '结果', failed: '没办成', pick: '把文件拖到这里，或从电脑里选', pick_hint: 'CSV 或 JSONL，不超过 64 MB，UTF-8 或 GB18030 都认。', choose: '选文件', reading: '正在读 {name}', too_big: '这个文件 {size}，超过 64 MB。拆成几个再导。',
    about: '约 {n} 行，{cols} 列，{encoding}', kind: '都是哪一种', kind_hint: '有一列写了种类的，以那一列为准。', columns: '列怎么对', column: '列名', becomes: '对到', becomes_of: '{column} 对到', row_n: '第{n}行', source: '原样留在诉求页', drop: '不要', fields: '诉求的内容', twice: '{fields} 对了不止一列，只能留一列。', unmapped: '还有 {n} 列没定，会原样留着。',
    start: '导入约 {n} 行', starting: '正在开始', other: '换个文件', state_running: '正在导入', state_done: '导入完成', state_failed: '导入中断', state_cancelled: '已停下', state_paused: '已暂停', title_paused: '导入已暂停', title_done: '导入完成', title_failed: '导入中断', title_cancelled: '导入已停下', at_row: '第{done}行，共 {rows} 行', progress: '导入进度', percent: '已导入 {n}%',
    tally: '新增 {added}，重复跳过 {skipped}，', unread: '读不懂 {n}', leave: '可以离开这一页。', left_s: '还要约 {n} 秒，', left_m: '还要约 {n} 分钟，', unmatched: '没认出来的类别', unmatched_hint: '这些诉求已经导入，类别先空着，原来的写法留在诉求页。', value: '原来的写法', errors: '没导入的 {n} 行', row: '行', field: '列', reason: '原因', stop: '停下，不再导', stopping: '正在停下', pause: '暂停', pausing: '正在暂停', resume: '接着导', give_up: '不导了', later: '以后再说', open: '打开', unended: '没导完的', unended_one: '{at} 开始，导成{what}', paused_hint: '已经导进来的都在。三十天里随时可以接着导，换一台电脑也行。', dropped: '没有要的列：{list}', lost: '文件里没有的列：{list}', kept_map: '认出了这种表（{name}），按现成的对法导入；改任何一列就按您改的导。', first_errors: '只列出前 {n} 行。改好后把整个文件再导一次，已导入的会跳过。', next: '再导一个文件', see: '看诉求',
    f: {
      business_name: '经营者名称', business_aliases: '别名', business_uscc: '经营者信用代码', business_address: '经营者地址', business_division: '经营者区划', business_industry: '行业', business_status: '经营状态', business_contact_name: '联系人', business_contact_phone: '联系电话',
      key: '编号，用来认重复', title: '标题', facts: '经过', demands: '诉求（代码）', themes: '主题', anonymous: '匿名', heads: '人数', consumer_id_type: '证件种类', consumer_id_number: '证件号', consumer_gender: '性别', consumer_age_band: '年龄段', proxy_name: '代办人', proxy_phone: '代办人手机', proxy_relation: '代办人关系', proxy_authority: '代办授权', product_model: '型号', product_quantity: '数量', product_unit_price_fen: '单价（分）', product_imported: '是否进口', purchase_online: '是否网购', external_due: '外来期限', consents_disclosure: '同意公示处理结果', consents_entrusted: '同意委托调解', flags_injury: '受伤', flags_elderly: '老年人', flags_minor: '未成年', flags_disabled: '残疾人', flags_safety: '有安全隐患', flags_mass: '群体性', outcome: '结果', ground: '依据的哪一项', ended_at: '办结时间', recovered_fen: '挽回（分）', recovered_yuan: '挽回（元）', rating: '评分', received_at: '收到时间', kind: '种类', channel: '来源', external_system: '外来系统', external_number: '外来编号', consumer_name: '消费者姓名', consumer_phone: '消费者手机', consumer_address: '消费者地址', respondent_name: '商家', respondent_address: '商家地址', respondent_uscc: '商家信用代码', respondent_phone: '商家电话', respondent_division: '商家区划',
      category: '类别', problem: '问题', violation: '违法类型', amount_fen: '金额（分）', amount_yuan: '金额（元）', demand_text: '诉求', product_name: '商品', product_brand: '品牌', purchase_date: '购买日期', purchase_platform: '平台', purchase_order_no: '订单号', status: '状态', answer: '答复', answered_at: '答复时间', body: '单位',
    },
  },
  access: { lead: '每次看诉求、看台账记录和照片、看号码都会留一条。这里只能看，不能改。', find: '查', at: '时间', officer: '谁', what: '做了什么', reason: '理由', none: '还没有记录', none_for: '没有人看过 {number}', read: '看内容', reveal: '看全号', list: '看列表', events: '看经过', export: '导出', search: '查找', file: '看证据', thumb: '看证据小图', original: '看证据原件', files: '看证据清单', letters: '看文书清单', preview: '预览文书', issue: '出文书', letter: '看文书', related: '看同一人和同一经营者', timeline: '看经过', deadline: '看期限', slips: '下载一次性码' },
}
