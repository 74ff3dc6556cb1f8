import { Controller, Get, Module } from '@nestjs/common'
import { z } from 'zod'
import { CallerOf, type Caller } from '../access/caller.js'
import { roles } from '../access/permission.js'
import { Requires } from '../access/requires.js'
import { Answers } from '../platform/http/openapi.js'

const organizations = z.strictObject({
  organizations: z.array(z.strictObject({ id: z.string(), name: z.string(), slug: z.string(), role: z.enum(roles) })),
}).meta({ id: 'OrganizationList' })

@Controller('v1/organizations')
export class OrganizationController {
  @Get()
  @Requires('organization:read')
  @Answers({ summary: 'The organizations that the key opens', 200: organizations })
  list(@CallerOf() caller: Caller): z.infer<typeof organizations> {
    return { organizations: caller.organizations.map(({ id, name, slug, role }) => ({ id, name, slug, role })) }
  }
}

@Module({ controllers: [OrganizationController] })
export class OrganizationModule {}
