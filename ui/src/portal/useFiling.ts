/* One filing from the first word to its number: draft, checks, sending. */
import { computed, nextTick, onBeforeUnmount, onMounted, reactive, ref, toRaw, watch } from 'vue'
import { useRouter } from 'vue-router'
import { newKey, post, Problem, Unreachable } from '../shared/api'
import { say, tx } from '../shared/i18n'
import { problemReference, problemWords } from '../shared/problem'
import type { Code, Filed, Kind } from '../shared/types'
import { checkStep, serverFaults } from './checks'
import { dropOldDrafts, type Draft, isEmpty, loadDraft, newDraft, removeDraft, saveDraft } from './draft'
import { filingBody, keepReceipt, readDemands, receiptOf } from './filing'
import { setOpened } from './opened'
import type { Fault } from './parts/ErrorSummary.vue'
import { forgetFiles, sendTo } from './uploads'

export const STEPS = 3
const SAVE_AFTER_MS = 700
const UNDO_MS = 8000
const LONG_MS = 6000

export function useFiling(kind: Kind) {
  const router = useRouter()
  const found = loadDraft(kind)
  const draft = reactive<Draft>(found ?? newDraft())
  const continued = ref(found ? found.at : 0)
  const saved = ref<'' | 'saved' | 'failed'>(found ? 'saved' : '')
  const cleared = ref<Draft | null>(null)
  const faults = ref<Fault[]>([])
  const round = ref(0)
  const refusal = ref<{ words: string; reference: string } | null>(null)
  const sending = ref(false)
  const long = ref(false)
  const demands = ref<Code[]>([])
  const faultOf = computed(() => Object.fromEntries(faults.value.map((f) => [f.field, f.words])))
  let sent = false

  // Draft: saved when typing rests and when a field is left.
  let timer = 0
  function save(): void {
    clearTimeout(timer)
    timer = 0
    if (sent || isEmpty(draft.values)) return
    saved.value = saveDraft(kind, toRaw(draft)) ? 'saved' : 'failed'
  }
  watch(
    () => draft.values,
    () => {
      clearTimeout(timer)
      timer = window.setTimeout(save, SAVE_AFTER_MS)
      cleared.value = null
    },
    { deep: true },
  )
  const flush = () => {
    if (timer) save()
  }
  let undoTimer = 0
  function clear(): void {
    cleared.value = JSON.parse(JSON.stringify(draft)) as Draft
    const kept = cleared.value
    removeDraft(kind)
    forgetFiles()
    Object.assign(draft, newDraft())
    saved.value = ''
    continued.value = 0
    faults.value = []
    refusal.value = null
    void nextTick(() => {
      clearTimeout(timer)
      timer = 0
      cleared.value = kept
      clearTimeout(undoTimer)
      undoTimer = window.setTimeout(() => (cleared.value = null), UNDO_MS)
    })
  }
  function undo(): void {
    if (!cleared.value) return
    Object.assign(draft, cleared.value)
    save()
    cleared.value = null
  }

  onMounted(() => {
    dropOldDrafts()
    window.addEventListener('pagehide', flush)
    document.addEventListener('visibilitychange', flush)
    if (kind === 'complaint') void readDemands().then((list) => (demands.value = list))
  })
  onBeforeUnmount(() => {
    flush()
    clearTimeout(undoTimer)
    window.removeEventListener('pagehide', flush)
    document.removeEventListener('visibilitychange', flush)
  })

  // Steps
  function show(list: Fault[]): void {
    faults.value = list
    round.value += 1
  }
  function toStep(step: number): void {
    faults.value = []
    refusal.value = null
    draft.step = step
    save()
    window.scrollTo(0, 0)
    void nextTick(() => document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true }))
  }
  function next(): void {
    const list = checkStep(kind, draft.step, draft.values)
    if (list.length) show(list)
    else if (draft.step < STEPS) toStep(draft.step + 1)
    else void send()
  }
  function back(): void {
    if (draft.step > 1) toStep(draft.step - 1)
    else void router.push('/')
  }

  async function send(): Promise<void> {
    if (sending.value) return
    for (let step = 1; step <= STEPS; step += 1) {
      const list = checkStep(kind, step, draft.values)
      if (!list.length) continue
      draft.step = step
      void nextTick(() => show(list))
      return
    }
    sending.value = true
    refusal.value = null
    faults.value = []
    save()
    const slow = window.setTimeout(() => (long.value = true), LONG_MS)
    try {
      const filed = await post<Filed>('/matters', filingBody(kind, draft.values), { key: draft.key, retries: 2 })
      sent = true
      removeDraft(kind)
      const words = demands.value.filter((d) => draft.values.demands.includes(d.code)).map((d) => (d.code === 'other' ? draft.values.demandText : tx(d)))
      keepReceipt(receiptOf(kind, draft.values, filed, words))
      setOpened(filed.number, filed.pin)
      sendTo(filed.number, filed.pin)
      await router.replace('/receipt')
    } catch (failure) {
      refused(failure)
    } finally {
      clearTimeout(slow)
      sending.value = false
      long.value = false
    }
  }
  function refused(failure: unknown): void {
    if (failure instanceof Problem && failure.errors.length) {
      const answer = serverFaults(kind, failure.errors)
      draft.step = answer.step
      void nextTick(() => show(answer.faults))
    } else if (failure instanceof Unreachable) {
      refusal.value = { words: say('file.offline_send', { button: say(`file.send_${kind}`) }), reference: '' }
    } else {
      refusal.value = { words: problemWords(failure), reference: problemReference(failure) }
    }
    // The key was used for something else: the text counts as new from here on.
    if (failure instanceof Problem && failure.code === 'replayed') draft.key = newKey()
  }

  return { draft, continued, saved, save, cleared, clear, undo, faults, faultOf, round, refusal, sending, long, demands, toStep, next, back }
}
