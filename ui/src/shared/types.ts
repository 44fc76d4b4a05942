/* The shapes of the API, as docs/openapi states them. Instants are RFC 3339 with zone, dates YYYY-MM-DD, money integer fen. */

export interface Text {
  zh: string
  en: string
}
export type Instant = string
export type Day = string
export type Fen = number
export type Kind = 'complaint' | 'report' | 'enquiry'
export type Level = 'ok' | 'warn' | 'late' | 'done' | 'paused'

export interface FieldError {
  field: string
  code: string
  zh: string
  en: string
}
export interface ProblemBody {
  type?: string
  title: string
  title_zh?: string
  status: number
  code: string
  request_id?: string
  errors?: FieldError[]
  current?: Matter
  why?: Text
}

export interface Officer {
  id: number
  name: string
  display: string
  body: string
  body_name: Text
  roles: string[]
  open?: number
}
export interface Session {
  csrf: string
  officer: Officer
  permissions?: string[]
  report_counts?: boolean
  expires_at?: Instant
}

/** One file of evidence: a picture made anew, or a document to be saved. */
export interface Evidence {
  id: number
  name: string | null
  type: string
  label: Text | null
  shown: 'picture' | 'document'
  size: number
  width: number | null
  height: number | null
  at: Instant
  officer: { id: number; display: string } | null
  from_party: boolean
  state: 'ready' | 'unscanned' | 'waiting' | 'infected' | 'purged'
  open: boolean
  removed: { version: number; reason: string | null; from_party: boolean } | null
}
/** What is taken as evidence, for all matters. */
export interface EvidenceRules {
  max_files: number
  max_bytes: number
  types: string[]
}

export interface Deadline {
  rule: string
  label: Text
  state: 'running' | 'paused' | 'met' | 'missed' | 'cancelled'
  start: Day
  due_raw?: Day
  due: Day
  level: Level
  left: { days: number; unit: 'WD' | 'ND' }
  unit: 'WD' | 'ND'
  length: number
  paused_days: number
  met_at: Instant | null
  provisional: boolean
  basis: Text
  sentence: Text
  superseded?: boolean
  /** A date of the house beside that of the law; officers alone see it. */
  target?: { length: number; due: Day | null; over: boolean } | null
}
export interface DeadlineDay {
  date: Day
  kind: 'start' | 'counted' | 'skipped' | 'paused' | 'last' | 'rolled'
  number: number | null
  label: Text | null
  why: Text | null
}
export interface DeadlineSpan {
  from: Day
  to: Day
  what: Text
  counted: number
}
export interface DeadlineExplained extends Deadline {
  days: DeadlineDay[]
  spans: DeadlineSpan[]
  question?: Text
  /** The whole reckoning in words; `sentence` is its short form. */
  explanation?: Text
  /** 收到, 立案, 送达…: what sets it going. */
  started_by?: Text | null
  extension_basis?: Text | null
  calendar: { revision: string; provisional: boolean }
}

export interface Step {
  when: Text
  what: Text
  who: Text
  basis: Text
  due: Day | null
  rule: string | null
}
export interface Filed {
  number: string
  pin: string
  status: string
  kind: Kind
  received_at: Instant
  registered_at?: Instant
  deadlines: Deadline[]
  body?: string | null
  next: Step[]
  also?: { number: string; pin: string; kind: Kind } | null
}

