/* Words of what a business sees of the complaints sent to it. */
export default {
  title: '商家答复投诉', lead: '凭市场监管部门发的登录码，看转给您的投诉，直接答复、提出方案。', code: '登录码', code_hint: '例如 1024-ABCD-EFGH-JKMN-PQRS，大小写都行', need: '写上登录码', enter: '进入', entering: '正在进入', wrong: '登录码不对，或者换了新的。再核对一次，还不对就请市场监管部门重新发。',
  leave: '退出', left: '已退出，这台设备上没有留下登录码。', counts: '共转来 {sent} 件，在办 {open} 件，和解 {settled} 件', none: '现在没有转给您的投诉。', due: '{date}前答复', back: '回到列表', failed: '现在读不到。', again: '再试一次',
  person: '消费者', amount: '金额', order: '订单号', product: '商品', bought: '购买日期', wants: '诉求', facts: '发生了什么', offer: '现在的方案', offer_state_open: '等消费者答复', offer_state_accepted: '消费者接受了', offer_state_declined: '消费者没接受', progress: '经过',
  respond: '答复', respond_label: '答复消费者', respond_hint: '消费者看得到。不要写别人的电话、身份证号。', respond_done: '答复已发给消费者。',
  make: '提出方案', terms: '方案', terms_hint: '给什么、怎么给、哪天前办到。消费者接受，就按它和解。', yuan: '金额（元）', remedy: '怎么补救', make_done: '方案已发给消费者，等答复。', money: '写成 200 或 199.50 这样的金额',
  give_back: '退回，不协商了', give_back_label: '为什么退回', give_back_hint: '退回以后，消费者可以转为投诉，由市场监管部门处理。', give_back_done: '已退回。', need_text: '写上内容', send: '提交', sending: '正在提交', cancel: '先不办', changed: '没提交：这件刚有变动，请看新的再定。', closed: '这件已经不能再答复。',
  did: { register: '收到投诉', respond: '您答复了', offer_business: '提出方案', offer_consumer: '消费者提出方案', accept_offer: '消费者接受了方案', decline_offer: '消费者没接受方案', give_back: '您退回了', supplement: '消费者补充了说明', settle: '谈成了', withdraw: '消费者撤回了' },
}
