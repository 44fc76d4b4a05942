/* Words of what is published from registers. */
export default {
  title: 'Public lists', lead: 'What has been awarded, filed or listed. Open one to see whose it is and until when it holds.', n: '{count} entry | {count} entries', none: 'Nothing is published now', more: 'Show more', all: 'All public lists',
  entry: 'Public entry', number: 'Number', body: 'Published by', wrong: 'Not as it is? Call {phone} and tell us.', whole: 'See all of “{what}”', not_here: 'There is no such entry. It may have been withdrawn, or the code was copied wrongly.',
}
