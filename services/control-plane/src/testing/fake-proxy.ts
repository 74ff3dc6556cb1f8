/** A proxy process as the control plane sees it: everything on NATS, nothing behind it. */
import { createPublicKey, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto'
import { connect, type NatsConnection, type Subscription } from '@nats-io/transport-node'
import { compactDecrypt, CompactEncrypt, exportJWK, importJWK } from 'jose'
import {
  canaryRequest, enforcementBatch, enrolReply, errorReply, fleetSecrets, helloReply, open, parseJoinToken, renewReply, requestHash, resolveReply, seal, SHOW_LOG_END, signerOf, sinceReply, staleReply, subjects,
  thumbprintOf, type CanaryReply, type Counted, type EnforcementBatch, type EnforcementEvent, type MessageType, type PassthroughName, type ResolveReply, type Signer, type SinceReply,
} from '@pgbeam/contracts'
import { makeId } from '@pgbeam/kernel'
import type { z } from 'zod'
import { EventEmitter, once } from 'node:events'

export class Refused extends Error {
  constructor(readonly code: string) {
    super(code)
  }
}

export type CanaryAnswer = Omit<CanaryReply, 'nonce'>

export class FakeProxy {
  readonly incarnation = makeId('IncarnationId', Date.now(), randomBytes(10))
  readonly encryption = generateKeyPairSync('x25519')
  readonly batches: EnforcementBatch[] = []
  readonly heard = new EventEmitter()
  signer!: Signer
  signingKey!: KeyObject
  controlKey!: KeyObject
  controlKid!: string
  proxyId = ''
  epoch = ''
  appliedSeq = 0
  secrets: z.infer<typeof fleetSecrets> | undefined
  /** What it does when a batch arrives. */
  acks = true
  settles: { sessions: number; statements: number } | undefined = { sessions: 0, statements: 0 }
  sessions: Record<string, number> = {}
  /** What it shows where nobody believes how far it is. */
  evidence: string | undefined
  #n = 0
  #subscription: Subscription | undefined
  #canary: Subscription | undefined
  readonly #hearing = new Set<Promise<void>>()
  #renewing: NodeJS.Timeout | undefined
  #lastRenewal: Promise<unknown> = Promise.resolve()

  private constructor(readonly nats: NatsConnection) {}

  /** Connects and makes its keys; nobody knows it yet. */
  static async connected(natsUrl = process.env['NATS_URL'] ?? ''): Promise<FakeProxy> {
    const proxy = new FakeProxy(await connect({ servers: natsUrl, maxReconnectAttempts: -1, reconnectTimeWait: 50, waitOnFirstConnect: true }))
    proxy.signingKey = generateKeyPairSync('ed25519').privateKey
    proxy.signer = await signerOf(proxy.signingKey)
    return proxy
  }

  /** Enrolled, listening, under a lease, and renewing often. */
  static async joined(joinToken: string, natsUrl?: string): Promise<FakeProxy> {
    const proxy = await FakeProxy.connected(natsUrl)
    await proxy.enrol(joinToken)
    await proxy.listen()
    await proxy.renew()
    proxy.renewEvery(200)
    return proxy
  }

  async hello(joinToken: string): Promise<{ encryption_key: { kty: 'OKP'; crv: string; x: string } }> {
    const nonce = newNonce()
    const text = (await this.nats.request(subjects.hello, JSON.stringify({ nonce }), { timeout: 5_000 })).string()
    const claimed = JSON.parse(Buffer.from(text.split('.')[1] ?? '', 'base64url').toString()) as { signing_key: Record<string, string> }
    this.controlKey = createPublicKey({ key: claimed.signing_key, format: 'jwk' })
    this.controlKid = await thumbprintOf(this.controlKey)
    if (this.controlKid !== parseJoinToken(joinToken).controlKeyThumbprint) throw new Error('another control plane')
    const { body } = open('hello-reply', text, helloReply, (kid) => (kid === this.controlKid ? this.controlKey : undefined))
    if (body.nonce !== nonce) throw new Error('another nonce')
    return body
  }

  async enrolBody(joinToken: string): Promise<Record<string, unknown>> {
    const { encryption_key } = await this.hello(joinToken)
    const publicJwk = async (key: KeyObject) => {
      const { kty, crv, x } = await exportJWK(createPublicKey(key))
      return { kty, crv, x }
    }
    return {
      incarnation: this.incarnation,
      version: 'fake',
      address: 'localhost:1',
      signing_key: await publicJwk(this.signingKey),
      encryption_key: await publicJwk(this.encryption.privateKey),
      token_jwe: await new CompactEncrypt(Buffer.from(joinToken)).setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM' }).encrypt(await importJWK(encryption_key, 'ECDH-ES')),
    }
  }

  async enrol(joinToken: string): Promise<void> {
    const body = await this.request(subjects.enrol, 'enrol-request', 'enrol-reply', await this.enrolBody(joinToken), enrolReply)
    this.proxyId = body.proxy_id
    this.epoch = body.epoch
    this.appliedSeq = body.head_seq
    this.secrets = fleetSecrets.parse(JSON.parse(await this.decrypt(body.secrets_jwe)))
  }

  async listen(): Promise<void> {
    this.#subscription = this.nats.subscribe(subjects.enforcement, {
      callback: (error, message) => {
        if (error) return
        this.#hear(message.string())
      },
    })
    await this.nats.flush()
  }

  #hear(text: string): void {
    const { body } = open('enforcement-batch', text, enforcementBatch, (kid) => (kid === this.controlKid ? this.controlKey : undefined))
    if (body.epoch !== this.epoch) return
    this.batches.push(body)
    this.evidence = text
    if (this.acks) {
      const before = this.appliedSeq
      const news = body.events.filter(({ seq }) => seq > before)
      this.appliedSeq = news.at(-1)?.seq ?? before
      this.ack(this.appliedSeq, this.settles && { after_seq: before, ended: news.flatMap(({ seq }) => this.#ended(seq, this.settles)) })
    }
    this.heard.emit('batch', body)
  }

  get events(): EnforcementEvent[] {
    return this.batches.flatMap((batch) => batch.events)
  }

  /** Answers questions about its canary; undefined for no answer. By default as the snapshot that it would be given says. */
  answerCanary(say: (honest: CanaryAnswer) => CanaryAnswer | undefined | Promise<CanaryAnswer> = (honest) => honest): void {
    this.#canary?.unsubscribe()
    this.#canary = this.nats.subscribe(subjects.canary(this.incarnation), {
      callback: (error, message) => {
        if (error) return
        const { body } = open('canary-request', message.string(), canaryRequest, (kid) => (kid === this.controlKid ? this.controlKey : undefined))
        const answering = this.resolve({ credential_id: body.credential_id })
          .then(async ({ snapshot }) => {
            const admitted = snapshot?.credential.status === 'active'
            const answer = await say({ admitted, refusal: admitted ? null : 'ERR_LOGIN_NOT_ALLOWED', session_open: admitted })
            if (answer) message.respond(seal('canary-reply', { nonce: body.nonce, ...answer }, this.signer))
          })
          .catch(() => {})
          .finally(() => this.#hearing.delete(answering))
        this.#hearing.add(answering)
      },
    })
  }

  /** Resolves once an event with this number or a later one has arrived. */
  async until(seq: number): Promise<void> {
    while (!this.events.some((event) => event.seq >= seq)) await once(this.heard, 'batch', { signal: AbortSignal.timeout(10_000) })
  }

  ack(seq = this.appliedSeq, counted?: Counted): void {
    this.nats.publish(subjects.ack, seal('ack', { incarnation: this.incarnation, epoch: this.epoch, applied_seq: seq, counted }, this.signer))
  }

  /** Tells of one event what it ended; of another life of the log, where that is asked for. */
  settle(seq: number, counts: { sessions: number; statements: number }, epoch = this.epoch): void {
    const counted: Counted = { after_seq: seq - 1, ended: this.#ended(seq, counts) }
    this.nats.publish(subjects.ack, seal('ack', { incarnation: this.incarnation, epoch, applied_seq: seq, counted }, this.signer))
  }

  #ended(seq: number, { sessions, statements } = { sessions: 0, statements: 0 }): Counted['ended'] {
    return sessions === 0 ? [] : [{ seq, sessions_dropped: sessions, statements_cancelled: statements }]
  }

  renewBody(used: { credential_id: string; at: string }[] = []): Record<string, unknown> {
    return { incarnation: this.incarnation, n: ++this.#n, epoch: this.epoch, applied_seq: this.appliedSeq, sessions: this.sessions, used }
  }

  renew(used: { credential_id: string; at: string }[] = []): Promise<z.infer<typeof renewReply>> {
    // One at a time, as a proxy does it: of two under way at once the later may be heard first, and the other is then stale.
    const ask = (more: Record<string, unknown> = {}) => this.request(subjects.renew, 'renew-request', 'renew-reply', { ...this.renewBody(used), ...more }, renewReply)
    const answer = this.#lastRenewal.then(() => ask()).catch((error: unknown) => {
      if (!(error instanceof Refused) || error.code !== SHOW_LOG_END || this.evidence === undefined) throw error
      return ask({ evidence: this.evidence })
    })
    this.#lastRenewal = answer.catch(() => undefined)
    return answer
  }

  renewEvery(ms: number): void {
    clearInterval(this.#renewing)
    this.#renewing = setInterval(() => void this.renew().catch(() => {}), ms)
  }

  resolve(which: { credential_id: string } | { mcp_token_sha256: string } | { passthrough: PassthroughName }): Promise<ResolveReply> {
    return this.request(subjects.resolve, 'resolve-request', 'resolve-reply', { incarnation: this.incarnation, ...which }, resolveReply)
  }

  reportStale(n: number, attempts: { credential_id: string; attempts: number; first_at: string; last_at: string; addresses: string[] }[]): Promise<unknown> {
    return this.request(subjects.stale, 'stale-request', 'stale-reply', { incarnation: this.incarnation, n, attempts }, staleReply)
  }

  since(afterSeq: number, epoch = this.epoch): Promise<SinceReply> {
    return this.request(subjects.since, 'since-request', 'since-reply', { incarnation: this.incarnation, epoch, after_seq: afterSeq }, sinceReply)
  }

  async leave(): Promise<void> {
    this.nats.publish(subjects.leave, seal('leave', { incarnation: this.incarnation }, this.signer))
    await this.nats.flush()
  }

  /** @throws Refused with the code of an error-reply */
  async request<Schema extends z.ZodType<{ nonce: string }>>(
    subject: string, type: MessageType, replyType: MessageType, body: Record<string, unknown>, schema: Schema, signer = this.signer,
  ): Promise<z.infer<Schema>> {
    const nonce = newNonce()
    return this.send(subject, seal(type, { nonce, ...body }, signer), replyType, schema, nonce)
  }

  /** Sends a text as it is. */
  async send<Schema extends z.ZodType<{ nonce: string }>>(subject: string, text: string, replyType: MessageType, schema: Schema, nonce?: string): Promise<z.infer<Schema>> {
    const reply = (await this.nats.request(subject, text, { timeout: 5_000 })).string()
    const keyOf = (kid: string) => (kid === this.controlKid ? this.controlKey : undefined)
    let refused: z.infer<typeof errorReply> | undefined
    try {
      refused = open('error-reply', reply, errorReply, keyOf).body
    } catch {
      refused = undefined
    }
    if (refused && refused.request_sha256 !== requestHash(text)) throw new Error('a refusal of another request')
    if (refused) throw new Refused(refused.code)
    const { body } = open(replyType, reply, schema, keyOf)
    if (nonce !== undefined && body.nonce !== nonce) throw new Error('an answer to another request')
    return body
  }

  async decrypt(jwe: string): Promise<string> {
    return Buffer.from((await compactDecrypt(jwe, this.encryption.privateKey)).plaintext).toString()
  }

  async stop(): Promise<void> {
    clearInterval(this.#renewing)
    this.#subscription?.unsubscribe()
    this.#canary?.unsubscribe()
    await Promise.allSettled(this.#hearing)
    await this.nats.close()
  }
}

export const newNonce = (): string => randomBytes(16).toString('base64url')
