/* The desk: for staff, signed in. */
import { createApp } from 'vue'
import '@/shared/tokens.css'
import './element'
import './fields.css'
import './desk.css'
import './touch.css'
import { makeI18n } from '@/shared/i18n'
import App from './App.vue'
import { startPrefs } from './prefs'
import { router } from './router'
import asking from './words/asking'
import words from './words/zh'

startPrefs()
createApp(App).use(makeI18n({ ...words, ...asking })).use(router).mount('#app')
