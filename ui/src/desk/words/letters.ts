/* 文书 */
export default {
  title: '文书 {n} 份', none: '文书', nothing: '还没有出过文书。', make: '出文书', which: '出哪一种', close: '先不出',
  preview: '预览', previewing: '正在排版…', open_preview: '打开预览（PDF）', preview_hint: '看过预览才能发出。预览没有文号，会记下您看过当事人的信息。', changed: '填的内容有改动，再预览一次。',
  issue: '发出', issuing: '正在发出…', issue_hint: '发出后：占用下一个文号，内容不能再改；写错只能作废重出。', issued: '已发出 {number}',
  conflict: '这一件刚有变动，已取来新的，再预览一次。',
  download: '下载', served: '{who} {how} {at}', told: '算作告知', not_served: '还没有送达', making: '正在制作，几秒就好', purged: '保存期满，已经清除', void: '已作废', void_why: '已作废：{why}',
  serve: '记送达', serve_title: '记送达：{number}', party: '送给谁', channel: '怎么送的', at: '什么时候', at_hint: '不填就是现在', recipient: '签收人', proof: '凭据', proof_hint: '邮单号、回执号、通话时间',
  serve_done: '记下送达', serve_effect: '法律规定要告知的，记下送达就算已经告知，期限停在那天。', choose: '选一项',
  void_do: '作废', void_title: '作废 {number}', void_reason: '为什么作废', void_need: '写上为什么作废', void_hint: '文号留着，注明作废，不会再用。', keep: '不作废',
  list_number: '文号', list_form: '文书', list_date: '日期', list_served: '送达', list_sum: 'SHA-256',
}
