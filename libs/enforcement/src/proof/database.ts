/**
 * The simulated Postgres: the log, the state that it is the log of, and one row per proxy process. A copy follows it, and a
 * failover goes to the copy: what was committed since is lost, the epoch is another, and every credential is paused until its
 * owner has looked.
 */
import type { IncarnationView } from '../receipt.js'
import type { ChangeEvent } from './machines.js'
import { EVERYONE } from './machines.js'

/** A row is what a receipt sees of a process. */
export type Row = { -readonly [Field in keyof IncarnationView]: IncarnationView[Field] }

interface CredentialState {
  active: boolean
  /** Nobody knows whether a change of it was lost. */
  paused: boolean
  /** The event that made it so. */
  seq: number
}

interface Contents {
  log: ChangeEvent[]
  credentials: CredentialState[]
  rows: Map<string, Row>
}

export class Database {
  epochNumber = 1
  /** Where each life of the log began; index 0 is not used. */
  readonly beganAt: number[] = [0, 0]
  /** Leases of earlier lives of the log are known to be over. */
  settled = true
  /** The log reaches back to what follows this. */
  truncatedAt = 0
  #now: Contents
  #copy: Contents

  constructor(credentials: number) {
    this.#now = { log: [], credentials: Array.from({ length: credentials }, () => ({ active: true, paused: false, seq: 0 })), rows: new Map() }
    this.#copy = copyOf(this.#now)
  }

  get epoch(): string {
    return `e${this.epochNumber}`
  }

  get seq(): number {
    return this.#now.log.length
  }

  get log(): readonly ChangeEvent[] {
    return this.#now.log
  }

  get rows(): Map<string, Row> {
    return this.#now.rows
  }

  get copiedSeq(): number {
    return this.#copy.log.length
  }

  get copiedRows(): Map<string, Row> {
    return this.#copy.rows
  }

  credential(subject: number): CredentialState {
    return this.#now.credentials[subject] as CredentialState
  }

  get credentials(): number {
    return this.#now.credentials.length
  }

  /** State and event in one transaction. @returns its number */
  change(subject: number, active: boolean | null): number {
    const seq = this.seq + 1
    this.#now.log.push({ seq, subject, active })
    this.#now.credentials.forEach((state, one) => {
      if (subject !== one && subject !== EVERYONE) return
      state.seq = seq
      if (active !== null) state.active = active
      if (active === true) state.paused = false
    })
    return seq
  }

  /** The rows as they are now: to be looked at before anything else happens. */
  views(): readonly IncarnationView[] {
    return [...this.#now.rows.values()]
  }

  /** The copy catches up. */
  replicate(): void {
    this.#copy = copyOf(this.#now)
  }

  failOver(): void {
    this.#now = copyOf(this.#copy)
    for (const state of this.#now.credentials) state.paused = true
    this.epochNumber++
    this.beganAt.push(this.seq)
    this.settled = false
    this.truncatedAt = Math.min(this.truncatedAt, this.seq)
  }

  /** Whether a snapshot of life `epoch` up to `seq` has the change `changeSeq` of life `changeEpoch`, which is not an earlier one. */
  includes(epoch: number, seq: number, changeEpoch: number, changeSeq: number): boolean {
    if (seq < changeSeq) return false
    for (let life = epoch + 1; life <= changeEpoch; life++) if (changeSeq > (this.beganAt[life] as number)) return false
    return true
  }
}

function copyOf({ log, credentials, rows }: Contents): Contents {
  return { log: [...log], credentials: credentials.map((state) => ({ ...state })), rows: new Map([...rows].map(([key, row]) => [key, { ...row }])) }
}
