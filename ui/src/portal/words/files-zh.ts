export default {
  title: '照片和文件', lead: '没有也能提交，以后可以补。', none_yet: '还没有加，以后随时可以补。', lead_forget: '刷新或关掉这一页要重新选。', pick: '拍照或选文件', limits: '最多 {max} 份，每份不超过 {size}。能收 JPEG、PNG、WebP、HEIC 照片和 PDF。',
  private: '照片里的拍摄地点和手机型号会去掉，再给承办人看。', photo: '照片', later: '{size}，提交后就传', next: '{size}，排着队', sending: '正在传 {n}%', done: '{size}，已传好', progress: '{name} 传了多少', busy: '现在人多，马上再传', offline: '网络断了，连上就接着传',
  failed_offline: '没传上去，网络断了', large: '这个文件 {size}，超过 {max}。换一个小的，或以后补。', empty: '这个文件是空的', again: '再传一次', drop: '去掉', drop_name: '去掉 {name}', stop: '取消', full: '最多 {max} 份，有 {n} 份没选上。',
  all: '{done} 份都传好了', some: '传好 {done} 份，{bad} 份没传上', handed: '您交的 {n} 份', waiting: '正在查毒', infected: '查出病毒，没有收', see: '看大图：{name}', save: '下载', unread: '现在打不开，稍后再试',
  save_name: '下载 {name}', remove: '删除', remove_name: '删除 {name}', remove_why: '为什么删除', remove_hint: '删除后承办人看不到它。原件封存，保存期满才销毁。', remove_need: '写上为什么删除', remove_button: '删除这份', remove_keep: '不删', removed_done: '已删除 {name}。', remove_changed: '这一件刚有变动，已取来新的，再删一次。',
  on_receipt: '这一页先别关，传好了再走。', add: '补充照片和文件',
}
