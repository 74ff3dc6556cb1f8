import { expect, it } from '@jest/globals'
import type { Credential } from '../credentials/credential.js'
import { admit } from './admission.js'

const shop = { id: 'db_1', name: 'shop', role: 'primary' }
const agent = { status: 'active', projectDisabled: false, expiresAtMs: Infinity, allowedCidrs: ['192.0.2.0/24'], databases: [shop], databaseId: undefined, passthrough: undefined }
const application = { ...agent, databaseId: 'db_1', passthrough: { policyFrom: undefined, onControlLoss: 'refuse' } }
const admitted = (one: object, address = '192.0.2.1') => admit({ credential: one as unknown as Credential, databaseName: 'shop', address, nowMs: 0 })

it.each([['a credential', agent], ['an application', application]])('%s that nothing speaks against comes in', (_case, one) => expect(admitted(one)).toBe(shop))

it.each<[string, object, string, RegExp]>([
  ['a credential that is killed', { ...agent, status: 'killed' }, '192.0.2.1', /credential is paused/],
  ['a credential of a project whose kill switch is thrown', { ...agent, projectDisabled: true }, '192.0.2.1', /kill switch of the project/],
  ['an application after a restore that nobody has confirmed', { ...application, status: 'killed' }, '192.0.2.1', /restored from a backup/],
  ['an application from elsewhere', application, '198.51.100.1', /198\.51\.100\.1 are not allowed/],
])('%s is told why it may not', (_case, one, address, why) => expect(() => admitted(one, address)).toThrow(why))
