/**
 * The keys that GitHub signs secret-scanning alerts with. Fetched when an alert names one that is not known yet.
 * (docs.github.com, "Secret scanning partner program": ECDSA P-256 over SHA-256 of the raw body, DER, base64.)
 */
import { createPublicKey, verify, type KeyObject } from 'node:crypto'
import { Inject, Injectable } from '@nestjs/common'
import { z } from 'zod'
import { CONFIG, type Config } from '../platform/config.js'
import { ServiceUnavailable } from '../platform/http/errors.js'

const published = z.object({ public_keys: z.array(z.object({ key_identifier: z.string(), key: z.string() })).max(100) })
const FETCH_TIMEOUT_MS = 5_000
/** Whoever invents key names makes us ask no more often than this. */
const ASK_INTERVAL_MS = 60_000

@Injectable()
export class GithubKeys {
  #keys: ReadonlyMap<string, KeyObject> = new Map()
  #askedAtMs = -Infinity

  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /**
   * Whether GitHub signed these bytes.
   * @throws ServiceUnavailable where its keys cannot be had: an alert is sent again
   */
  async signed(bytes: Buffer, keyId: string, signature: string): Promise<boolean> {
    if (!this.#keys.has(keyId)) await this.#ask()
    const key = this.#keys.get(keyId)
    if (!key) return false
    try {
      return verify('sha256', bytes, key, Buffer.from(signature, 'base64'))
    } catch {
      return false // no DER signature
    }
  }

  async #ask(): Promise<void> {
    const nowMs = performance.now()
    if (nowMs - this.#askedAtMs < ASK_INTERVAL_MS) return
    this.#askedAtMs = nowMs
    try {
      const response = await fetch(this.config.githubKeysUrl, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS), headers: { accept: 'application/json' } })
      if (!response.ok) throw new Error(`GitHub answered ${response.status}`)
      const { public_keys: keys } = published.parse(await response.json())
      this.#keys = new Map(keys.map(({ key_identifier, key }) => [key_identifier, createPublicKey(key)]))
    } catch (error) {
      throw new ServiceUnavailable("GitHub's signing keys cannot be fetched; send the alert again in a minute", { cause: error })
    }
  }
}
