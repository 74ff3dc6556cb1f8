import { expect, it } from '@jest/globals'
import { parseOptions, parseUpstream } from './options.mjs'

it.each([
  ['a whole URL', 'postgres://ann:s3cret@db.example:6000/shop?sslmode=verify-full', { host: 'db.example', port: 6000, name: 'shop', username: 'ann', password: 's3cret', ssl_mode: 'verify-full' }],
  ['escapes and defaults', 'postgresql://an%40n:p%2Fw@[::1]/my%20db', { host: '::1', port: 5432, name: 'my db', username: 'an@n', password: 'p/w', ssl_mode: 'prefer' }],
])('parseUpstream reads %s', (_case, text, parts) => expect(parseUpstream(text)).toEqual(parts))

it.each(['shop', 'http://ann@db/shop', 'postgres://db/shop', 'postgres://ann@db'])('parseUpstream refuses %s', (text) => {
  expect(() => parseUpstream(text)).toThrow(/--upstream takes a URL/)
})

it.each([[['--proxies', '0']], [['--proxies', 'many']], [['--unknown']]])('parseOptions refuses %j', (args) => expect(() => parseOptions(args)).toThrow())

it('parseOptions has defaults', () => expect(parseOptions([])).toEqual({ proxies: 1, reset: false, help: false, upstream: undefined }))
