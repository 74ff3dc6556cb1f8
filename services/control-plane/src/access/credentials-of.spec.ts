import { randomBytes } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { makeToken } from '@pgbeam/kernel'
import { keyOf } from './credentials-of.js'

const pbo = makeToken('organization', randomBytes)
const pbu = makeToken('personal', randomBytes)
const pba = makeToken('mcp', randomBytes)
const mistyped = `${pbo.slice(0, 10)}${pbo[10] === 'a' ? 'b' : 'a'}${pbo.slice(11)}`

describe('the key of a request', () => {
  it.each<[string, Record<string, string>, string]>([
    ['a bearer', { authorization: `Bearer ${pbo}` }, pbo],
    ['a bearer in small letters', { authorization: `bearer ${pbu}` }, pbu],
    ['X-API-Key', { 'x-api-key': pbu }, pbu],
    ['both, the same', { authorization: `Bearer ${pbo}`, 'x-api-key': pbo }, pbo],
  ])('is taken from %s', (_case, headers, key) => expect(keyOf(headers)).toBe(key))

  it.each<[string, Record<string, string>, number]>([
    ['both headers with different keys', { authorization: `Bearer ${pbo}`, 'x-api-key': pbu }, 400],
    ['an MCP token', { authorization: `Bearer ${pba}` }, 403],
    ['no header', {}, 401],
    ['an empty header', { 'x-api-key': '' }, 401],
    ['another scheme', { authorization: `Basic ${pbo}` }, 401],
    ['a mistyped key', { 'x-api-key': mistyped }, 401],
    ['any other text', { 'x-api-key': 'hunter2' }, 401],
  ])('with %s is refused', (_case, headers, status) => {
    let thrown: unknown
    try {
      keyOf(headers)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toMatchObject({ status })
    for (const value of Object.values(headers)) if (value.length > 20) expect((thrown as Error).message).not.toContain(value)
  })
})
