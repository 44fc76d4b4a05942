/* 证据 */
export default {
  title: '证据 {n} 份', none: '证据', nothing: '还没有证据。', add: '添加', adding: '正在传 {name}，{n}%', from_party: '当事人', removed: '已删除', removed_by_party: '当事人已删除', because: '：{why}', waiting: '正在查毒', infected: '查出病毒，不能打开', purged: '保存期满，文件已清除', unscanned: '没有查毒',
  not_yours: '您不能看这份', see: '看大图：{name}', nth: '第{n}份，共 {total} 份', previous: '上一份', next: '下一份', remove: '删除', remove_name: '删除{name}', remove_title: '删除这份证据', remove_why: '为什么删除', remove_hint: '页面上不再显示，原件保留到保存期满。', remove_need: '写上为什么删除', keep: '不删',
  original: '下载原件', original_why: '原件带着拍摄时间和地点，看它要选理由，会记下谁、何时、为什么。', save: '下载', failed: '没传上去：{why}', again: '再传一次', unread: '现在打不开，稍后再试', conflict: '这一件刚有变动，已取来新的，再删一次。', unscanned_note: '没有接查毒程序，打开下载的文件要小心。',
  list: '证据清单', list_nth: '序号', list_what: '名称', list_from: '来源', list_at: '时间', list_size: '大小', list_sum: 'SHA-256',
}