export interface WaitingFor {
  who: 'unit' | 'officer' | 'consumer' | 'business' | 'tester' | 'leader' | 'second' | 'mediator' | 'nobody'
  label: Text
  since: Instant
}
export interface Party {
  name: string
  phone?: string | null
  address?: string | null
}
export interface Business {
  name: string
  address?: string | null
  division?: string | null
  uscc?: string | null
  phone?: string | null
}
export interface Offer {
  id: string | number
  party: string
  terms: string
  amount_fen: Fen | null
  at: Instant
  state: 'open' | 'accepted' | 'declined'
  /** The business sent it itself: accepting it settles the matter. */
  own: boolean
  due: Day | null
}
export interface AllowedAct {
  act: string
  label: Text
  key: string | null
  class: 'likely' | 'other' | 'ending' | 'rare'
  effect: Text | null
}
export interface BlockedAct {
  act: string
  label: Text
  why: Text
  basis: Text | null
}
/** What the procedure of a complaint rests on, as its officers see it. */
export interface Procedure {
  proposal: { ground: string; label: Text | null; reason: string | null; by: { display: string } | null; own: boolean; at: Instant } | null
  confirmed: { by: { display: string } | null; proposed_by: { display: string } | null; at: Instant } | null
  identity: { papers_label: Text | null; until: Day | null; result: string | null; result_label: Text | null } | null
  consents: { party_label: Text | null; about_label: Text | null; answer_label: Text | null; mediator: string | null; channel_label: Text | null; at: Instant }[]
  pauses: { reason_label: Text | null; from: Day; to: Day | null; excluded: boolean; days: number }[]
  contacts: { party_label: Text | null; channel_label: Text | null; result_label: Text | null; at: Instant }[]
  entrusted: { mediator: string | null; at: Instant } | null
  recused: { officer: { display: string } | null }[]
  rules: { id: string; name: Text; governs: boolean; by_date: boolean; deadlines: { rule: string; label: Text; length: number; unit: string; due: Day | null; basis: Text | null }[] }[]
  rule_chosen: { from: string; to: string; by: { display: string } | null; at: Instant } | null
  disclosure: { state: 'disclosed' | 'exempt'; cause: string | null; cause_label: Text | null; by: { id: number; display: string } | null; at: Instant } | null
  police: { to: string | null; notice: string | null; at: Instant } | null
  hand_over: { to: string | null; notice: string | null; at: Instant } | null
  major: { cause_label: Text | null; people: number; at: Instant } | null
  reward: {
    state: 'proposed' | 'approved' | 'refused' | 'told' | 'paid' | 'lapsed' | null
    imposed_fen: Fen
    level: number
    base_fen: Fen
    amount_fen: Fen
    insider: boolean
    by: { display: string } | null
    at: Instant | null
    answered_by: { display: string } | null
    answered_at: Instant | null
    told: Day | null
    until: Day | null
    paid_on: Day | null
    basis: Text
    options: { level: number; amount_fen: Fen; floor: boolean; cap: boolean; finance: boolean }[]
  } | null
  proxy: { result: string | null; result_label: Text | null; scope_label: Text | null; until: Day | null; over: boolean; by: { display: string } | null; at: Instant | null } | null
  power: { with: string | null; to: string | null; notice: string | null; by: { display: string } | null; at: Instant; referred_at: Instant | null; designated_at: Instant | null } | null
  extensions: { label: Text | null; basis: Text | null; asked_by: { display: string } | null; asked_at: Instant | null; reason: string | null; answer: 'granted' | 'refused' | null; by: { display: string } | null; at: Instant | null; remark: string | null; told_at: Instant | null }[]
}

