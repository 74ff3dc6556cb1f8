import { describe, expect, it } from '@jest/globals'
import { makeToken } from '@pgbeam/kernel'
import type { Config } from './config-file.js'
import { checkUrl, keyDisplay, keyToSend, settingsFrom, type GlobalOptions } from './settings.js'

const token = (kind: 'personal' | 'organization' | 'mcp', fill: number): string => makeToken(kind, (count) => new Uint8Array(count).fill(fill))
const stored = token('personal', 1)
const fromToken = token('personal', 2)
const fromKey = token('organization', 3)
const config: Config = { current: 'local', profiles: { local: { api_url: 'http://localhost:7400', api_key: stored }, work: { api_url: 'https://work.example', api_key: stored } } }
const settings = (env: Record<string, string>, options: GlobalOptions = {}, from = config) => settingsFrom(options, { env } as never, from)

describe('the key is that of', () => {
  it.each([
    ['PGBEAM_TOKEN first', { PGBEAM_TOKEN: fromToken, PGBEAM_API_KEY: fromKey }, fromToken],
    ['PGBEAM_API_KEY second', { PGBEAM_API_KEY: fromKey }, fromKey],
    ['the profile last', {}, stored],
    ['the profile where the variables are set to nothing', { PGBEAM_TOKEN: '', PGBEAM_API_KEY: '' }, stored],
  ])('%s', (_case, env, key) => expect(keyToSend(settings(env))).toBe(key))
})
describe('the address is that of', () => {
  it.each([
    ['--api-url first', { PGBEAM_API_URL: 'http://b:1' }, { apiUrl: 'http://a:1' }, 'http://a:1'],
    ['PGBEAM_API_URL second', { PGBEAM_API_URL: 'http://b:1' }, {}, 'http://b:1'],
    ['the profile third', {}, {}, 'http://localhost:7400'],
    ['another profile by --profile', { PGBEAM_PROFILE: 'local' }, { profile: 'work' }, 'https://work.example'],
    ['another profile by PGBEAM_PROFILE', { PGBEAM_PROFILE: 'work' }, {}, 'https://work.example'],
  ])('%s', (_case, env, options, url) => expect(settings(env as Record<string, string>, options).apiUrl).toBe(url))
  it('the local installation where nothing says another', () => expect(settings({}, {}, { profiles: {} })).toMatchObject({ apiUrl: 'http://localhost:7400', apiUrlFrom: 'default' }))
})
describe('no key is sent', () => {
  it('where there is none', () => expect(() => keyToSend(settings({}, {}, { profiles: {} }))).toThrow(expect.objectContaining({ exitCode: 4 })))
  it.each([
    ['an MCP token', token('mcp', 4), /MCP token/],
    ['a mistyped key', `${stored.slice(0, -1)}x`, /mistyped/],
    ['anything else', 'secret', /not a PgBeam key/],
  ])('that is %s, and it is not repeated', (_case, key, words) => {
    expect(() => keyToSend(settings({ PGBEAM_TOKEN: key }))).toThrow(expect.objectContaining({ exitCode: 4, message: expect.stringMatching(words) }))
    expect(() => keyToSend(settings({ PGBEAM_TOKEN: key }))).not.toThrow(expect.objectContaining({ message: expect.stringContaining(key) }))
  })
  it('of a profile to another address than its own', () => expect(() => keyToSend(settings({ PGBEAM_API_URL: 'https://elsewhere.example' }))).toThrow(/is not sent to/))
  it('to a profile that does not exist', () => expect(() => settings({ PGBEAM_PROFILE: 'lcoal' })).toThrow(expect.objectContaining({ exitCode: 2, hint: 'Did you mean local?' })))
})
it.each([['https://a.example/v1/', 'https://a.example'], ['http://a:1/', 'http://a:1'], ['https://a.example/pgbeam', 'https://a.example/pgbeam']])('checkUrl of %s', (text, url) => expect(checkUrl(text, 'x')).toBe(url))
it.each(['a', 'ftp://a', 'https://pbu_key@a'])('checkUrl refuses %s', (text) => expect(() => checkUrl(text, 'x')).toThrow(expect.objectContaining({ exitCode: 2 })))
it('keyDisplay shows twelve characters of a key and none of anything else', () => {
  expect(keyDisplay(stored)).toBe(`${stored.slice(0, 8)}…${stored.slice(-4)}`)
  expect(keyDisplay('hunter2')).not.toContain('hunter')
})
