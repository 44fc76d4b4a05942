/* Words of what one works out for oneself. */
export default {
  title: '自测', none: '没有这项自测。', yuan: '（元）', yes: '是', no: '否', look: '算一算', result: '结果', unknown: '算不出来', all: '自己算一算',
}
