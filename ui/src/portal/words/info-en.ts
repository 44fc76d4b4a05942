import type { Info } from '../info'

// {phone} stands for the telephone number of the settings.
const info: Info = {
  basis: {
    title: 'The rules we work by',
    lead: 'Complaints and reports follow the Measures for Handling Market Regulation Complaints and Reports, in force from 15 April 2026. These articles concern you.',
    rows: [
      ['Article 10', 'A complaint needs your real name, telephone and address, the name and address of the business, a clear demand and what happened.'],
      ['Article 11', 'Someone may act for you with a letter of authority and proof of who they are.'],
      ['Article 15', 'Within 7 working days of receipt we decide whether to take the complaint, and tell you. A refusal gives the reason and other ways.'],
      ['Article 16', 'Seven grounds for refusal, such as: not a matter for market regulation, already taken by a court or another office, more than three years old.'],
      ['Article 18', 'Mediation needs the consent of both sides. It may be in person, by telephone or online.'],
      ['Article 22', 'Days of testing or appraisal do not count towards the mediation limit.'],
      ['Article 23', 'Mediation has a result within 60 days of acceptance, or ends; both sides are told within 7 working days of its end.'],
      ['Article 24', 'An agreement is put in a deed; not if it is performed at once or both sides agree to do without.'],
      ['Article 25', 'Without agreement you can go to court, or to arbitration where that was agreed.'],
      ['Article 28', 'A report needs a concrete lead and what it rests on. It may be anonymous.'],
      ['Article 37', 'Who reported and how it is checked is not told to the business or to anyone not concerned.'],
      ['Article 45', 'The day of receipt does not count. A last day on a public holiday moves to the first day after it.'],
    ],
  },
  privacy: {
    title: 'How we use your information',
    rows: [
      ['What we take', 'A complaint needs name, telephone and address: the law says so. A report may be anonymous. An enquiry needs nothing.'],
      ['Who sees it', 'Only those who work on your case, and each look is recorded. Telephone and address are stored encrypted and mostly shown in part.'],
      ['What the business sees', 'In mediation it learns who complains and what you ask. In a report it never learns who you are.'],
      ['What stays on this device', 'Unsent complaints and enquiries stay here until sent, for 7 days, or until you press Clear. A report stays in this page only.'],
      ['Who else gets it', 'This site calls no other site and has no trackers or advertisements. Published figures hold nothing about you.'],
    ],
  },
  accessibility: {
    title: 'Accessibility',
    rows: [
      ['Large text', 'Press Larger at the top right: text and buttons grow, and you can do the same things. Press again to go back.'],
      ['Keyboard', 'Everything works by keyboard: Tab to move, Enter to choose. The first Tab lets you skip to the content.'],
      ['Screen readers', 'Headings, forms and errors can be read out. Pictures of time limits have a sentence that says the same.'],
      ['Zoom', 'At 200% nothing has to be scrolled sideways.'],
      ['Telephone', 'If the web does not suit you, call {phone} and tell us once.'],
    ],
  },
  letter: {
    title: 'Writing a letter of authority',
    lead: 'By hand is fine; the consumer signs it. It says:',
    rows: [
      ['Who authorises whom', 'Names, telephones and identity numbers of both.'],
      ['What about', 'Which business, what was bought on which day, what you ask.'],
      ['How far it goes', 'Only to complain, or also to negotiate, accept an offer, sign or withdraw.'],
      ['Until when', 'For example: until the case is closed.'],
      ['Signature and date', 'Signed by the consumer, with the date.'],
    ],
    after: 'The person acting brings their own identity card and hands over the original before mediation.',
  },
}
export default info
