/**
 * Follows the enforcement log and acts on it. What is done when, and what is served, is decided by the state machine that the
 * proof explores (libs/enforcement, `Standing`); this gives it hands. An event is applied in the turn in which it arrives:
 * credentials forgotten, sessions marked and their upstream sockets reset. Only then is it acknowledged, once for all that came
 * together, and still in that turn: clients are told, which takes longer, behind it.
 */
import type { Subscription } from '@nats-io/transport-node'
import { canaryProjectId, enforcementBatch, sinceReply, subjects, type Ack, type CountedEvent, type EnforcementEvent } from '@pgbeam/contracts'
import { Standing, type Asked, type Grant, type Position } from '@pgbeam/enforcement'
import { overtakes } from '../credentials/concerns.js'
import type { CredentialStore } from '../credentials/credential-store.js'
import { readClocks, readQuickClocks } from '../platform/clocks.js'
import type { Log } from '../platform/log.js'
import { inTraceOf } from '../platform/tracing.js'
import type { DropResult, SessionOwner, SessionRegistry } from '../relay/session-registry.js'
import type { EndReason } from '../relay/session-options.js'
import type { ControlPlane } from './control-plane.js'
import { effectOf, readmitted } from './effects.js'
import { LogEvidence } from './log-evidence.js'

const SINCE_TIMEOUT_MS = 5000

export class Enforcer {
  private readonly standing: Standing<EnforcementEvent>
  /** What the events applied since the last acknowledgement ended. */
  private ended: CountedEvent[] = []
  private acknowledged: Position
  private countable = true
  private catchingUp = false
  private subscription: Subscription | undefined
  applied = 0
  /** What shows others how far the log has come. */
  readonly evidence = new LogEvidence()
  /** Called when the lease may have begun to hold. */
  onStanding: () => void = () => undefined
  untrusted = 0

  constructor(
    private readonly controlPlane: ControlPlane,
    private readonly incarnation: string,
    private readonly store: CredentialStore,
    private readonly sessions: SessionRegistry,
    private readonly log: Log,
    start: Position,
  ) {
    this.acknowledged = start
    this.standing = new Standing(start, {
      apply: (event) => {
        inTraceOf(`enforce ${event.kind}`, event.traceparent, () => {
          this.apply(event)
        })
      },
      startOver: (position) => {
        this.empty(position)
      },
      acknowledge: (position) => {
        this.acknowledge(position)
      },
      catchUp: () => void this.catchUp(),
    })
  }

  get position(): Position {
    return this.standing.position
  }

  /** Whether anything may be forwarded now. Reads clocks, and allocates nothing. */
  readonly serves = (): boolean => this.standing.serves(readQuickClocks())

  /** The same with every clock, for whoever looks now and then. */
  readonly servesForSure = (): boolean => this.standing.serves(readClocks())

  listen(): void {
    this.subscription = this.controlPlane.subscribe(
      subjects.enforcement,
      'enforcement-batch',
      enforcementBatch,
      (batch, message) => {
        this.offer(batch.epoch, batch.prev_seq, batch.events)
        this.evidence.note(batch.epoch, batch.events.at(-1)?.seq ?? batch.prev_seq, () => message.string())
      },
      (error) => {
        this.untrusted++
        this.log.warn({ err: error }, 'an enforcement message that the control plane did not sign was ignored')
      },
    )
  }

  stop(): void {
    this.subscription?.unsubscribe()
  }

  /** The answer to a renewal. */
  granted(asked: Asked, grant: Grant): void {
    this.standing.granted(asked, grant, readClocks())
    this.onStanding()
  }

  /**
   * Enrolled anew, or the log no longer reaches back: on from there, with nothing that was known before.
   * @param asked where this proxy stood when it asked: the answer may have been on its way for long
   */
  startOver(position: Position, asked: Position): void {
    this.standing.startOver(position, asked)
  }

