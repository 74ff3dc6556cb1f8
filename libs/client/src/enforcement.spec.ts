import { expect, it } from '@jest/globals'
import fc from 'fast-check'
import { parseEnforcement } from './enforcement.js'

it('parseEnforcement reads on how many replicas a change to a key is enforced', () =>
  expect(parseEnforcement('seq=4, enforced, elapsed-ms=9, proxies=0, fenced=1, sessions=0, statements=0, replicas=3')).toMatchObject({ fenced: 1, replicas: 3 }))

it('parseEnforcement reads every part', () =>
  expect(parseEnforcement('seq=41, enforced, elapsed-ms=9, proxies=3, fenced=0, sessions=42, statements=1')).toEqual({
    seq: 41, enforced: true, elapsedMs: 9, proxies: 3, fenced: 0, passthroughUnconfirmed: 0, sessions: 42, statements: 1, replicas: 0, backends: undefined,
  }))

it.each([
  ['a pending one', 'seq=7, pending, proxies=2', { seq: 7, enforced: false, proxies: 2, sessions: 0 }],
  ['one about sessions at databases', 'seq=7, enforced, fenced=1, backends=3, backends-ended=2', { fenced: 1, backends: { known: 3, ended: 2 } }],
  ['parts that are not known yet', 'seq=7, enforced, moons=3', { seq: 7, enforced: true }],
])('parseEnforcement of %s', (_case, header, parts) => expect(parseEnforcement(header)).toMatchObject(parts))

it.each([null, '', 'enforced', 'seq=x, enforced', 'unseq=3'])('parseEnforcement of %j is undefined', (header) => expect(parseEnforcement(header)).toBeUndefined())

it('parseEnforcement never throws, and never says enforced where the header does not', () =>
  fc.assert(fc.property(fc.string(), (text) => parseEnforcement(text)?.enforced !== true || /\benforced\b/.test(text))))
