/**
 * Logins with the secret from before a rotation, counted by credential until the control plane has taken them: an agent that
 * tries again all day is one row there. A report that was not answered is sent again as it is; the control plane counts it once.
 */
import { staleAddressesMax, staleCredentialsMax, staleReply, subjects, type StaleRequest } from '@pgbeam/contracts'
import type { Log } from '../platform/log.js'
import type { ControlPlane } from './control-plane.js'

type Counted = Omit<StaleRequest['attempts'][number], 'credential_id'> & { readonly credential_id: string }
interface Report {
  readonly n: number
  readonly attempts: readonly Counted[]
}
/** Hands a report over. @throws where it may not have arrived */
export type Deliver = (report: Report) => Promise<void>

const EVERY_MS = 1000
const TIMEOUT_MS = 2000
/** Credentials waiting to be reported. Only who holds an old secret of a credential makes one wait. */
const WAITING_MAX = 10_000

export class StaleSecrets {
  /** Attempts since the start, for the metrics. */
  total = 0
  private readonly waiting = new Map<string, Counted>()
  private unanswered: Report | undefined
  private n = 0
  private delivering = false

  note(credentialId: string, address: string, atMs: number): void {
    this.total++
    const at = new Date(atMs).toISOString()
    const before = this.waiting.get(credentialId)
    if (!before && this.waiting.size >= WAITING_MAX) return
    this.waiting.set(credentialId, {
      credential_id: credentialId,
      attempts: (before?.attempts ?? 0) + 1,
      first_at: before?.first_at ?? at,
      last_at: at,
      addresses: [address, ...(before?.addresses ?? []).filter((one) => one !== address)].slice(0, staleAddressesMax),
    })
  }

  /** Reports what waits, if anything does, one report at a time. Where that fails it stays, and the next call tries again. */
  async report(deliver: Deliver): Promise<void> {
    if (this.delivering) return
    this.unanswered ??= this.take()
    if (!this.unanswered) return
    this.delivering = true
    try {
      await deliver(this.unanswered)
      this.unanswered = undefined
    } finally {
      this.delivering = false
    }
  }

  private take(): Report | undefined {
    const attempts = [...this.waiting.values()].slice(0, staleCredentialsMax)
    if (attempts.length === 0) return undefined
    for (const { credential_id } of attempts) this.waiting.delete(credential_id)
    return { n: ++this.n, attempts }
  }
}

/** Reports once a second, where there is something to report. @returns what ends that */
export function reportStaleSecrets(stale: StaleSecrets, controlPlane: ControlPlane, incarnation: string, log: Log): () => void {
  const deliver: Deliver = async (report) => {
    await controlPlane.request(subjects.stale, { request: 'stale-request', reply: 'stale-reply' }, { incarnation, ...report }, staleReply, TIMEOUT_MS)
  }
  const timer = setInterval(() => {
    stale.report(deliver).catch((error: unknown) => {
      log.debug({ err: error }, 'attempts with old secrets could not be reported; they are reported later')
    })
  }, EVERY_MS)
  return () => {
    clearInterval(timer)
  }
}
