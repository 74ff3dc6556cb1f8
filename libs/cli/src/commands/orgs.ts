/** Organizations that the key opens. */
import type { Command } from 'commander'
import { runs } from '../command.js'
import { withProfile, writeConfig } from '../config-file.js'
import type { Context } from '../context.js'
import { usage } from '../exit.js'
import type { Io } from '../io.js'
import { choose, confirm } from '../prompts.js'

export function registerOrgs(program: Command, io: Io): void {
  const orgs = program.command('orgs').description('organizations that the key opens')
  runs(io, orgs.command('list').description('list them'), async (context) => {
    const { organizations } = context.body(await (await context.api()).get('/v1/organizations'))
    const chosen = context.settings.profile?.org_id
    context.list(organizations, [
      { title: 'ID', value: ({ id }) => id },
      { title: 'NAME', value: ({ name }) => name },
      { title: 'SLUG', value: ({ slug }) => slug },
      { title: 'ROLE', value: ({ role }) => role },
      { title: 'DEFAULT', value: ({ id }) => (id === chosen ? 'yes' : '') },
    ], 'No organizations.')
  })
  runs(io, orgs.command('confirm-restore').description("after the control plane's database was restored: let its credentials in again, each as it is stored")
    .argument('[organization]', 'id, slug or name').option('-y, --yes', 'do not ask'), confirmRestore)
  runs(io, orgs.command('switch').description('make one the default of the profile').argument('[organization]', 'id, slug or name'), switchOrganization)
}

async function confirmRestore(context: Context, options: { yes?: boolean }, wanted?: string): Promise<void> {
  const { id } = await context.organization(wanted)
  const api = await context.api()
  const { name, restore: { confirmed, log_epoch } } = context.body(await api.get('/v1/organizations/{organization}', { params: { path: { organization: id } } }))
  if (confirmed) {
    context.one({ organization: { id, name }, confirmed, log_epoch }, [['organization', `${name} (${id})`], ['restore', 'nothing is left to confirm']])
    return
  }
  const question = `Changes made after the backup are lost: what was revoked, killed or rotated since is as it was before. Have you looked at the credentials of ${name}, and shall they be served as they are stored?`
  await confirm(context.io, question, options.yes)
  const after = context.body(await api.post('/v1/organizations/{organization}/restore:confirm', { params: { path: { organization: id } }, body: { log_epoch } }))
  context.one({ organization: { id, name }, ...after.restore }, [['organization', `${name} (${id})`], ['restore', 'confirmed: credentials are served again']])
}

async function switchOrganization(context: Context, _options: object, wanted?: string): Promise<void> {
  const { settings, io, config } = context
  if (!settings.profile) throw usage('there is no profile to keep the choice in', 'pgbeam auth login --api-key makes one.')
  let name = wanted
  if (name === undefined) {
    const { organizations } = context.body(await (await context.api()).get('/v1/organizations'))
    name = await choose(io, 'Which organization?', organizations.map((one) => ({ value: one.id, label: `${one.name} (${one.role})` })))
  }
  const { id, name: title } = await context.organization(name)
  const { project_id, managed_by: _managed, ...profile } = settings.profile
  // The default project is one of the organization that was chosen before.
  const kept = project_id !== undefined && profile.org_id === id ? { project_id } : {}
  writeConfig(io, withProfile(config, settings.profileName, { ...profile, ...kept, org_id: id }))
  context.one({ profile: settings.profileName, organization: { id, name: title } }, [['profile', settings.profileName], ['organization', `${title} (${id})`]])
}
