/* Words of ballots and surveys answered with a one-time code. */
export default {
  title: '投票和测评', none: '没有这项投票或测评。可能已经结束，或者地址抄错了。', go: '去投票或回答', more: '看这项活动', slip: '一次性码', slip_hint: '纸条或短信里的 12 位码，用链接打开的已经填好', need_slip: '填一次性码', need: '要填：{what}', need_choice: '要选：{what}', steps: '1 最不满意，5 最满意', nothing: '还没有可选的', send: '提交{what}', before: '还没有开始。', after: '已经截止，不再接收。', closed: '现在不接收。',
}
