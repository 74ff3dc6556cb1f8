/** Who runs a request under an Idempotency-Key, and what was answered. The database decides, so that replicas agree. */
import { randomUUID } from 'node:crypto'
import { Injectable } from '@nestjs/common'
import { Keyring } from '../platform/crypto/keyring.js'
import { Database } from '../platform/database/database.js'
import type { KeptAnswer } from './kept-answer.js'

export interface Asked {
  readonly owner: string
  /** The Idempotency-Key. */
  readonly name: string
  readonly requestHash: Buffer
  readonly rightsHash: Buffer
}

export type Claim =
  /** Run it, and say what came of it under this token. */
  | { readonly state: 'mine'; readonly token: string }
  | { readonly state: 'running'; readonly leaseMs: number }
  | { readonly state: 'answered'; readonly answer: KeptAnswer }
  | { readonly state: 'other-request' }
  | { readonly state: 'other-rights' }

const KEPT_HOURS = 24
export const LEASE_MS = 30_000
const DELETED_AT_ONCE = 1_000

interface Row {
  readonly request_hash: Buffer
  readonly rights_hash: Buffer
  readonly status: number | null
  readonly answer_ciphertext: Buffer | null
  readonly answer_key_id: string | null
  readonly lease_ms: number
}

@Injectable()
export class IdempotencyRepository {
  constructor(
    private readonly db: Database,
    private readonly keyring: Keyring,
  ) {}

  /** Takes the request on, unless another has done so and lives, or is done. */
  async claim(asked: Asked): Promise<Claim> {
    const token = randomUUID()
    const taken = await this.db.pool.query(
      `INSERT INTO idempotency_key AS kept (owner, name, request_hash, rights_hash, created_at, lease_token, lease_until)
       VALUES ($1, $2, $3, $4, clock_timestamp(), $5, clock_timestamp() + $6 * interval '1 millisecond')
       ON CONFLICT (owner, name) DO UPDATE SET
         request_hash = excluded.request_hash, rights_hash = excluded.rights_hash, created_at = excluded.created_at,
         lease_token = excluded.lease_token, lease_until = excluded.lease_until, status = NULL, answer_ciphertext = NULL, answer_key_id = NULL
       WHERE kept.created_at < clock_timestamp() - $7 * interval '1 hour'
          OR (kept.status IS NULL AND kept.lease_until < clock_timestamp() AND kept.request_hash = excluded.request_hash)`,
      [asked.owner, asked.name, asked.requestHash, asked.rightsHash, token, LEASE_MS, KEPT_HOURS],
    )
    if (taken.rowCount === 1) return { state: 'mine', token }
    const { rows } = await this.db.pool.query<Row>(
      `SELECT request_hash, rights_hash, status, answer_ciphertext, answer_key_id,
         greatest(0, extract(epoch FROM lease_until - clock_timestamp()) * 1000)::double precision AS lease_ms
       FROM idempotency_key WHERE owner = $1 AND name = $2`,
      [asked.owner, asked.name],
    )
    const row = rows[0]
    if (!row) return { state: 'running', leaseMs: 0 } // it has just ended with nothing to keep
    if (!row.request_hash.equals(asked.requestHash)) return { state: 'other-request' }
    if (!row.rights_hash.equals(asked.rightsHash)) return { state: 'other-rights' }
    if (row.status === null || row.answer_ciphertext === null || row.answer_key_id === null) return { state: 'running', leaseMs: row.lease_ms }
    const plain = this.keyring.decrypt({ keyId: row.answer_key_id, ciphertext: row.answer_ciphertext }, contextOf(asked))
    return { state: 'answered', answer: JSON.parse(plain.toString('utf8')) as KeptAnswer }
  }

  /** Says that whoever runs the request is still there. */
  async renew({ owner, name }: Asked, token: string): Promise<void> {
    await this.db.pool.query(
      `UPDATE idempotency_key SET lease_until = clock_timestamp() + $4 * interval '1 millisecond'
       WHERE owner = $1 AND name = $2 AND lease_token = $3 AND status IS NULL`,
      [owner, name, token, LEASE_MS],
    )
  }

  /** Keeps the answer, encrypted: some show secrets that are shown only once. */
  async keep(asked: Asked, token: string, answer: KeptAnswer): Promise<void> {
    const { keyId, ciphertext } = this.keyring.encrypt(Buffer.from(JSON.stringify(answer)), contextOf(asked))
    await this.db.pool.query(
      `UPDATE idempotency_key SET status = $4, answer_ciphertext = $5, answer_key_id = $6 WHERE owner = $1 AND name = $2 AND lease_token = $3`,
      [asked.owner, asked.name, token, answer.status, Buffer.from(ciphertext), keyId],
    )
  }

  /** Lets the next one run it: nothing is kept of this attempt. */
  async release({ owner, name }: Asked, token: string): Promise<void> {
    await this.db.pool.query('DELETE FROM idempotency_key WHERE owner = $1 AND name = $2 AND lease_token = $3 AND status IS NULL', [owner, name, token])
  }

  /** Deletes what is older than it is kept for. @returns how many rows */
  async forget(): Promise<number> {
    for (let total = 0; ; ) {
      const { rowCount } = await this.db.pool.query(
        `DELETE FROM idempotency_key WHERE (owner, name) IN (
           SELECT owner, name FROM idempotency_key WHERE created_at < clock_timestamp() - $1 * interval '1 hour' LIMIT $2 FOR UPDATE SKIP LOCKED)`,
        [KEPT_HOURS, DELETED_AT_ONCE],
      )
      total += rowCount ?? 0
      if ((rowCount ?? 0) < DELETED_AT_ONCE) return total
    }
  }
}

const contextOf = ({ owner, name }: Asked): string => `idempotency_key:${owner}:${name}`
