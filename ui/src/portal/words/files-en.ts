export default {
  title: 'Photos and documents', lead: 'You can send without any and add them later.', lead_forget: 'They are forgotten when this page is reloaded or closed.', pick: 'Take a photo or choose files', limits: '{max} at most, {size} each. JPEG, PNG, WebP and HEIC photos and PDF are taken.',
  private: 'Where a photo was taken and with what phone is removed before the officer sees it.', photo: 'Photo', later: '{size}, goes when you send', next: '{size}, waiting its turn', sending: 'Sending, {n}%', done: '{size}, sent', progress: 'How much of {name} is sent', busy: 'Busy now, trying again', offline: 'Offline, goes on when connected',
  failed_offline: 'Not sent: offline', large: 'This file has {size}, over {max}. Choose a smaller one or add it later.', empty: 'This file is empty', again: 'Send again', drop: 'Remove', drop_name: 'Remove {name}', stop: 'Cancel', full: '{max} at most; {n} were not taken.',
  all: 'All {done} are sent', some: '{done} sent, {bad} not', handed: 'What you handed in: {n}', waiting: 'being scanned for viruses', infected: 'a virus was found, not taken', see: 'Enlarge {name}', save: 'Save', unread: 'It cannot be opened now. Try later.',
  on_receipt: 'Keep this page open until they are sent.', add: 'Add photos and documents',
}
