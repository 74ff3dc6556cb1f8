import { describe, expect, it } from '@jest/globals'
import { z } from 'zod'
import { patchProject } from '../../project/project.dto.js'
import { InvalidInput } from './errors.js'
import { future, id, text } from './fields.js'
import { checked } from './zod.pipe.js'

const schema = z.strictObject({ name: text(100), policy: id('PolicyId').optional(), expires_at: future.optional() })

function errorsOf(of: z.ZodType, value: unknown): unknown {
  try {
    checked(of).transform(value)
  } catch (error) {
    if (error instanceof InvalidInput) return error.errors.map(({ field, detail }) => `${field}: ${detail}`)
    throw error
  }
  return []
}

describe('a wrong request', () => {
  it.each<[string, z.ZodType, unknown, string[]]>([
    ['without a field', schema, {}, ['name: is missing']],
    ['without a body', schema, undefined, ['name: is missing']],
    ['with a wrong type', schema, { name: 5 }, ['name: must be of type string, not number']],
    ['with null for text', schema, { name: null }, ['name: must be of type string, not null']],
    ['that is a list', schema, [], [': must be of type object, not array']],
    ['with an id of another kind', schema, { name: 'x', policy: 'agt_1' }, ['policy: is not an id of this kind, which begins with pol_']],
    ['with a word for an instant', schema, { name: 'x', expires_at: 'tomorrow' }, ['expires_at: is not an instant such as 2030-01-31T12:00:00Z']],
    ['with a number for an instant', schema, { name: 'x', expires_at: 5 }, ['expires_at: is not an instant such as 2030-01-31T12:00:00Z']],
    ['with a past instant', schema, { name: 'x', expires_at: '2020-01-01T00:00:00Z' }, ['expires_at: lies in the past']],
    ['with bare CIDRs', patchProject, { allowed_cidrs: ['10.0.0.0/8'] }, ['allowed_cidrs.0: must be an object such as {"cidr": "10.0.0.0/8"}']],
    ['with an unknown field of a CIDR', patchProject, { allowed_cidrs: [{ cidr: '10.0.0.0/8', x: 1 }] }, ['allowed_cidrs.0.x: unknown field']],
  ])('%s hears what to send', (_case, of, value, errors) => {
    expect(errorsOf(of, value)).toEqual(errors)
  })
})
