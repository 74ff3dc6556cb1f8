/**
 * Cancel requests that reached the wrong proxy. The key tells nothing about where its session is, so the request goes to
 * all, encrypted with the fleet's key; one that is old or was seen before counts for nothing.
 */
import { compactDecrypt, CompactEncrypt } from 'jose'
import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import { subjects } from '@pgbeam/contracts'
import type { Secret } from '@pgbeam/kernel'
import type { SessionRegistry } from '../relay/session-registry.js'
import type { Bus } from './bus.js'
import type { ControlClock } from './control-clock.js'
import { newNonce } from './control-plane.js'

const AGE_MAX_MS = 10_000
/** Anybody can send cancel requests without a login: more than this many a second are dropped, not broadcast. */
const PER_SECOND_MAX = 200
/** The keys of protocol 3.2: none of another length is anybody's. */
const KEY_BYTES_MIN = 4
const KEY_BYTES_MAX = 256

const cancelMessage = z.strictObject({ pid: z.number(), key: z.string(), at: z.number(), nonce: z.string() })

export class CancelBus {
  private readonly seen = new LRUCache<string, true>({ max: 10_000, ttl: 2 * AGE_MAX_MS })
  private second = 0
  private sentInSecond = 0

  constructor(
    private readonly bus: Bus,
    private readonly fleetKey: Secret<Buffer>,
    private readonly sessions: SessionRegistry,
    private readonly clock: ControlClock,
  ) {
    bus.subscribe(subjects.cancel, {
      callback: (error, message) => {
        if (!error) void this.receive(message.string())
      },
    })
  }

  /** Cancels here, or asks the other proxies. */
  async cancel(pid: number, key: Buffer): Promise<void> {
    if (key.length < KEY_BYTES_MIN || key.length > KEY_BYTES_MAX || this.sessions.cancel(pid, key)) return
    const second = Math.floor(performance.now() / 1000)
    if (second !== this.second) {
      this.second = second
      this.sentInSecond = 0
    }
    if (++this.sentInSecond > PER_SECOND_MAX || !this.bus.connected) return
    const body = { pid, key: key.toString('base64url'), at: this.clock.nowMs(), nonce: newNonce() }
    this.seen.set(body.nonce, true)
    const sealed = await new CompactEncrypt(Buffer.from(JSON.stringify(body)))
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .encrypt(this.fleetKey.reveal())
    if (this.bus.connected) this.bus.publish(subjects.cancel, sealed)
  }

  private async receive(sealed: string): Promise<void> {
    try {
      const { plaintext } = await compactDecrypt(sealed, this.fleetKey.reveal(), {
        keyManagementAlgorithms: ['dir'],
        contentEncryptionAlgorithms: ['A256GCM'],
      })
      const { pid, key, at, nonce } = cancelMessage.parse(JSON.parse(Buffer.from(plaintext).toString()))
      if (Math.abs(this.clock.nowMs() - at) > AGE_MAX_MS || this.seen.has(nonce)) return
      this.seen.set(nonce, true)
      this.sessions.cancel(pid, Buffer.from(key, 'base64url'))
    } catch {
      // Not from this fleet: it counts for nothing.
    }
  }
}
