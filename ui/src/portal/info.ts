/* Shape of the short explaining pages: a heading, maybe a lead, and pairs of what and how. */
export interface InfoPage {
  title: string
  lead?: string
  rows: [string, string][]
  after?: string
}
export type InfoName = 'basis' | 'privacy' | 'accessibility' | 'letter'
export type Info = Record<InfoName, InfoPage>
