/* 关怀版: the same pages with larger tokens, remembered on this device. */
import { ref } from 'vue'

const STORE = 'fangxin.large'
export const largeText = ref(false)

function show(on: boolean): void {
  largeText.value = on
  document.documentElement.classList.toggle('large', on)
}
export function restoreLargeText(): void {
  try {
    show(localStorage.getItem(STORE) === '1')
  } catch {
    show(false)
  }
}
export function setLargeText(on: boolean): void {
  show(on)
  try {
    localStorage.setItem(STORE, on ? '1' : '0')
  } catch {
    /* private mode: lasts as long as the page */
  }
}
