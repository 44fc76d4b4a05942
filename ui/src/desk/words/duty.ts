/* 值班和日记 */
export default {
  title: '值班', diary: '日记', month: '{year}年{month}月', previous: '上个月', next: '下个月', gaps: '还有 {n} 处没排好', no_gaps: '这个月都排好了', first_gap: '去第一处', doubled: '双岗', leader: '带班 {who}', nobody: '没有人', print: '打印',
  plan: '排班：{date} {shift}', officers: '谁值班', on_call: '谁带班', none: '先不定', save: '保存排班', close: '关上', failed: '没取到值班表', makeup: '班', handed: '已交接', cell: '{date}，{what}',
  reason: '理由', cover: '顶班', cover_by: '换成谁', cover_who: '谁不能来', cover_save: '记录顶班', swap: '换班', swap_who: '谁要换', swap_with: '和谁换', swap_option: '{date} {shift} {who}', swap_save: '记录换班', swap_none: '这个月后面还没有别的班可换，先排班。', swapped: '已换班，两个班都改好了', hand: '写交接', hand_save: '记录交接', hand_text: '交接什么', saved: '{date} {shift}已排好', covered: '已记录顶班',
  page: '{date}的日记', received: '收到 {n} 件', ended: '办结 {n} 件', nothing_received: '没有收到', nothing_ended: '没有办结', on_duty: '当天值班', entries: '记事', no_entries: '还没有记事。', later: '后补', add: '记一条', add_later: '这一页已经结了，写的会标明是后补。', add_save: '记下', add_need: '写上要记的事', close_page: '结这一页', close_hint: '结了就不再改，以后只能后补。',
  status_none: '没有页', status_begun: '当天', status_open: '没结', status_closed: '已结', pages: '这个月的日记', not_counted: '到第二天自动数好收到和办结。', diary_failed: '没取到日记', page_line: '收 {received}，结 {ended}，记 {entries}',
}
