import { expect, it } from '@jest/globals'
import type { EnforcementEvent } from '@pgbeam/contracts'
import { effectOf, readmitted } from './effects.js'

const changed = (fields: Partial<EnforcementEvent>) => ({ seq: 7, kind: 'project.changed', project_id: 'prj_1', at: '', hash: '', ...fields }) as EnforcementEvent
const agent = undefined
const unrestricted = { policyFrom: undefined, onControlLoss: 'serve' } as const
const underProject = { policyFrom: 'project', onControlLoss: 'serve' } as const
const underDatabase = { policyFrom: 'database', onControlLoss: 'serve' } as const
const policy = { default_policy_id: 'pol_1' as never }

it.each<[string, Partial<EnforcementEvent>, typeof agent | typeof unrestricted | typeof underProject | typeof underDatabase, string | undefined]>([
  ['the kill switch ends the session of a credential', { agents_disabled: true }, agent, 'disabled'],
  ['the kill switch leaves an application alone', { agents_disabled: true }, underProject, undefined],
  ['the kill switch given back ends nobody', { agents_disabled: false }, agent, undefined],
  ['another default policy ends an application under the one before', policy, underProject, 'defaulted'],
  ['a default policy ends an application that was unrestricted', policy, unrestricted, 'defaulted'],
  ['an unset default policy ends an application under it', { default_policy_id: null }, underProject, 'defaulted'],
  ['another default policy leaves an application alone whose database has its own', policy, underDatabase, undefined],
  ['another default policy leaves a credential alone', policy, agent, undefined],
  ['addresses that are not allowed any more end an application too', { allowed_cidrs: ['10.0.0.0/8'] }, underDatabase, 'elsewhere'],
  ['addresses that are allowed end nobody', { allowed_cidrs: ['192.0.2.0/24'] }, agent, undefined],
  ['another choice for when control is lost ends nobody', { on_control_loss: 'refuse' }, underProject, undefined],
])('%s', (_case, fields, passthrough, wanted) => {
  const event = changed(fields)
  const effect = effectOf(event)
  if (effect.do !== 'readmit') throw new Error('it readmits')
  const reason = readmitted(event, { passthrough, address: '192.0.2.7' }, effect)
  expect(reason).toBe(wanted === undefined ? undefined : effect[wanted as 'disabled'])
})
