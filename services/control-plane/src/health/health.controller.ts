/** Whether this replica works, and who is asking. */
import { Controller, Get } from '@nestjs/common'
import { z } from 'zod'
import { CallerOf, type Caller } from '../access/caller.js'
import { Public, Requires } from '../access/requires.js'
import { Database } from '../platform/database/database.js'
import { ServiceUnavailable } from '../platform/http/errors.js'
import { Answers } from '../platform/http/openapi.js'
import { Nats } from '../platform/nats/nats-connection.js'

export const health = z.strictObject({
  status: z.enum(['ok', 'degraded']).describe('degraded: no change can be shown as enforced until NATS is back'),
  database: z.literal('connected'),
  nats: z.enum(['connected', 'disconnected']),
})

export const whoami = z.strictObject({
  principal: z.strictObject({ type: z.enum(['user', 'organization']), id: z.string() }),
  key: z.strictObject({ id: z.string(), kind: z.enum(['personal', 'organization']), name: z.string() }),
  organization: z.strictObject({ id: z.string(), name: z.string(), slug: z.string() }).nullable().describe('null for a personal key'),
  scopes: z.array(z.string()),
  expires_at: z.iso.datetime().nullable(),
})

@Controller('v1')
export class HealthController {
  constructor(
    private readonly db: Database,
    private readonly nats: Nats,
  ) {}

  @Get('health')
  @Public()
  @Answers({ summary: 'Whether this replica works', 200: health })
  async health(): Promise<z.infer<typeof health>> {
    try {
      await this.db.pool.query('SELECT 1')
    } catch {
      throw new ServiceUnavailable('the database cannot be reached')
    }
    const connected = this.nats.hearingForMs > 0
    return { status: connected ? 'ok' : 'degraded', database: 'connected', nats: connected ? 'connected' : 'disconnected' }
  }

  @Get('whoami')
  @Requires('self:read')
  @Answers({ summary: 'Who the key belongs to', 200: whoami })
  whoami(@CallerOf() caller: Caller): z.infer<typeof whoami> {
    const { key } = caller
    const own = key.kind === 'organization' ? caller.organizations[0] : undefined
    return {
      principal: own ? { type: 'organization', id: own.id } : { type: 'user', id: caller.userId ?? '' },
      key: { id: key.id, kind: key.kind, name: key.name },
      organization: own ? { id: own.id, name: own.name, slug: own.slug } : null,
      scopes: [...key.scopes],
      expires_at: key.expiresAt?.toISOString() ?? null,
    }
  }
}
