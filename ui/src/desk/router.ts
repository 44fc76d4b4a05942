/* Addresses of the desk. Nothing about people goes into one. */
import { createRouter, createWebHistory } from 'vue-router'
import { loadReference } from './reference'
import { can, ensureSession } from './session'
import Queue from './pages/Queue.vue'

declare module 'vue-router' {
  interface RouteMeta {
    open?: boolean
    needs?: string
  }
}

export const router = createRouter({
  history: createWebHistory('/desk/'),
  routes: [
    { path: '/sign-in', name: 'sign-in', component: () => import('./pages/SignIn.vue'), meta: { open: true } },
    { path: '/', name: 'queue', component: Queue },
    { path: '/matters', name: 'matters', component: Queue, props: { all: true } },
    { path: '/matters/:number', name: 'matter', component: () => import('./pages/Matter.vue') },
    { path: '/ask', name: 'ask', component: () => import('./pages/Ask.vue') },
    { path: '/ask/list', name: 'asked', component: () => import('./pages/AskedList.vue') },
    { path: '/visits', name: 'visits', component: () => import('./pages/Visits.vue'), meta: { needs: 'read_visits' } },
    { path: '/intake', name: 'intake', component: () => import('./pages/Intake.vue'), meta: { needs: 'create' } },
    { path: '/dashboard', name: 'dashboard', component: () => import('./pages/Dashboard.vue'), meta: { needs: 'figures' } },
    { path: '/figures', name: 'figures', component: () => import('./pages/Figures.vue'), meta: { needs: 'figures' } },
    { path: '/figures/:id', name: 'figure', component: () => import('./pages/FigureRecords.vue'), meta: { needs: 'figures' } },
    { path: '/businesses', name: 'businesses', component: () => import('./pages/Businesses.vue'), meta: { needs: 'read_business' } },
    { path: '/businesses/:id', name: 'business', component: () => import('./pages/Business.vue'), meta: { needs: 'read_business' } },
    { path: '/groups', name: 'groups', component: () => import('./pages/Groups.vue') },
    { path: '/groups/:id', name: 'group', component: () => import('./pages/Group.vue') },
    { path: '/duty', name: 'duty', component: () => import('./pages/Duty.vue'), meta: { needs: 'duty' } },
    { path: '/diary', name: 'diary', component: () => import('./pages/Diary.vue'), meta: { needs: 'duty' } },
    { path: '/bulletins', name: 'bulletins', component: () => import('./pages/Bulletins.vue'), meta: { needs: 'figures' } },
    { path: '/bulletins/:key', name: 'bulletin', component: () => import('./pages/Bulletin.vue'), meta: { needs: 'figures' } },
    { path: '/bulletins/:key/figures/:id', name: 'bulletin-figure', component: () => import('./pages/BulletinRecords.vue'), meta: { needs: 'figures' } },
    { path: '/cases', name: 'cases', component: () => import('./pages/Cases.vue'), meta: { needs: 'cases' } },
    { path: '/cases/new', name: 'case-new', component: () => import('./pages/CaseNew.vue'), meta: { needs: 'make_case' } },
    { path: '/cases/:id', name: 'case', component: () => import('./pages/Case.vue'), meta: { needs: 'cases' } },
    { path: '/orders', name: 'orders', component: () => import('./pages/Orders.vue'), meta: { needs: 'orders' } },
    { path: '/orders/:id', name: 'order', component: () => import('./pages/Order.vue'), meta: { needs: 'orders' } },
    { path: '/registers', name: 'registers', component: () => import('./pages/Registers.vue'), meta: { needs: 'registers' } },
    { path: '/registers/:register', name: 'register', component: () => import('./pages/Register.vue'), meta: { needs: 'registers' } },
    { path: '/registers/:register/new', name: 'entry-new', component: () => import('./pages/EntryNew.vue'), meta: { needs: 'registers' } },
    { path: '/registers/:register/import', name: 'register-import', component: () => import('./pages/RegisterImport.vue'), meta: { needs: 'registers' } },
    { path: '/registers/:register/figures', name: 'register-figures', component: () => import('./pages/RegisterFigures.vue'), meta: { needs: 'registers' } },
    { path: '/registers/:register/figures/:measure', name: 'register-figure', component: () => import('./pages/RegisterFigure.vue'), meta: { needs: 'registers' } },
    { path: '/registers/:register/entries/:number', name: 'entry', component: () => import('./pages/Entry.vue'), meta: { needs: 'registers' } },
    { path: '/calendars', name: 'calendars', component: () => import('./pages/Calendars.vue') },
    { path: '/retention', name: 'retention', component: () => import('./pages/Retention.vue'), meta: { needs: 'retention' } },
    { path: '/import', name: 'import', component: () => import('./pages/Import.vue'), meta: { needs: 'import|import_orders' } },
    { path: '/access', name: 'access', component: () => import('./pages/Access.vue'), meta: { needs: 'read_access' } },
    { path: '/:rest(.*)*', name: 'nowhere', component: () => import('./pages/Nowhere.vue') },
  ],
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
})

router.beforeEach(async (to) => {
  if (to.meta.open) return true
  let signedIn: boolean
  try {
    signedIn = await ensureSession()
  } catch {
    signedIn = false // no answer: the sign-in page says so when it is tried
  }
  if (!signedIn) return { name: 'sign-in', query: to.path === '/' ? {} : { next: `/desk${to.path}` }, replace: true }
  if (to.meta.needs && !to.meta.needs.split('|').some(can)) return { name: 'queue', replace: true }
  await loadReference().catch(() => undefined) // pages work without labels; the next page asks again
  return true
})
