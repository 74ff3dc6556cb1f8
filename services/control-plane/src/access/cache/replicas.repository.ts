/** The rows of control-plane processes that remember keys. */
import { Injectable } from '@nestjs/common'
import { Database } from '../../platform/database/database.js'

export interface ReplicaRow {
  readonly id: string
  /** The number of its last lease. */
  readonly grant_n: string
}

@Injectable()
export class ReplicasRepository {
  constructor(private readonly db: Database) {}

  /** Those that may still act on what was before `seq`. */
  async behind(seq: number): Promise<ReplicaRow[]> {
    const { rows } = await this.db.pool.query<ReplicaRow>('SELECT id, grant_n FROM control_replica WHERE ended_at IS NULL AND applied_seq < $1', [seq])
    return rows
  }

  /** Nobody waits for it any more, unless it has renewed its lease since. */
  async end({ id, grant_n }: ReplicaRow): Promise<void> {
    await this.db.pool.query('UPDATE control_replica SET ended_at = now() WHERE id = $1 AND grant_n = $2', [id, grant_n])
  }
}
