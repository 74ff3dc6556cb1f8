/** Incidents: many credentials lose their access in one call, by their ids or by what they have in common. */
import type { Command } from 'commander'
import type { components } from '@pgbeam/client'
import type { Context } from '../context.js'
import { usage } from '../exit.js'
import { canAsk } from '../io.js'
import { before, idOf } from '../parse.js'
import { confirm } from '../prompts.js'
import { policyId } from './policies.js'

type Choice = components['schemas']['ChooseCredentials']
type Filter = Extract<Choice, { filter: object }>['filter']

export interface ManyOptions {
  readonly policy?: string
  readonly principalType?: string
  readonly lastUsedBefore?: string
  readonly createdBefore?: string
  readonly dryRun?: true
  readonly yes?: true
}
export type Verb = 'revoke' | 'kill'

const words: Readonly<Record<Verb, { readonly does: string; readonly done: string; readonly already: string }>> = {
  revoke: { does: 'Revoke', done: 'revoked for ever', already: 'already revoked' },
  kill: { does: 'Kill', done: 'killed', already: 'already without access' },
}

/** A command that takes the ids of one or of many, or conditions instead. */
export const choosing = (command: Command): Command =>
  command
    .argument('[agents...]', 'agt_…, one or many')
    .option('--policy <policy>', 'instead of ids: those with this policy, pol_… or its name')
    .option('--principal-type <type>', 'instead of ids: those of this type, agent or human')
    .option('--last-used-before <when>', 'instead of ids: those not used since 30d, 12h or 90m ago, or an instant; one never used counts from when it was made', before)
    .option('--created-before <when>', 'instead of ids: those made before 30d, 12h or 90m ago, or an instant', before)
    .option('--dry-run', 'only say which ones it would be')
    .option('-y, --yes', 'do not ask')

/** Whether this is about one credential and nothing else: that has an answer of its own. */
export const isOne = (agents: readonly string[], options: ManyOptions): boolean => agents.length === 1 && options.dryRun === undefined && !hasConditions(options)

const hasConditions = ({ policy, principalType, lastUsedBefore, createdBefore }: ManyOptions): boolean => [policy, principalType, lastUsedBefore, createdBefore].some((one) => one !== undefined)

/** All of them or none. Conditions may mean more than one thinks: on a terminal the number is asked about first. */
export async function cutOffMany(context: Context, verb: Verb, agents: readonly string[], options: ManyOptions): Promise<void> {
  if (agents.length === 0 && !hasConditions(options)) throw usage('missing what to ' + verb, `Name credentials (agt_…), or choose them: pgbeam agents ${verb} --help says how.`)
  if (agents.length > 0 && hasConditions(options)) throw usage('it takes either ids or conditions, not both')
  const ids = agents.map((text) => idOf('CredentialId', text))
  const project = await context.project()
  const choice: Choice = ids.length > 0 ? { ids } : { filter: await filterOf(context, project, options) }
  const api = await context.api()
  const path = verb === 'revoke' ? '/v1/projects/{project}/agents:revoke' : '/v1/projects/{project}/agents:kill'
  const ask = (dry_run: boolean) => api.post(path, { params: { path: { project } }, body: { ...choice, dry_run } })
  const { does, done, already } = words[verb]
  if (options.dryRun || (options.yes === undefined && canAsk(context.io))) {
    const would = context.body(await ask(true))
    if (options.dryRun) {
      context.note(`would be ${done}: ${counted(would.changed)}; ${would.already} ${already}`)
      show(context, would)
      return
    }
    if (would.changed > 0) await confirm(context.io, `${does} ${counted(would.changed)}${verb === 'revoke' ? ' for ever' : ''}? --dry-run shows which.`, undefined)
  }
  const answer = await ask(false)
  const changed = context.body(answer)
  context.enforced(`${counted(changed.changed)} ${done}, ${changed.already} ${already}`, answer.enforcement, project)
  show(context, changed)
}

async function filterOf(context: Context, project: string, options: ManyOptions): Promise<Filter> {
  return {
    ...(options.policy !== undefined && { policy_profile_id: await policyId(context, project, options.policy) }),
    ...(options.principalType !== undefined && { principal_type: options.principalType as 'agent' }),
    ...(options.lastUsedBefore !== undefined && { last_used_before: options.lastUsedBefore }),
    ...(options.createdBefore !== undefined && { created_before: options.createdBefore }),
  }
}

const counted = (count: number): string => `${count} credential${count === 1 ? '' : 's'}`

/** The ids, one a line: what was changed is what other programs go on with. */
function show(context: Context, answer: { readonly agents: readonly string[] }): void {
  if (context.json) context.printJson(answer)
  else if (answer.agents.length > 0) context.print(answer.agents.join('\n'))
}
