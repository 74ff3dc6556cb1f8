import { Controller, Get } from '@nestjs/common'
import { z } from 'zod'
import { CallerOf, type Caller } from '../access/caller.js'
import { Requires } from '../access/requires.js'
import { Answers } from '../platform/http/openapi.js'
import { killSwitchView } from '../canary/canary.dto.js'
import { CanaryService, type ProxyKillSwitch } from '../canary/canary.service.js'
import { FleetService } from './fleet.service.js'

const proxies = z.strictObject({
  proxies: z.array(
    z.strictObject({
      id: z.string(),
      incarnation: z.string(),
      version: z.string(),
      address: z.string(),
      lease: z
        .strictObject({ status: z.enum(['held', 'over']).describe('`over`: it has not renewed in time, and serves no credential until it does'), length_ms: z.int() })
        .describe('what lets it serve without asking for each statement'),
      kill_switch: z
        .strictObject({
          ...killSwitchView,
          enforced_ms: z.int().nullable().describe('in the last trial, from the call that kills until the proxy had acknowledged'),
          refused_ms: z.int().nullable().describe('in the last trial, from the call that kills until the proxy was seen to refuse'),
          checked_at: z.iso.datetime().nullable(),
        })
        .nullable()
        .describe('null for a process that was not heard for a minute'),
      applied_seq: z.int(),
      sessions: z.int().describe("open sessions of the projects that the caller may see"),
      heard_at: z.iso.datetime(),
      enrolled_at: z.iso.datetime(),
    }),
  ),
}).meta({ id: 'ProxyList' })

@Controller('v1/proxies')
export class ProxiesController {
  constructor(
    private readonly fleet: FleetService,
    private readonly canaries: CanaryService,
  ) {}

  @Get()
  @Requires('fleet:read')
  @Answers({ summary: 'The proxies that run, or did within ten minutes', 200: proxies })
  async list(@CallerOf() caller: Caller): Promise<z.infer<typeof proxies>> {
    const [rows, switches] = await Promise.all([this.fleet.running(caller), this.canaries.byProxy()])
    return {
      proxies: rows.map((row) => ({
        id: row.proxyId,
        incarnation: row.id,
        version: row.version,
        address: row.address,
        lease: { status: Date.now() - row.heardAt.getTime() < row.leaseMs ? ('held' as const) : ('over' as const), length_ms: row.leaseMs },
        kill_switch: shown(switches.get(row.id)),
        applied_seq: Number(row.appliedSeq),
        sessions: row.openSessions,
        heard_at: row.heardAt.toISOString(),
        enrolled_at: row.enrolledAt.toISOString(),
      })),
    }
  }
}

const shown = (one: ProxyKillSwitch | undefined): z.infer<typeof proxies>['proxies'][number]['kill_switch'] =>
  one ? { status: one.status, reason: one.reason, enforced_ms: one.enforcedMs, refused_ms: one.refusedMs, checked_at: one.checkedAt?.toISOString() ?? null } : null
