/** Whether this replica works, and who is asking. */
import { Controller, Get } from '@nestjs/common'
import { z } from 'zod'
import { CallerOf, type Caller } from '../access/caller.js'
import { roles } from '../access/permission.js'
import { Public, Requires } from '../access/requires.js'
import { CanaryService, type KillSwitchReport } from '../canary/canary.service.js'
import { killSwitchView } from '../canary/canary.dto.js'
import { ServiceUnavailable } from '../platform/http/errors.js'
import { Answers } from '../platform/http/openapi.js'
import { Nats } from '../platform/nats/nats-connection.js'

export const health = z.strictObject({
  status: z.enum(['ok', 'degraded']).describe('degraded: no change can be shown as enforced until NATS is back'),
  database: z.literal('connected'),
  nats: z.enum(['connected', 'disconnected']),
  kill_switch: z.strictObject({ ...killSwitchView, checked_at: z.iso.datetime().nullable().describe('when the trial was over that lies back furthest; null before the first') }).describe('of all proxies together: the worst of them'),
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
    private readonly canaries: CanaryService,
    private readonly nats: Nats,
  ) {}

  @Get('health')
  @Public()
  @Answers({ id: 'health', summary: 'Whether this replica works', description: 'For load balancers and for whoever waits for the start.', 200: health })
  async health(): Promise<z.infer<typeof health>> {
    const connected = this.nats.hearingForMs > 0
    const { status, reason, checkedAt } = await this.#killSwitch()
    return {
      status: connected ? 'ok' : 'degraded',
      database: 'connected',
      nats: connected ? 'connected' : 'disconnected',
      kill_switch: { status, reason, checked_at: checkedAt?.toISOString() ?? null },
    }
  }

  async #killSwitch(): Promise<KillSwitchReport> {
    try {
      return await this.canaries.status()
    } catch {
      throw new ServiceUnavailable('the database cannot be reached')
    }
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
