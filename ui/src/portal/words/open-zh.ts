/* Words of what is published from registers. */
export default {
  title: '公示名录', lead: '评上的、备案的、被列出的，都在这里。点开看是谁、到哪天为止。', n: '{count} 条', none: '现在没有公示的', more: '再看一些', all: '全部公示名录',
  entry: '公示', number: '编号', body: '公示单位', wrong: '和实际不一样？打 {phone} 告诉我们。', whole: '看“{what}”全部', not_here: '没有这一条。可能已经撤销，或编号抄错了。',
}
