/**
 * Tries the kill switch of every proxy on schedule: its canary is let in, killed, and must be refused for that once the proxy
 * has acknowledged. Each canary is taken up by one replica at a time, and its events go the way of all others.
 */
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common'
import { metrics, type ObservableResult } from '@opentelemetry/api'
import { Acknowledgements } from '../fleet/acknowledgements.js'
import { CONFIG, type Config } from '../platform/config.js'
import { LOGGER, type Logger } from '../platform/logger.js'
import { Nats } from '../platform/nats/nats-connection.js'
import { CanaryAsking } from './canary-asking.js'
import { CanaryRepository, type CanaryEvent, type CanaryState, type TakenCanary } from './canary.repository.js'
import { killSwitchOf, killSwitchStates, worstOf, type CanaryOutcome, type KillSwitch } from './kill-switch.js'
import { nextNews } from '../platform/news.js'

/** How often is looked which canaries are due: a new proxy does not wait for a whole interval. */
const TICK_MAX_MS = 2_000
/** On top of a lease, after which a silent proxy serves nothing anyway. */
const GRACE_MS = 500
/** What the door says of a killed credential whose secret was proven. */
const KILLED = 'ERR_LOGIN_NOT_ALLOWED'

const meter = metrics.getMeter('pgbeam')
const seconds = meter.createHistogram('pgbeam_kill_switch_seconds', {
  description: "From the call that kills a proxy's canary until the proxy had acknowledged (enforced), and until it was seen to refuse (refused)",
  unit: 's',
  advice: { explicitBucketBoundaries: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5] },
})
const trials = meter.createCounter('pgbeam_kill_switch_trials_total', { description: 'Trials of the kill switch, by what they came to' })
const statusGauge = meter.createObservableGauge('pgbeam_kill_switch', { description: '1 for the status that the kill switch of all proxies together has' })

interface Trial {
  readonly outcome: CanaryOutcome
  readonly enforcedMs: number | null
  readonly refusedMs: number | null
}

export interface KillSwitchReport extends KillSwitch {
  readonly checkedAt: Date | null
}
export interface ProxyKillSwitch extends KillSwitchReport {
  readonly enforcedMs: number | null
  readonly refusedMs: number | null
}

