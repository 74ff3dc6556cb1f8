/** What proxies ask for and report: who we are, let me in, I am here, this far, done, goodbye. */
import { Inject, Injectable } from '@nestjs/common'
import { compactDecrypt } from 'jose'
import {
  ack, enrolRequest, helloRequest, leave, open, parseJoinToken, renewRequest, seal, SHOW_LOG_END, sinceRequest, thumbprintOf, UntrustedMessage,
  type EnrolReply, type JoinToken, type RenewReply, type RenewRequest, type SinceReply,
} from '@pgbeam/contracts'
import type { Caller } from '../access/caller.js'
import { batchEventsMax, fitting } from '../enforcement/batch.js'
import { EnforcementLog, toWire, type LogHead } from '../enforcement/enforcement-log.js'
import type { ProxyIncarnation } from '../generated/prisma/client.js'
import { CONFIG, type Config } from '../platform/config.js'
import { ClusterKeys } from '../platform/crypto/cluster-keys.js'
import { encryptTo } from '../platform/crypto/encrypt-to.js'
import { Database } from '../platform/database/database.js'
import { LOGGER, type Logger } from '../platform/logger.js'
import { Acknowledgements } from './acknowledgements.js'
import { claimOf, FleetRegistry, publicKeyOf, UnknownIncarnation } from './fleet-registry.js'
import { FleetRepository } from './fleet.repository.js'
import { hashOf } from './join-token.service.js'
import { shownBy } from './log-evidence.js'
import { RefusedRequest } from './refused-request.js'
import { Settlements } from './settlements.js'

/** A process that was lost shows for so long, with its lease over. */
const SHOWN_MS = 600_000

