/** Waits until no replica acts on what it remembered before a change. It always comes to an end: within one lease. */
import { Injectable } from '@nestjs/common'
import { Database } from '../../platform/database/database.js'
import { AccessFollower, leaseMs } from './access-follower.js'

/** Rows are read again this often: a notification can be lost with its connection. */
const REREAD_MS = 250

interface ReplicaRow {
  readonly id: string
  readonly grant_n: string
  readonly applied_seq: string
}

@Injectable()
export class AccessReceipts {
  constructor(
    private readonly db: Database,
    private readonly follower: AccessFollower,
  ) {}

  /**
   * @param subject what the change was about: this replica forgets it at once
   * @param committedAtMs when the commit returned, on the monotonic clock
   */
  async confirm(seq: number, subject: string, committedAtMs: number): Promise<void> {
    this.follower.memory.change(subject, seq)
    const deadlineMs = committedAtMs + leaseMs
    for (;;) {
      // While the rows cannot be read nobody knows who is missing: then only time helps.
      const behind = await this.#behind(seq).catch(() => undefined)
      if (behind?.length === 0) return
      const readAtMs = performance.now()
      for (let nowMs = readAtMs; nowMs < Math.min(deadlineMs, readAtMs + REREAD_MS); nowMs = performance.now()) {
        await this.#news(Math.min(deadlineMs, readAtMs + REREAD_MS) - nowMs)
        if (behind?.every(({ id }) => this.follower.appliedBy(id) >= seq)) return
      }
      if (performance.now() < deadlineMs) continue
      // Their leases have ended. One that renewed meanwhile has applied the change, and keeps its row.
      for (const { id, grant_n } of behind ?? []) {
        await this.db.pool.query('UPDATE control_replica SET ended_at = now() WHERE id = $1 AND grant_n = $2', [id, grant_n]).catch(() => {})
      }
      return
    }
  }

  async #behind(seq: number): Promise<ReplicaRow[]> {
    const { rows } = await this.db.pool.query<ReplicaRow>('SELECT id, grant_n, applied_seq FROM control_replica WHERE ended_at IS NULL AND applied_seq < $1', [seq])
    return rows.filter(({ id }) => id !== this.follower.replicaId && this.follower.appliedBy(id) < seq)
  }

  #news(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        stop()
        resolve()
      }
      const timer = setTimeout(done, timeoutMs)
      const stop = this.follower.onNews(done)
    })
  }
}