export interface Matter {
  number: string
  kind: Kind
  status: string
  status_label: Text
  /** The state in one sentence, for the party. */
  status_sentence?: Text | null
  version: number
  secret: boolean
  title: string
  channel: string
  received_at: Instant
  registered_at?: Instant
  closed_at: Instant | null
  body: string | null
  body_name: Text | null
  officer: { id?: number; display: string } | null
  first_officer?: { id?: number; display: string } | null
  suggested_body?: { code: string; name: Text; reason: Text } | null
  waiting_for: WaitingFor | null
  category?: string | null
  category_label?: Text | null
  problem?: string | null
  problem_label?: Text | null
  division?: string | null
  division_label?: Text | null
  violation?: string | null
  themes?: string[]
  amount_fen?: Fen | null
  recovered_fen?: Fen | null
  demands?: string[]
  demand_text?: string | null
  facts?: string | null
  respondent?: Business | null
  consumer?: Party | null
  proxy?: Party | null
  product?: { name?: string; brand?: string; model?: string; quantity?: number; unit_price_fen?: number; imported?: boolean } | null
  purchase?: { date?: Day; online?: boolean; platform?: string; order_no?: string } | null
  external?: { system?: string; number?: string; due?: Day } | null
  flags?: Record<string, boolean> | null
  consents?: Record<string, boolean> | null
  heads?: number | null
  source?: Record<string, string> | null
  case?: { id: number; number: string | null; status_label: Text } | null
  entries?: { field: string; label: Text | null; kind: string; id: number | null; register: string | null; number: string | null; title: string | null }[]
  deadlines: Deadline[]
  offer?: Offer | null
  procedure?: Procedure | null
  /** What other laws ask for by the subject of a report. */
  hold?: { reason: string | null; by: { id: number; display: string } | null; at: Instant } | null
  subject_rules?: { id: string; use: string; says: Text; basis: Text; due: Day | null }[]
  jurisdiction?: { id: string; label: Text; says: Text; basis: Text } | null
  settlement?: { form: string; terms: string; remedies: { kind: string; label?: Text | null; amount_fen: Fen | null; paid_by: Day | null }[] } | null
  outcome?: { outcome?: string; label?: Text | null; ground?: string | null; ground_label?: Text | null; remedies?: Text | null; basis?: Text | null; reason?: string | null } | null
  links?: { number: string | null; relation: string; label: Text | null; visible: boolean; title?: string | null }[]
  files?: Evidence[]
  allowed_acts?: AllowedAct[]
  blocked_acts?: BlockedAct[]
  pack?: { id: string; revision: number | string; name: Text; instrument: Text; valid_from: string; valid_to: string | null } | null
  rating?: { score: number; at: Instant } | null
  channel_label?: Text | null
  late_reason?: string | null
  earlier_rule?: boolean | Text | null
  pin?: string
}

export interface Row {
  number: string
  kind: Kind
  status: string
  status_label: Text
  secret: boolean
  version: number
  title: string
  title_marks?: [number, number][]
  snippet?: { text: string; marks: [number, number][] } | null
  respondent?: string | null
  respondent_marks?: [number, number][]
  consumer?: string | null
  category_label?: Text | null
  problem_label?: Text | null
  channel?: string
  channel_label?: Text | null
  received_at: Instant
  body?: string | null
  body_name?: Text | null
  officer?: string | null
  waiting_for?: WaitingFor | null
  next_deadline?: Deadline | null
  group?: { id: number; n: number } | null
  /** The theme for which it goes before others. */
  first?: Text | null
  amount_fen?: Fen
  recovered_fen?: Fen
  likeness?: number
  /** late, today, soon, later, paused, or open without a clock. */
  level?: string | null
}
export interface List<T> {
  items: T[]
  next: string | null
  total?: number
  total_capped?: boolean
  as_of?: Instant
  position?: number | string
}
export interface Count {
  total: number
  cells: { key: string; label: Text; n: number }[]
}
export interface MatterEvent {
  id: number | string
  version?: number
  act: string
  label: Text
  actor: { display: string; kind: string } | null
  at: Instant
  recorded_at?: Instant
  late_recorded?: boolean
  text: Text
  data?: Record<string, unknown>
  basis: Text | null
  icon?: string
}

export interface Code extends Text {
  code: string
  parent?: string | null
  group?: string | null
}
export interface Site {
  name: Text
  phone: string | null
  law: Text | null
  hours: Text | null
  address: string | Text | null
  demo: boolean
  sms: boolean
  evidence?: EvidenceRules
  figures: { label: Text; value: string | null; unit: Text | string; num: number | null; den: number | null; definition?: Text | null }[]
  stations: { name: string | Text; address: string | Text; phone?: string; hours?: string | Text }[]
  warnings: { title: string | Text; date: Day; url?: string; text?: string | Text }[]
}
