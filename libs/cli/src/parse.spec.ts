import { describe, expect, it } from '@jest/globals'
import { before, idOf, instant, list, mask, port, seconds, wholeNumber } from './parse.js'

const NOW = Date.UTC(2030, 0, 1)
it.each([
  ['90m', '2030-01-01T01:30:00.000Z'],
  ['12h', '2030-01-01T12:00:00.000Z'],
  ['30d', '2030-01-31T00:00:00.000Z'],
  ['2031-02-03T04:05:06Z', '2031-02-03T04:05:06.000Z'],
  ['2031-02-03T04:05:06+02:00', '2031-02-03T02:05:06.000Z'],
  ['never', null],
])('instant of %s is %s', (text, at) => expect(instant(text, NOW)).toBe(at))
it.each(['', '30', '30x', '-1d', '2031-02-03', 'soon', '1.5d'])('instant refuses %j', (text) => expect(() => instant(text, NOW)).toThrow(/90m, 12h, 30d/))

it.each([['90m', 5_400_000], ['12h', 43_200_000], ['30d', 2_592_000_000]])('before takes %s for so long ago', (text, ms) => expect(Math.abs(Date.now() - ms - Date.parse(before(text)))).toBeLessThan(5_000))
it('before takes an instant, and nothing before 1970', () => expect([before('2031-02-03T04:05:06+02:00'), before('999999d')]).toEqual(['2031-02-03T02:05:06.000Z', '1970-01-01T00:00:00.000Z']))
it.each(['', '30', 'never', '-1d', '2031-02-03'])('before refuses %j', (text) => expect(() => before(text)).toThrow(/how long ago/))

it('list takes repetition and commas', () => expect(list('b, c', list('a'))).toEqual(['a', 'b', 'c']))
it.each([
  ['users.email=hash', [{ table: 'users', column: 'email', kind: 'hash' }]],
  ['public.users.email=null,t.c=redact', [{ table: 'public.users', column: 'email', kind: 'null' }, { table: 't', column: 'c', kind: 'redact' }]],
])('mask of %s', (text, rules) => expect(mask(text)).toEqual(rules))
it.each(['users', 'users.email', 'email=hash', '.=hash'])('mask refuses %j', (text) => expect(() => mask(text)).toThrow(/table.column=kind/))

describe('numbers', () => {
  it.each([[wholeNumber, '-1'], [wholeNumber, '1.5'], [wholeNumber, 'x'], [port, '0'], [port, '65536'], [port, 'x'], [seconds, '0'], [seconds, 'x'], [seconds, 'Infinity']])('%p refuses %s', (parse, text) => expect(() => parse(text)).toThrow())
  it.each([[wholeNumber, '0', 0], [port, '5432', 5432], [seconds, '0.5', 0.5]])('%p takes %s', (parse, text, value) => expect(parse(text)).toBe(value))
})
it('idOf takes an id of its kind and no other', () => {
  expect(idOf('CredentialId', 'agt_01m80r42rws6cpabgcjs05pjnj')).toBe('agt_01m80r42rws6cpabgcjs05pjnj')
  for (const text of ['pol_01m80r42rws6cpabgcjs05pjnj', 'agt_', '..', 'analytics-bot']) expect(() => idOf('CredentialId', text)).toThrow(/is not the id of a credential/)
})
