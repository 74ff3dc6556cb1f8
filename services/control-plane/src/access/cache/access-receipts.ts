/** Waits until no replica acts on what it remembered before a change, and says so. It always comes to an end: within one lease. */
import { Inject, Injectable } from '@nestjs/common'
import { LOGGER, type Logger } from '../../platform/logger.js'
import { AccessFollower, leaseMs } from './access-follower.js'
import { ReplicasRepository, type ReplicaReceipt, type ReplicaRow } from './replicas.repository.js'
import { nextNews } from '../../platform/news.js'

/** Rows are read again this often: a notification can be lost with its connection. */
const REREAD_MS = 250
/** Receipts that are being completed behind answers that did not wait. */
const BEHIND_MAX = 1_000

/** The same shape as for a change that proxies enforce; no proxy knows of keys. */
export interface AccessReceipt {
  readonly seq: number
  readonly enforced: boolean
  readonly elapsed_ms: number
  readonly proxies: readonly never[]
  readonly replicas: readonly ReplicaReceipt[]
  /** Replicas that may still act on what was before. */
  readonly missing: readonly string[]
}

@Injectable()
export class AccessReceipts {
  readonly #behind = new Set<number>()

  constructor(
    private readonly replicas: ReplicasRepository,
    private readonly follower: AccessFollower,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** This replica forgets at once. */
  forgetHere(seq: number, subject: string): void {
    this.follower.memory.change(subject, seq)
  }

  /**
   * Waits for every replica that may have remembered what was before the change, or for the end of its lease.
   * @param committedAtMs when the commit returned, or any later instant, on the monotonic clock
   */
  confirm(seq: number, committedAtMs: number): Promise<AccessReceipt> {
    return this.#confirm(seq, committedAtMs, () => Promise.resolve())
  }

  /** The same, and kept for whoever asks for it later. */
  confirmForGood(seq: number, committedAtMs: number): Promise<AccessReceipt> {
    return this.#confirm(seq, committedAtMs, ({ elapsed_ms: elapsedMs, replicas }) =>
      this.replicas
        .save(seq, { elapsedMs, replicas })
        .catch((error: Error) => this.logger.debug({ seq, reason: error.message }, 'the receipt of a change to a key could not be stored; whoever asks for it gets it anew')),
    )
  }

  /** @param keep is done before the rows of silent replicas are given up: who asks in between must still see them */
  async #confirm(seq: number, committedAtMs: number, keep: (receipt: AccessReceipt) => Promise<void>): Promise<AccessReceipt> {
    const finish = async (): Promise<AccessReceipt> => {
      const receipt = enforced(seq, committedAtMs, known, toldMs)
      await keep(receipt)
      return receipt
    }
    const deadlineMs = committedAtMs + leaseMs
    const toldMs = new Map<string, number>()
    let known: readonly ReplicaRow[] = []
    for (;;) {
      // While the rows cannot be read nobody knows who is missing: then only time helps.
      const rows = await this.replicas.concernedBy(seq).catch(() => undefined)
      known = rows ?? known
      const behind = (): ReplicaRow[] => known.filter((row) => !this.#hasApplied(row, seq, toldMs, committedAtMs))
      if (rows && behind().length === 0) return finish()
      const readAtMs = performance.now()
      for (let nowMs = readAtMs; nowMs < Math.min(deadlineMs, readAtMs + REREAD_MS); nowMs = performance.now()) {
        await nextNews(this.follower, Math.min(deadlineMs, readAtMs + REREAD_MS) - nowMs)
        if (rows && behind().length === 0) return finish()
      }
      if (performance.now() < deadlineMs) continue
      // Their leases have ended. One that renewed meanwhile has applied the change, and keeps its row.
      const silent = behind()
      const receipt = await finish()
      for (const replica of silent) await this.replicas.end(replica).catch(() => {})
      return receipt
    }
  }

  /**
   * The receipt of a change as things stand. One that is pending is completed behind this answer.
   * @returns undefined where there is no such change
   */
  async current(seq: number): Promise<AccessReceipt | undefined> {
    const found = await this.replicas.receipt(seq)
    if (!found) return undefined
    if (found.stored) return { seq, enforced: true, elapsed_ms: found.stored.elapsedMs, proxies: [], replicas: found.stored.replicas, missing: [] }
    const rows = await this.replicas.concernedBy(seq)
    const replicas = rows.map((row) => ({ id: row.id, acknowledged: this.#knows(row, seq), acknowledged_ms: null, fenced: false }))
    const missing = replicas.filter(({ acknowledged }) => !acknowledged).map(({ id }) => id)
    this.#completeBehind(seq)
    return { seq, enforced: missing.length === 0, elapsed_ms: Math.round(found.ageMs), proxies: [], replicas, missing }
  }

  #completeBehind(seq: number): void {
    if (this.#behind.has(seq) || this.#behind.size >= BEHIND_MAX) return
    this.#behind.add(seq)
    void this.confirmForGood(seq, performance.now()).finally(() => this.#behind.delete(seq))
  }

  #knows({ id, applied_seq }: ReplicaRow, seq: number): boolean {
    return id === this.follower.replicaId || Number(applied_seq) >= seq || this.follower.appliedBy(id) >= seq
  }

  #hasApplied(row: ReplicaRow, seq: number, toldMs: Map<string, number>, committedAtMs: number): boolean {
    if (!this.#knows(row, seq)) return false
    if (!toldMs.has(row.id)) toldMs.set(row.id, Math.max(0, Math.round(performance.now() - committedAtMs)))
    return true
  }
}

/** Nobody is missing: who has not told has outlived its lease. */
function enforced(seq: number, committedAtMs: number, rows: readonly ReplicaRow[], toldMs: ReadonlyMap<string, number>): AccessReceipt {
  const replicas = rows.map(({ id }) => {
    const ms = toldMs.get(id)
    return { id, acknowledged: ms !== undefined, acknowledged_ms: ms ?? null, fenced: ms === undefined }
  })
  return { seq, enforced: true, elapsed_ms: Math.round(performance.now() - committedAtMs), proxies: [], replicas, missing: [] }
}
