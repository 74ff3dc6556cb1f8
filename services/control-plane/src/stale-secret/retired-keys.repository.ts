/** What secrets from before rotations are recognised by, for as long as the setting says; revoking a credential destroys it. */
import { Inject, Injectable } from '@nestjs/common'
import { retiredKeysMax } from '@pgbeam/contracts'
import { InvalidVerifier, parseVerifier } from '@pgbeam/scram'
import type { AgentCredential } from '../generated/prisma/client.js'
import { CONFIG, type Config } from '../platform/config.js'
import { Database, type Transaction } from '../platform/database/database.js'

@Injectable()
export class RetiredKeysRepository {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly db: Database,
  ) {}

  /** Keeps what the present secret is recognised by, of a credential that is locked and about to get another; of several the latest. */
  async keep(tx: Transaction, { id, scramVerifier }: AgentCredential): Promise<void> {
    const storedKey = scramVerifier === null ? undefined : storedKeyIn(scramVerifier)
    if (this.config.staleSecretDays === 0 || !storedKey) return
    await tx.$executeRaw`
      INSERT INTO retired_key (credential_id, stored_key, retired_at, expires_at)
      VALUES (${id}, ${storedKey}, clock_timestamp(), clock_timestamp() + make_interval(days => ${this.config.staleSecretDays}::integer))`
    await tx.$executeRaw`
      DELETE FROM retired_key WHERE credential_id = ${id} AND (expires_at <= now() OR stored_key NOT IN (
        SELECT stored_key FROM retired_key WHERE credential_id = ${id} ORDER BY retired_at DESC LIMIT ${retiredKeysMax}))`
  }

  /** @returns how many had been kept long enough */
  forget(): Promise<number> {
    return this.db.client.$executeRaw`DELETE FROM retired_key WHERE expires_at <= now()`
  }
}

/** Undefined for a verifier that nobody could log in with: rotating is the way out of that. */
function storedKeyIn(verifier: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return new Uint8Array(parseVerifier(verifier).storedKey)
  } catch (error) {
    if (error instanceof InvalidVerifier) return undefined
    throw error
  }
}
