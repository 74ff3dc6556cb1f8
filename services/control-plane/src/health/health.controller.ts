/** Whether this replica works, and who is asking. */
import { Controller, Get } from '@nestjs/common'
import { z } from 'zod'
import { CallerOf, type Caller } from '../access/caller.js'
import { roles } from '../access/permission.js'
import { Public, Requires } from '../access/requires.js'
import { Database } from '../platform/database/database.js'
import { ServiceUnavailable } from '../platform/http/errors.js'
import { Answers } from '../platform/http/openapi.js'
import { Nats } from '../platform/nats/nats-connection.js'

export const health = z.strictObject({
  status: z.enum(['ok', 'degraded']).describe('degraded: no change can be shown as enforced until NATS is back'),
  database: z.literal('connected'),
  nats: z.enum(['connected', 'disconnected']),
}).meta({ id: 'Health' })

export const whoami = z.strictObject({
  principal: z.strictObject({ type: z.enum(['user', 'organization']), id: z.string() }),
  key: z.strictObject({ id: z.string(), kind: z.enum(['personal', 'organization']), name: z.string() }).nullable().describe('null for a session'),
  organization: z.strictObject({ id: z.string(), name: z.string(), slug: z.string() }).nullable().describe('null for a personal key'),
  organizations: z.array(z.strictObject({ id: z.string(), name: z.string(), slug: z.string(), role: z.enum(roles) })).describe('every organization that the key opens'),
  scopes: z.array(z.string()).describe('permissions that the key is held to; empty for all that its owner has'),
  project_ids: z.array(z.string()).describe('projects that the key is held to; empty for all'),
  expires_at: z.iso.datetime().nullable(),
}).meta({ id: 'WhoAmI' })

@Controller('v1')
export class HealthController {
  constructor(
    private readonly db: Database,
    private readonly nats: Nats,
  ) {}

  @Get('health')
  @Public()
  @Answers({ id: 'health', summary: 'Whether this replica works', description: 'For load balancers and for whoever waits for the start.', 200: health })
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
  @Answers({ id: 'whoami', summary: 'Who the key belongs to', 200: whoami })
  whoami(@CallerOf() caller: Caller): z.infer<typeof whoami> {
    const { key } = caller
    const own = key?.kind === 'organization' ? caller.organizations[0] : undefined
    return {
      principal: own ? { type: 'organization', id: own.id } : { type: 'user', id: caller.userId ?? '' },
      key: key && { id: key.id, kind: key.kind, name: key.name },
      organization: own ? { id: own.id, name: own.name, slug: own.slug } : null,
      organizations: caller.organizations.map(({ id, name, slug, role }) => ({ id, name, slug, role })),
      scopes: [...caller.limits.scopes],
      project_ids: [...caller.limits.projectIds],
      expires_at: (key ? key.expiresAt : caller.session?.expiresAt)?.toISOString() ?? null,
    }
  }
}