@Injectable()
export class CanaryService implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #running = new Set<Promise<void>>()
  #timer: NodeJS.Timeout | undefined
  #looking = false
  #stopped = false

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly nats: Nats,
    private readonly canaries: CanaryRepository,
    private readonly asking: CanaryAsking,
    private readonly heard: Acknowledgements,
  ) {}

  onApplicationBootstrap(): void {
    statusGauge.addCallback(this.#observe)
    const { intervalMs } = this.config.canary
    if (intervalMs === 0) return
    this.#timer = setInterval(() => void this.look(), Math.min(TICK_MAX_MS, intervalMs / 4))
  }

  async onModuleDestroy(): Promise<void> {
    this.#stopped = true
    clearInterval(this.#timer)
    statusGauge.removeCallback(this.#observe)
    await Promise.allSettled(this.#running)
  }

  /** Begins the trials that are due. */
  async look(): Promise<void> {
    if (this.#looking || this.#stopped || !this.nats.open) return // without NATS nothing can be tried, and the last trials grow old
    this.#looking = true
    try {
      await this.canaries.keepUp()
      for (const one of await this.canaries.take(this.config.canary.intervalMs)) {
        const running = this.#try(one).catch((error: Error) => this.logger.debug({ proxy: one.proxyId, reason: error.message }, 'a trial of the kill switch broke off'))
        this.#running.add(running)
        void running.finally(() => this.#running.delete(running))
      }
    } catch (error) {
      this.logger.debug({ reason: (error as Error).message }, 'no trial of the kill switch could be begun')
    } finally {
      this.#looking = false
    }
  }

  /** Of all proxies together. */
  async status(): Promise<KillSwitchReport> {
    const states = await this.canaries.states()
    const oldest = states.reduce<Date | null>((first, { checkedAt }) => (first === null || (checkedAt !== null && checkedAt < first) ? checkedAt : first), null)
    return { ...worstOf(states.map((state) => this.#of(state)), this.config.canary.intervalMs), checkedAt: oldest }
  }

  /** By incarnation. */
  async byProxy(): Promise<Map<string, ProxyKillSwitch>> {
    return new Map((await this.canaries.states()).map((state) => [state.incarnation, { ...this.#of(state), enforcedMs: state.enforcedMs, refusedMs: state.refusedMs, checkedAt: state.checkedAt }]))
  }

  #of(state: CanaryState): KillSwitch {
    return killSwitchOf(state, this.config.canary.intervalMs)
  }

  async #try(one: TakenCanary): Promise<void> {
    const trial = await this.#trial(one)
    if (!trial || this.#stopped) return
    await this.canaries.record(one.incarnation, trial.outcome, trial.enforcedMs, trial.refusedMs)
    trials.add(1, { outcome: trial.outcome })
    if (trial.enforcedMs !== null) seconds.record(trial.enforcedMs / 1000, { proxy: one.proxyId, until: 'enforced' })
    if (trial.refusedMs !== null) seconds.record(trial.refusedMs / 1000, { proxy: one.proxyId, until: 'refused' })
    if (trial.outcome === 'let_in') this.logger.error({ proxy: one.proxyId }, 'a proxy let its killed canary in: the kill switch does not work there')
    else this.logger.debug({ proxy: one.proxyId, ...trial }, 'the kill switch was tried')
  }

  /** @returns undefined where the proxy went away meanwhile */
  async #trial({ incarnation, credentialId, leaseMs }: TakenCanary): Promise<Trial | undefined> {
    const nothing = (outcome: CanaryOutcome): Trial => ({ outcome, enforcedMs: null, refusedMs: null })
    const overAtMs = (): number => performance.now() + leaseMs + GRACE_MS
    const left = await this.canaries.change(incarnation, 'active') // a trial that broke off left it killed
    if (left && (await this.#acknowledged(incarnation, left, overAtMs())) === undefined) return nothing('no_answer')
    const before = await this.asking.ask(incarnation, credentialId)
    if (!before) return nothing('no_answer')
    if (!before.admitted || !before.session_open) return nothing('not_admitted')
    const calledAtMs = performance.now()
    const killed = await this.canaries.change(incarnation, 'killed')
    if (!killed) return undefined
    try {
      const atMs = await this.#acknowledged(incarnation, killed, overAtMs())
      if (atMs === undefined) return nothing('no_answer')
      const enforcedMs = Math.max(0, Math.round(atMs - calledAtMs))
      const after = await this.asking.ask(incarnation, credentialId)
      if (!after) return { ...nothing('no_answer'), enforcedMs }
      if (after.admitted || after.session_open) return { ...nothing('let_in'), enforcedMs }
      if (after.refusal !== KILLED) return { ...nothing('unclear'), enforcedMs }
      const refusedMs = Math.round(performance.now() - calledAtMs)
      return { outcome: refusedMs > this.config.canary.slowMs ? 'late' : 'enforced', enforcedMs, refusedMs }
    } finally {
      await this.canaries.change(incarnation, 'active')
    }
  }

  /** @returns when the proxy had acknowledged, on the monotonic clock; undefined where it did not until `overAtMs`, or left */
  async #acknowledged(incarnation: string, { epoch, seq }: CanaryEvent, overAtMs: number): Promise<number | undefined> {
    for (;;) {
      if (this.heard.appliedSeq(incarnation, epoch) >= seq) return this.heard.acknowledgedAtMs(incarnation, seq) ?? performance.now()
      const leftMs = overAtMs - performance.now()
      if (leftMs <= 0 || this.#stopped) return undefined
      await nextNews(this.heard, Math.min(leftMs, GRACE_MS))
    }
  }

  readonly #observe = async (result: ObservableResult): Promise<void> => {
    try {
      const { status } = await this.status()
      for (const one of killSwitchStates) result.observe(Number(one === status), { status: one })
    } catch {
      // The database cannot be asked: no figure is better than an old one.
    }
  }
}
