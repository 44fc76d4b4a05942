/* One act on many matters: which acts a selection allows, the run under way, and what came of it. Kept in memory, so the
   result stays reachable after leaving the page. */
import { reactive } from 'vue'
import { del, get, newKey, post } from '@/shared/api'
import { problemWords } from '@/shared/problem'
import { tx } from '@/shared/i18n'
import type { FieldError, Text } from '@/shared/types'

export interface Reason {
  why: Text
  basis: Text | null
  numbers: string[]
}
export interface ManyAct {
  act: string
  label: Text
  key: string | null
  class: 'likely' | 'other' | 'ending' | 'rare'
  effect: Text | null
  can: string[]
  cannot: Reason[]
}
export interface BatchItem {
  number: string
  state: 'waiting' | 'done' | 'failed'
  version: number | null
  problem: { title: string; title_zh: string; status: number; code: string; errors: FieldError[] } | null
}
export interface Batch {
  id: string
  act: string
  label: Text | null
  state: 'running' | 'done' | 'stopped'
  total: number
  done: number
  failed: number
  seconds_left: number | null
  items: BatchItem[]
}
export interface Asked {
  number: string
  version: number
  input?: Record<string, unknown>
}
interface Run {
  act: string
  label: string
  batch: Batch | null
  asked: Asked[]
  input: Record<string, unknown>
  /** Business of each matter, for the list of failures. */
  names: Record<string, string>
  failure: string
}
const POLL_MS = 1000
export const runs = reactive({ last: null as Run | null })
export const actsOf = (numbers: string[]) => post<{ seen: number; acts: ManyAct[] }>('/acts', { numbers })

/** Follows a batch that goes on behind its request. */
async function follow(run: Run): Promise<void> {
  while (run.batch?.state === 'running' && runs.last === run) {
    await new Promise((go) => setTimeout(go, POLL_MS))
    run.batch = await get<Batch>(`/batches/${run.batch.id}`, undefined, { retries: 3 })
  }
}
/** Shows a batch that some other request has begun (a group's decision). */
export async function watchBatch(batch: Batch, asked: Asked[], input: Record<string, unknown>, names: Record<string, string>): Promise<void> {
  const run: Run = reactive({ act: batch.act, label: tx(batch.label), batch, asked, input, names, failure: '' })
  runs.last = run
  try {
    await follow(run)
  } catch (problem) {
    run.failure = problemWords(problem)
  }
}
/** Does the act on all of them; resolves when each is decided. Throws what the whole request was refused for. */
export async function actOnMany(act: string, label: string, asked: Asked[], input: Record<string, unknown>, names: Record<string, string>): Promise<void> {
  const run: Run = reactive({ act, label, batch: null, asked, input, names, failure: '' })
  const batch = await post<Batch>(`/acts/${act}`, { items: asked, input }, { key: newKey(), retries: 3 })
  run.batch = batch
  runs.last = run
  try {
    await follow(run)
  } catch (problem) {
    run.failure = problemWords(problem)
  }
}
export async function stopRun(): Promise<void> {
  const id = runs.last?.batch?.id
  if (id) await del(`/batches/${id}`).catch(() => undefined)
}
export const failuresOf = (batch: Batch | null) => (batch?.items ?? []).filter((i) => i.state === 'failed')
/** What was not done, with the versions as they now are: whoever sends them again has read why. */
export function restOf(run: Run): Asked[] {
  const items = new Map((run.batch?.items ?? []).map((i) => [i.number, i]))
  return run.asked
    .filter((a) => items.get(a.number)?.state !== 'done')
    .map((a) => ({ ...a, version: items.get(a.number)?.version ?? a.version }))
}
export function whyOf(item: BatchItem): string {
  const words = (item.problem?.errors ?? []).map((e) => tx(e)).join(' ')
  return words || tx({ zh: item.problem?.title_zh ?? '', en: item.problem?.title ?? '' })
}
