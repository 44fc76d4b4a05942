/* How many visits are to be made and how many opinions wait for the reader, for the nav and the page. */
import { reactive } from 'vue'
import { get } from '@/shared/api'

export const visitCounts = reactive({ waiting: 0, opinions: 0 })
export async function countVisits(): Promise<void> {
  const answer = await get<{ waiting: number; opinions: number }>('/visits', { mine: 'true' })
  visitCounts.waiting = answer.waiting
  visitCounts.opinions = answer.opinions
}
