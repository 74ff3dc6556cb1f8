/**
 * Large statements are judged in a worker thread, one at a time, within a time limit: what cannot be decided is refused.
 * Credentials take turns, so one with many of them waiting holds up another for a single statement's time.
 */
import { Worker } from 'node:worker_threads'
import type { Catalog, CompiledPolicy, Decision } from '@pgbeam/policy'
import { FairQueue } from '../platform/fair-queue.js'

const LIMIT_MS = 250
/** For texts longer than a policy that reads statements lets through at all. */
const LIMIT_CHARS_PER_MS = 1000
/** Loading the parser, and a catalog on its way to the worker, take longer than any statement may. */
const START_MS = 10_000
const WAITING_MAX = 256
const CREDENTIAL_WAITING_MAX = 64

export interface JudgeRequest {
  readonly text: string
  readonly protocol: 'simple' | 'extended'
  readonly parameterTypes: readonly number[]
  readonly catalogIsFresh?: boolean
}
export interface Job extends JudgeRequest {
  readonly policy: CompiledPolicy
  /** Sent once for each version; later jobs name it. */
  readonly catalogVersion: string | undefined
  readonly catalog: Catalog | undefined
}

const refused = (why: string, hint: string): Decision => ({
  allowed: false,
  rule: 'size_limit',
  sqlState: '54000',
  message: why,
  detail: 'rule: size_limit',
  hint,
})
const BUSY = refused('too many large statements of this credential are waiting to be checked', 'Try again in a moment, or send smaller statements.')
const TOO_SLOW = refused('this statement is too complex to be checked', 'Split it, or send large values as parameters.')

interface Waiting {
  readonly policy: CompiledPolicy
  readonly catalog: Catalog | undefined
  readonly request: JudgeRequest
  readonly onDecision: (decision: Decision) => void
}

/** What is used of a worker. */
export type JudgeWorker = Pick<Worker, 'on' | 'postMessage' | 'removeAllListeners' | 'terminate' | 'unref'>

export class LargeTextJudge {
  private worker: JudgeWorker | undefined
  private sentCatalog: string | undefined
  private readonly queue = new FairQueue<Waiting>(WAITING_MAX, CREDENTIAL_WAITING_MAX)
  private current: Waiting | undefined
  private timer: NodeJS.Timeout | undefined

  constructor(private readonly startWorker: () => JudgeWorker = () => new Worker(new URL('./large-text-worker.js', import.meta.url))) {}

  /** @param owner the credential: those who wait take turns by it */
  judge(owner: string, policy: CompiledPolicy, catalog: Catalog | undefined, request: JudgeRequest, onDecision: (decision: Decision) => void): void {
    const crowdedOut = this.queue.push(owner, { policy, catalog, request, onDecision })
    if (crowdedOut) setImmediate(crowdedOut.onDecision, BUSY)
    this.next()
  }

  private next(): void {
    if (this.current) return
    this.current = this.queue.shift()
    if (!this.current) return
    const worker = (this.worker ??= this.start())
    const { policy, catalog, request } = this.current
    const job: Job = {
      ...request,
      policy,
      catalogVersion: catalog?.version,
      catalog: catalog && catalog.version !== this.sentCatalog ? catalog : undefined,
    }
    this.sentCatalog = catalog?.version ?? this.sentCatalog
    worker.postMessage(job)
    this.timer = setTimeout(this.onTooSlow, START_MS)
  }

  private start(): JudgeWorker {
    const worker = this.startWorker()
    worker.unref()
    worker.on('message', (said: Decision | 'started') => {
      if (said !== 'started') {
        this.finish(said)
        return
      }
      clearTimeout(this.timer)
      this.timer = setTimeout(this.onTooSlow, Math.max(LIMIT_MS, (this.current?.request.text.length ?? 0) / LIMIT_CHARS_PER_MS))
    })
    worker.on('error', this.onTooSlow)
    return worker
  }

  private readonly onTooSlow = (): void => {
    const worker = this.worker
    this.worker = undefined
    worker?.removeAllListeners()
    worker?.on('error', () => undefined) // one that ran out of memory says so even now
    void worker?.terminate()
    this.sentCatalog = undefined
    this.finish(TOO_SLOW)
  }

  private finish(decision: Decision): void {
    clearTimeout(this.timer)
    const done = this.current
    this.current = undefined
    done?.onDecision(decision)
    this.next()
  }
}
