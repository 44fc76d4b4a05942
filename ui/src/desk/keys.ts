/* Keys of the desk. They read the physical key, so they work under any layout; they rest while an input method composes.
   Layers stack: the topmost that knows a key takes it, and a modal layer lets nothing through. */
import { onBeforeUnmount, onMounted } from 'vue'
import { prefs } from './prefs'

/** "KeyJ", "Slash", "Shift+Slash", "Ctrl+Enter", "Alt+Digit1", "Escape". Returning false passes the key on. */
export type Bindings = Record<string, (event: KeyboardEvent) => void | boolean>
interface Layer {
  bindings: () => Bindings
  modal: boolean
}
const layers: Layer[] = []

export function combo(event: KeyboardEvent): string {
  const held = (event.ctrlKey || event.metaKey ? 'Ctrl+' : '') + (event.altKey ? 'Alt+' : '') + (event.shiftKey ? 'Shift+' : '')
  return held + (event.code === 'NumpadEnter' ? 'Enter' : event.code)
}
function inField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable || target.closest('.el-popper, [role="listbox"]')) return true
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio', 'button', 'submit', 'file'].includes(target.type)
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement
}
function onControl(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && Boolean(target.closest('a, button, input, select, textarea, summary, [role="option"], [role="menu"], .seg'))
}
const MOVES = /^(Arrow\w+|Enter|Space|Home|End|PageUp|PageDown)$/

function handle(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return
  const pressed = combo(event)
  const plain = !/^(Ctrl|Alt)\+/.test(pressed) && !/^(Escape|F\d+)$/.test(pressed)
  if (plain && inField(event.target)) return
  if (plain && MOVES.test(event.code) && onControl(event.target)) return
  if (plain && !MOVES.test(event.code) && !prefs.singleKeys) return
  for (let i = layers.length - 1; i >= 0; i -= 1) {
    const layer = layers[i]
    const act = layer?.bindings()[pressed]
    if (act && act(event) !== false) {
      event.preventDefault()
      return
    }
    if (layer?.modal) return
  }
}
/* A select keeps Enter and Escape to itself: the main act and saving are heard before it, Escape when its list is shut. */
const FIRST = /^Ctrl\+(Enter|KeyS)$/
function handleFirst(event: KeyboardEvent): void {
  const pressed = combo(event)
  const shut = event.target instanceof Element && event.target.matches('[role="combobox"]:not([aria-expanded="true"])')
  if (!FIRST.test(pressed) && !(pressed === 'Escape' && shut)) return
  handle(event)
  if (event.defaultPrevented) event.stopPropagation()
}

type Place = 'modal' | 'base' | 'page'
/** Keys that hold until what this returns is called. `modal` stops what it does not know; `base` lies under all others. */
export function holdKeys(bindings: () => Bindings, place: Place = 'page'): () => void {
  const layer: Layer = { bindings, modal: place === 'modal' }
  if (layers.length === 0) {
    window.addEventListener('keydown', handleFirst, true)
    window.addEventListener('keydown', handle)
  }
  if (place === 'base') layers.unshift(layer)
  else layers.push(layer)
  return () => {
    const at = layers.indexOf(layer)
    if (at >= 0) layers.splice(at, 1)
    if (layers.length === 0) {
      window.removeEventListener('keydown', handleFirst, true)
      window.removeEventListener('keydown', handle)
    }
  }
}
/** Keys that hold while the component is on screen. */
export function useKeys(bindings: () => Bindings, place: Place = 'page'): void {
  let letGo = (): void => undefined
  onMounted(() => (letGo = holdKeys(bindings, place)))
  onBeforeUnmount(() => letGo())
}
/** "A" → "KeyA". */
export function codeOf(key: string): string {
  return /^[0-9]$/.test(key) ? `Digit${key}` : `Key${key.toUpperCase()}`
}
