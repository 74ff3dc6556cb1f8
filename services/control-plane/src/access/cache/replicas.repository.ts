/** The rows of control-plane processes that remember keys, and what is known about changes to keys. */
import { Injectable } from '@nestjs/common'
import { Database } from '../../platform/database/database.js'

export interface ReplicaRow {
  readonly id: string
  /** The number of its last lease. */
  readonly grant_n: string
  readonly applied_seq: string
}

/** One control-plane process, as far as it concerns a change. */
export interface ReplicaReceipt {
  readonly id: string
  readonly acknowledged: boolean
  /** From the commit, where the replica that made the change heard it. */
  readonly acknowledged_ms: number | null
  /** It could not be heard, and its lease on what it remembered is over. */
  readonly fenced: boolean
}

export interface StoredReceipt {
  readonly elapsedMs: number
  readonly replicas: readonly ReplicaReceipt[]
}

@Injectable()
export class ReplicasRepository {
  constructor(private readonly db: Database) {}

  /** Those that may have remembered what was before `seq`, and may be there still. */
  async concernedBy(seq: number): Promise<ReplicaRow[]> {
    const { rows } = await this.db.pool.query<ReplicaRow>('SELECT id, grant_n, applied_seq FROM control_replica WHERE ended_at IS NULL AND enrolled_seq < $1 ORDER BY id', [seq])
    return rows
  }

  /** Nobody waits for it any more, unless it has renewed its lease since. */
  async end({ id, grant_n }: ReplicaRow): Promise<void> {
    await this.db.pool.query('UPDATE control_replica SET ended_at = now() WHERE id = $1 AND grant_n = $2', [id, grant_n])
  }

  /** What is stored first stays. */
  async save(seq: number, { elapsedMs, replicas }: StoredReceipt): Promise<void> {
    await this.db.pool.query('INSERT INTO access_receipt (seq, elapsed_ms, replicas) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING', [seq, elapsedMs, JSON.stringify(replicas)])
  }

  /** What is stored of a change, and how long ago it was made; undefined where there is no such change. */
  async receipt(seq: number): Promise<{ readonly ageMs: number; readonly stored: StoredReceipt | undefined } | undefined> {
    const { rows } = await this.db.pool.query<{ age_ms: number; elapsed_ms: number | null; replicas: ReplicaReceipt[] | null }>(
      `SELECT greatest(0, extract(epoch FROM clock_timestamp() - c.at) * 1000)::double precision AS age_ms, r.elapsed_ms, r.replicas
       FROM access_change c LEFT JOIN access_receipt r ON r.seq = c.seq WHERE c.seq = $1`,
      [seq],
    )
    const [row] = rows
    return row && { ageMs: row.age_ms, stored: row.elapsed_ms === null || row.replicas === null ? undefined : { elapsedMs: row.elapsed_ms, replicas: row.replicas } }
  }
}
