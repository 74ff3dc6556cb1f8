/** Waits until no replica acts on what it remembered before a change. It always comes to an end: within one lease. */
import { Injectable } from '@nestjs/common'
import { AccessFollower, leaseMs } from './access-follower.js'
import { ReplicasRepository, type ReplicaRow } from './replicas.repository.js'

/** Rows are read again this often: a notification can be lost with its connection. */
const REREAD_MS = 250

@Injectable()
export class AccessReceipts {
  constructor(
    private readonly replicas: ReplicasRepository,
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
      for (const replica of behind ?? []) await this.replicas.end(replica).catch(() => {})
      return
    }
  }

  async #behind(seq: number): Promise<ReplicaRow[]> {
    const rows = await this.replicas.behind(seq)
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
