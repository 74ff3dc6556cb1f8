/**
 * Ends what was found in public. A key is revoked unless every organization that it opens has decided otherwise; an MCP
 * token's credential is paused, so that its owner can rotate it and go on. Either way the find is on record.
 */
import { createHash } from 'node:crypto'
import { Inject, Injectable } from '@nestjs/common'
import { tokenKind } from '@pgbeam/kernel'
import { AgentRepository } from '../agent/agent.repository.js'
import { ReceiptService } from '../enforcement/receipt.service.js'
import { ClusterKeys } from '../platform/crypto/cluster-keys.js'
import { LOGGER, type Logger } from '../platform/logger.js'
import { LeakedSecretsRepository } from './leaked-secrets.repository.js'

export interface Find {
  readonly token: string
  readonly url: string | null
  readonly source: string | null
}

@Injectable()
export class LeakedSecrets {
  constructor(
    private readonly repository: LeakedSecretsRepository,
    private readonly keys: ClusterKeys,
    private readonly agents: AgentRepository,
    private readonly receipts: ReceiptService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** @returns whether it is a secret of ours */
  async found(find: Find): Promise<boolean> {
    switch (tokenKind(find.token)) {
      case 'personal':
      case 'organization':
        return this.#key(find)
      case 'mcp':
        return this.#mcpToken(find)
      case undefined:
        return false
    }
  }

  async #key({ token, url, source }: Find): Promise<boolean> {
    const known = await this.repository.leakedKey(this.keys.pepperedHash(token), { url, source })
    if (known) this.logger.warn({ key_id: known.id, source, revoked: known.revoked }, 'an API key was found in public')
    return known !== undefined
  }

  async #mcpToken({ token, source }: Find): Promise<boolean> {
    const mcpTokenHash = this.keys.pepperedHash(createHash('sha256').update(token).digest('hex'))
    const row = await this.repository.credentialOf(mcpTokenHash)
    if (!row) return false
    const { seq, committedAtMs } = await this.agents.patch(row.projectId, row.id, { status: 'killed' })
    this.logger.warn({ credential_id: row.id, source }, 'an MCP token was found in public; its credential is paused')
    if (seq !== undefined) await this.receipts.confirm(row.projectId, seq, { committedAtMs })
    return true
  }
}
