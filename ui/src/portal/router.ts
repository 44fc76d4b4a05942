import { createRouter, createWebHistory, type Router } from 'vue-router'
import Home from './pages/Home.vue'

export function makeRouter(): Router {
  return createRouter({
    history: createWebHistory('/'),
    scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
    routes: [
      { path: '/', name: 'home', component: Home },
      { path: '/file/:kind(complaint|report|enquiry)', name: 'file', component: () => import('./pages/File.vue'), props: true },
      { path: '/receipt', name: 'receipt', component: () => import('./pages/Receipt.vue') },
      { path: '/track', name: 'track', component: () => import('./pages/Track.vue') },
      { path: '/track/:act(accept|decline|withdraw)', name: 'answer', component: () => import('./pages/Answer.vue'), props: true },
      { path: '/track/supplement', name: 'supplement', component: () => import('./pages/Supplement.vue') },
      { path: '/respond', name: 'respond', component: () => import('./pages/Respond.vue') },
      { path: '/respond/:number', name: 'respond-matter', component: () => import('./pages/RespondMatter.vue'), props: true },
      { path: '/about/:name(basis|privacy|accessibility|letter)', name: 'about', component: () => import('./pages/About.vue'), props: true },
      { path: '/verify/:code?', name: 'verify', component: () => import('./pages/Verify.vue') },
      { path: '/registers', name: 'public-registers', component: () => import('./pages/Registers.vue') },
      { path: '/registers/:id', name: 'public-register', component: () => import('./pages/Register.vue'), props: true },
      { path: '/entries/:code', name: 'public-entry', component: () => import('./pages/Entry.vue'), props: true },
      { path: '/answer/:code', name: 'public-answer', component: () => import('./pages/Ask.vue'), props: true },
      { path: '/check/:id', name: 'self-check', component: () => import('./pages/SelfCheck.vue'), props: true },
      { path: '/:rest(.*)*', name: 'lost', component: () => import('./pages/Lost.vue') },
    ],
  })
}
