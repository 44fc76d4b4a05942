import { createApp } from 'vue'
import '../shared/tokens.css'
import './portal.css'
import './portal-forms.css'
import './print.css'
import { makeI18n, setLocale, storedLocale } from '../shared/i18n'
import App from './App.vue'
import { restoreLargeText } from './large'
import { makeRouter } from './router'
import zh from './words/zh'

async function start(): Promise<void> {
  restoreLargeText()
  const i18n = makeI18n(zh, async () => (await import('./words/en')).default)
  if (storedLocale() === 'en') await setLocale('en')
  createApp(App).use(i18n).use(makeRouter()).mount('#app')
}

void start()