  /** What is cached and open here was decided under a life of the log that no longer counts. */
  private empty(position: Position): void {
    this.log.warn({ from: this.position, to: position }, 'the enforcement log starts over: cache emptied, sessions ended')
    this.countable = false
    this.store.restart(position.epoch, position.seq)
    this.sessions.drop(() => true, {
      sqlState: '57P01',
      message: 'the state of all credentials is being read anew',
      hint: 'Connect again.',
    })
  }

  private offer(epoch: string, prevSeq: number, events: readonly EnforcementEvent[]): void {
    this.standing.offer(epoch, prevSeq, events, readClocks())
    this.onStanding()
  }

  private apply(event: EnforcementEvent): void {
    this.applied++
    this.store.apply(event)
    const effect = effectOf(event)
    const before = this.ended.length
    switch (effect.do) {
      case 'drop':
        this.count(event, this.sessions.drop((owner) => overtakes(event, owner), effect.reason, event.credential_id))
        break
      case 'readmit': {
        const { on_control_loss: onControlLoss } = event
        if (onControlLoss !== undefined) {
          this.sessions.amend(
            (owner) => overtakes(event, owner),
            ({ passthrough }) => {
              if (passthrough) passthrough.onControlLoss = onControlLoss
            },
          )
        }
        const why = (owner: SessionOwner): EndReason | undefined => readmitted(event, owner, effect)
        this.count(event, this.sessions.drop((owner) => overtakes(event, owner) && why(owner) !== undefined, (owner) => why(owner) ?? effect.elsewhere))
        break
      }
      case 'expire': {
        const at = event.expires_at == null ? Infinity : Date.parse(event.expires_at)
        this.sessions.amend(
          (owner) => overtakes(event, owner),
          (owner) => {
            owner.expiresAtMs = at
          },
          event.credential_id,
        )
        break
      }
      case 'nothing':
        break
    }
    // Most events end nothing here, and canaries are killed all the time.
    const level = this.ended.length === before || event.project_id === canaryProjectId ? 'debug' : 'info'
    this.log[level]({ seq: event.seq, kind: event.kind, subject: event.credential_id ?? event.policy_id ?? event.database_id ?? event.project_id }, 'applied')
  }

  private count({ seq }: EnforcementEvent, { sessions, statements }: DropResult): void {
    if (sessions > 0) this.ended.push({ seq, sessions_dropped: sessions, statements_cancelled: statements })
  }

  private acknowledge({ epoch, seq }: Position): void {
    const { acknowledged, ended } = this
    this.acknowledged = { epoch, seq }
    this.ended = []
    const body: Ack = { incarnation: this.incarnation as Ack['incarnation'], epoch, applied_seq: seq }
    // Where the log starts over nothing was applied event by event, and nothing is counted.
    if (acknowledged.epoch === epoch && this.countable) body.counted = { after_seq: acknowledged.seq, ended }
    this.countable = true
    try {
      this.controlPlane.publish(subjects.ack, 'ack', body)
    } catch (error) {
      this.log.warn({ err: error }, 'an acknowledgement could not be sent; the next renewal carries it')
    }
  }

  private async catchUp(): Promise<void> {
    if (this.catchingUp) return
    this.catchingUp = true
    try {
      for (;;) {
        const asked = this.position
        const { epoch, seq } = asked
        const reply = await this.controlPlane.request(
          subjects.since,
          { request: 'since-request', reply: 'since-reply' },
          { incarnation: this.incarnation, epoch, after_seq: seq },
          sinceReply,
          SINCE_TIMEOUT_MS,
          (body, text) => {
            this.evidence.note(body.epoch, body.head_seq, () => text)
          },
        )
        if (!reply.complete || reply.epoch !== epoch) {
          this.startOver({ epoch: reply.epoch, seq: reply.head_seq }, asked)
          return
        }
        this.offer(reply.epoch, seq, reply.events)
        if (this.position.seq >= reply.head_seq || reply.events.length === 0) return
      }
    } catch (error) {
      this.log.warn({ err: error }, 'the enforcement log could not be read; the next renewal tries again')
    } finally {
      this.catchingUp = false
    }
  }
}
