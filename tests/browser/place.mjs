/* One installation in a folder of its own with the sample county on it, and a server on a free port. */
import { execFile, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { openSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

export const PASSWORD = 'Correct-Horse-7'
const MATTERS = 400
const START_MS = 60_000

export class Place {
  constructor(program) {
    this.program = program
    this.sessions = new Map()
  }
  async install() {
    this.folder = await mkdtemp(join(tmpdir(), 'fangxin-browser-'))
    this.data = join(this.folder, 'data')
    await promisify(execFile)(this.program, ['demo', '--matters', String(MATTERS), '--password', PASSWORD, '--data', this.data])
  }
  async start() {
    this.logPath = join(this.folder, 'server.log')
    const log = openSync(this.logPath, 'a')
    this.server = spawn(this.program, ['serve', '--data', this.data, '--listen', '127.0.0.1:0', '--rate-limit', 'off'], { stdio: ['ignore', 'pipe', log] })
    let said = ''
    this.base = await new Promise((found, failed) => {
      const timer = setTimeout(() => failed(new Error(`the server did not start: ${said}`)), START_MS)
      this.server.on('exit', (code) => failed(new Error(`the server ended with ${code}: ${said}`)))
      this.server.stdout.on('data', (bytes) => {
        said += bytes
        const line = /http:\/\/127\.0\.0\.1:\d+/.exec(said)
        if (!line) return
        clearTimeout(timer)
        found(line[0])
      })
    })
  }
  /** Stops what this started and removes its folder; returns what the server's log says of faults. */
  async stop() {
    const faults = []
    if (this.server && this.server.exitCode === null) {
      const ended = new Promise((done) => this.server.on('exit', done))
      this.server.removeAllListeners('exit')
      this.server.on('exit', (code) => code === 0 || faults.push(`the server ended with ${code}`))
      this.server.kill('SIGTERM')
      const late = setTimeout(() => this.server.kill('SIGKILL'), 20_000)
      await Promise.race([ended, new Promise((done) => this.server.on('exit', done))])
      clearTimeout(late)
    }
    if (this.logPath) {
      const log = await readFile(this.logPath, 'utf8').catch(() => '')
      faults.push(...log.split('\n').filter((line) => /level=error|ERROR: AddressSanitizer|runtime error:/.test(line)))
    }
    if (this.folder) await rm(this.folder, { recursive: true, force: true })
    return faults
  }

  /** The API for what a journey needs before it begins. `who` is an officer's name, '' nobody. */
  async api(who, method, path, { body, headers = {} } = {}) {
    const session = who ? await this.session(who) : null
    const answer = await fetch(this.base + '/api/v1' + path, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(session ? { Cookie: session.cookie, 'Fangxin-Csrf': session.csrf } : {}),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path} as ${who || 'nobody'}: ${answer.status} ${text.slice(0, 300)}`)
    return text ? JSON.parse(text) : null
  }
  async session(who) {
    if (!this.sessions.has(who)) {
      const answer = await fetch(this.base + '/api/v1/session', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ name: who, password: PASSWORD }),
      })
      if (!answer.ok) throw new Error(`${who} cannot sign in: ${answer.status}`)
      const cookie = answer.headers.get('set-cookie').split(';')[0]
      const { csrf, officer } = await answer.json()
      this.sessions.set(who, { cookie, csrf, officer })
    }
    return this.sessions.get(who)
  }
  /** An act done by the API at the matter's present version. */
  async act(who, number, act, body = {}) {
    const matter = await this.api(who, 'GET', `/matters/${number}`)
    return this.api(who, 'POST', `/matters/${number}/acts/${act}`, { body, headers: { 'If-Match': String(matter.version) } })
  }
  file(body) {
    return this.api('', 'POST', '/matters', { body })
  }
}

/** A complete complaint; what is given replaces. */
export function complaint(changes = {}) {
  return {
    kind: 'complaint',
    consumer: { name: '刘晓芸', phone: '13800138002', address: '安澜县人民路 8 号 2 单元 301' },
    respondent: { name: '安澜县瑞缘金行', address: '安澜县解放路 21 号' },
    facts: '六月在店里买了一条金项链，回家称重少了两克，店家不肯退。',
    demands: ['refund'],
    amount_fen: 368000,
    purchase: { date: '2026-06-01', online: false },
    truthful: true,
    ...changes,
  }
}
