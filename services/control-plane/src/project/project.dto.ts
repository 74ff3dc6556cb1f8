import { z } from 'zod'
import { controlLossChoices } from '@pgbeam/contracts'
import { createDatabase, databaseView } from '../database/database.dto.js'
import { cidr, id, page, text } from '../platform/http/fields.js'

const cidrEntry = z.strictObject(
  { cidr, label: text(100).nullable().default(null) },
  { error: (issue) => (issue.code === 'invalid_type' ? 'must be an object such as {"cidr": "10.0.0.0/8"}' : undefined) },
)
const fields = {
  name: text(100),
  description: text(1000).nullable(),
  tags: z.array(text(50)).max(20),
  allowed_cidrs: z.array(cidrEntry).max(100),
  default_policy_profile_id: id('PolicyId')
    .nullable()
    .describe('the policy of applications that log in with the stored user of a database without a default of its own; null leaves them unrestricted'),
  on_control_loss: z
    .enum(controlLossChoices)
    .describe('what a proxy that has lost its control plane does with applications that log in with a stored user: `serve` goes on as things stood, `refuse` stops them with everybody else'),
  agents_disabled: z.boolean().describe('the kill switch of the whole project: while it is true, all sessions of its credentials end and no login succeeds'),
}

export const createProject = z.strictObject({
  ...fields,
  description: fields.description.default(null),
  tags: fields.tags.default([]),
  allowed_cidrs: fields.allowed_cidrs.default([]),
  default_policy_profile_id: fields.default_policy_profile_id.default(null),
  on_control_loss: fields.on_control_loss.default('serve'),
  agents_disabled: fields.agents_disabled.default(false),
  org_id: id('OrganizationId'),
  database: createDatabase,
})
  .meta({ id: 'CreateProject' })
export type CreateProject = z.output<typeof createProject>

export const patchProject = z.strictObject(fields).partial().meta({ id: 'ChangeProject' })
export type PatchProject = z.output<typeof patchProject>

export const listProjects = z.strictObject({ ...page, org_id: id('OrganizationId').optional() })
export type ListProjects = z.output<typeof listProjects>

export const projectView = z.strictObject({
  id: z.string(),
  org_id: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  tags: z.array(z.string()),
  slug: z.string(),
  proxy_host: z.string(),
  proxy_port: z.int(),
  mcp_url: z.string(),
  allowed_cidrs: z.array(z.strictObject({ cidr: z.string(), label: z.string().nullable() })),
  default_policy_profile_id: z.string().nullable(),
  on_control_loss: z.enum(controlLossChoices),
  agents_disabled: z.boolean(),
  database_count: z.int(),
  active_connections: z.int(),
  status: z.enum(['active', 'suspended', 'deleted']),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
}).meta({ id: 'Project' })
export type ProjectView = z.infer<typeof projectView>

export const createdProject = z.strictObject({ project: projectView, database: databaseView }).meta({ id: 'CreatedProject' })
export const projectList = z.strictObject({ projects: z.array(projectView), total: z.int(), next_page_token: z.string().nullable() }).meta({ id: 'ProjectList' })
