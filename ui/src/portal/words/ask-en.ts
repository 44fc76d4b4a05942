/* Words of ballots and surveys answered with a one-time code. */
export default {
  title: 'Votes and surveys', none: 'There is no such vote or survey. It may be over, or the address was copied wrongly.', go: 'Vote or answer', more: 'About it', slip: 'One-time code', slip_hint: 'The 12 signs on your slip or in the message; a link fills it in', need_slip: 'Enter the one-time code', need: '{what} is needed', need_choice: 'Choose: {what}', steps: '1 least satisfied, 5 most', nothing: 'Nothing to choose yet', send: 'Send: {what}', before: 'It has not begun yet.', after: 'It is over; nothing is taken any more.', closed: 'Nothing is taken now.',
}
