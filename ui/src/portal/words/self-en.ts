/* Words of what one works out for oneself. */
export default {
  title: 'Work it out', none: 'There is nothing to work out here.', yuan: ' (yuan)', yes: 'Yes', no: 'No', look: 'Work it out', result: 'Result', unknown: 'Cannot be worked out', all: 'Work it out yourself',
}
