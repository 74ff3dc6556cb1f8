import { inspect } from 'node:util'
import { expect, it } from '@jest/globals'
import { Secret } from './secret.js'

it.each([
  ['a template', (s: Secret) => `${s.toString()}`],
  ['JSON', (s: Secret) => JSON.stringify({ s })],
  ['the inspector', (s: Secret) => inspect({ s }, { depth: 5, showHidden: true })],
  ['an error message', (s: Secret) => new Error(String(s)).message],
])('a secret does not print in %s', (_case, print) => {
  const text = print(new Secret('correct horse'))
  expect(text).toContain('<secret>')
  expect(text).not.toContain('horse')
})
it('a secret is revealed on purpose only', () => {
  expect(new Secret('correct horse').reveal()).toBe('correct horse')
})