@Injectable()
export class FleetService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly db: Database,
    private readonly fleet: FleetRepository,
    private readonly registry: FleetRegistry,
    private readonly heard: Acknowledgements,
    private readonly log: EnforcementLog,
    private readonly keys: ClusterKeys,
    private readonly settlements: Settlements,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Answers plain JSON: whoever asks knows our key's thumbprint from the join token, and checks it. */
  async hello(text: string): Promise<string> {
    const parsed = helloRequest.safeParse(jsonOf(text))
    if (!parsed.success) throw new UntrustedMessage('a hello-request has another shape')
    const body = { nonce: parsed.data.nonce, signing_key: this.keys.signingJwk, encryption_key: this.keys.encryptionJwk }
    return seal('hello-reply', body, this.keys.signer)
  }

  async enrol(jws: string): Promise<string> {
    const registered = enrolRequest.shape.signing_key.safeParse(claimOf(jws)?.['signing_key'])
    if (!registered.success || registered.data.crv !== 'Ed25519') throw new UntrustedMessage('it registers no Ed25519 key')
    const signingKey = publicKeyOf(registered.data)
    const proxyId = await thumbprintOf(signingKey)
    const { body } = open('enrol-request', jws, enrolRequest, (kid) => (kid === proxyId ? signingKey : undefined))
    if (body.encryption_key.crv !== 'X25519') throw new UntrustedMessage('it registers no X25519 key')
    const token = await this.#joinToken(body.token_jwe)
    const outcome = await this.fleet.enrol(body, proxyId, token.id, hashOf(token.secret))
    if ('refused' in outcome) throw refusal(outcome.refused)
    this.registry.forget(body.incarnation)
    const secrets = { salt_secret: this.keys.saltSecret, fleet_key: this.keys.fleetKey }
    const reply: EnrolReply = {
      nonce: body.nonce,
      proxy_id: proxyId,
      epoch: outcome.head.epoch,
      head_seq: outcome.head.seq,
      db_time: outcome.head.dbTime.toISOString(),
      secrets_jwe: await encryptTo(body.encryption_key, JSON.stringify(secrets)),
    }
    return seal('enrol-reply', reply, this.keys.signer)
  }

  async renew(jws: string): Promise<string> {
    const { body } = await this.registry.open('renew-request', jws, renewRequest)
    if (!(await this.fleet.renew(body, this.config.lease.lengthMs))) {
      if (await this.fleet.live(body.incarnation)) throw new RefusedRequest('STALE_RENEWAL', 'a later renewal was answered before')
      this.registry.forget(body.incarnation)
      throw new UnknownIncarnation()
    }
    const head = await this.headAfter(body)
    if (!head) throw new RefusedRequest('STALE_RENEWAL', 'the database that answers does not have this renewal')
    this.heard.acknowledge(body.incarnation, body.epoch, body.applied_seq)
    const { lengthMs, renewMs } = this.config.lease
    const reply: RenewReply = { nonce: body.nonce, epoch: head.epoch, head_seq: head.seq, db_time: head.dbTime.toISOString(), lease_ms: lengthMs, renew_ms: renewMs }
    return seal('renew-reply', reply, this.keys.signer)
  }

  /**
   * The log's head behind a stored renewal. A proxy that has applied more than there is in the same life of the log saw
   * commits that are lost: somebody brought an older database back without a word. Then another life begins here and now,
   * and all credentials are paused. So no proxy is taken at its word: it has to show what we signed. One that cannot gets no
   * lease.
   */
  private async headAfter({ incarnation, n, epoch, applied_seq, evidence }: RenewRequest): Promise<LogHead | undefined> {
    const head = await this.fleet.headBehind(incarnation, n)
    if (!head || head.epoch !== epoch || head.seq >= applied_seq) return head
    const shown = evidence === undefined ? undefined : shownBy(evidence, this.keys)
    if (shown?.epoch !== epoch || shown.seq <= head.seq) {
      this.logger.error({ incarnation, applied_seq, head_seq: head.seq, evidence: evidence !== undefined }, 'a proxy claims to have applied more of the enforcement log than there is; it gets no lease unless it shows where it has that from')
      throw new RefusedRequest(SHOW_LOG_END, 'the log does not reach as far; show what says that it did')
    }
    const begun = await this.log.beginLife({ epoch, reachedSeq: shown.seq })
    this.logger.error({ incarnation, applied_seq, shown_seq: shown.seq, head_seq: head.seq, epoch: begun }, 'the enforcement log has lost its end: another life of it begins, and credentials are served as killed until owners confirm')
    return this.fleet.headBehind(incarnation, n)
  }

  async since(jws: string): Promise<string> {
    const { body } = await this.registry.open('since-request', jws, sinceRequest)
    const reply = await this.db.snapshot(async (tx): Promise<SinceReply> => {
      const head = await this.log.head(tx)
      const position = { nonce: body.nonce, epoch: head.epoch, head_seq: head.seq }
      if (body.epoch !== head.epoch || body.after_seq > head.seq) return { ...position, complete: false, events: [] }
      const events = (await this.log.after(body.after_seq, batchEventsMax, tx)).map(toWire)
      const reachesBack = events.length === 0 || events[0]?.seq === body.after_seq + 1
      return { ...position, complete: reachesBack, events: reachesBack ? fitting(events) : [] }
    })
    return seal('since-reply', reply, this.keys.signer)
  }

  async acknowledged(jws: string): Promise<void> {
    const { body } = await this.registry.open('ack', jws, ack)
    this.heard.acknowledge(body.incarnation, body.epoch, body.applied_seq, body.counted)
    if (body.counted) this.settlements.save(body.incarnation, body.epoch, body.applied_seq, body.counted)
  }

  async left(jws: string): Promise<void> {
    const { body } = await this.registry.open('leave', jws, leave)
    await this.fleet.end(body.incarnation)
    this.registry.forget(body.incarnation)
    this.heard.forget(body.incarnation)
  }

  /** Every process that was heard lately, with the sessions it has open for the caller's projects: how busy others are is not theirs to know. */
  async running(caller: Caller): Promise<(ProxyIncarnation & { openSessions: number })[]> {
    const rows = await this.fleet.heard(SHOWN_MS)
    const counts = rows.map((row) => Object.entries(row.sessions as Record<string, number>))
    const own = await this.fleet.projectsOf(caller.organizationsFor('fleet:read'), [...new Set(counts.flat().map(([projectId]) => projectId))].filter((id) => caller.opensProject(id)))
    const openSessions = counts.map((byProject) => byProject.reduce((sum, [projectId, count]) => sum + (own.has(projectId) ? count : 0), 0))
    return rows.map((row, at) => ({ ...row, openSessions: openSessions[at] ?? 0 }))
  }

  async #joinToken(jwe: string): Promise<JoinToken> {
    try {
      const { plaintext } = await compactDecrypt(jwe, this.keys.encryptionKey, {
        keyManagementAlgorithms: ['ECDH-ES'],
        contentEncryptionAlgorithms: ['A256GCM'],
      })
      return parseJoinToken(Buffer.from(plaintext).toString('utf8'))
    } catch {
      throw refusal('token')
    }
  }
}

const refusals = {
  token: ['JOIN_TOKEN_REFUSED', 'the join token is unknown, used up, expired or revoked'],
  taken: ['INCARNATION_TAKEN', 'another process enrolled under this incarnation'],
  ended: ['INCARNATION_ENDED', 'this incarnation said goodbye; enrol under a new one'],
} as const

function refusal(why: keyof typeof refusals): RefusedRequest {
  const [code, detail] = refusals[why]
  return new RefusedRequest(code, detail)
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
