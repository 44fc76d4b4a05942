/* Who is signed in and what this post may open. The server decides each act again; this only chooses what to show. */
import { reactive } from 'vue'
import { Problem, del, get, post, setCsrf, whenSignedOut } from '@/shared/api'
import type { Officer, Session } from '@/shared/types'

export const session = reactive({
  officer: null as Officer | null,
  permissions: [] as string[],
  checked: false,
  /** The session ended while a page with text stood open: sign in again on top of it. */
  ended: false,
})

function take(answer: Session): void {
  setCsrf(answer.csrf)
  session.officer = answer.officer
  session.ended = false
  session.checked = true
  whenSignedOut(() => {
    if (session.officer) session.ended = true
  })
}

/** Asks once whether there is a session; later calls answer from memory. */
export async function ensureSession(): Promise<boolean> {
  if (session.checked) return session.officer !== null
  try {
    const answer = await get<Session>('/session')
    take(answer)
    session.permissions = answer.permissions ?? []
  } catch (failure) {
    if (!(failure instanceof Problem && failure.status === 401)) throw failure
    session.checked = true
  }
  return session.officer !== null
}
export async function signIn(name: string, password: string): Promise<void> {
  take(await post<Session>('/session', { name, password }))
  const answer = await get<Session>('/session')
  setCsrf(answer.csrf)
  session.permissions = answer.permissions ?? []
}
export async function signOut(): Promise<void> {
  await del('/session')
  setCsrf('')
  session.officer = null
  session.permissions = []
}
export function can(permission: string): boolean {
  return session.permissions.includes(permission)
}
