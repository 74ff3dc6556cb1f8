import { describe, expect, it } from '@jest/globals'
import { isNotCrossOrigin, isSameOrigin } from './same-origin.js'

const ours = 'https://pgbeam.example'

describe('a request', () => {
  it.each<[string, Record<string, string>, boolean, boolean]>([
    ['of our own page', { 'sec-fetch-site': 'same-origin', origin: ours }, true, true],
    ['of our own page, from a browser without Sec-Fetch-Site', { origin: ours }, true, true],
    ['of our own page at another address of this host', { origin: 'http://127.0.0.1:7400', host: '127.0.0.1:7400' }, true, true],
    ['of our own page that has no Origin', { 'sec-fetch-site': 'same-origin' }, true, true],
    ['of another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, false, false],
    ['of another site, from a browser without Sec-Fetch-Site', { origin: 'https://evil.example', host: 'pgbeam.example' }, false, false],
    ['of a sibling host', { 'sec-fetch-site': 'same-site', origin: 'https://blog.pgbeam.example' }, false, false],
    ['of another port', { origin: 'http://localhost:3000', host: 'localhost:7400' }, false, false],
    ['of a sandboxed page', { origin: 'null', host: 'pgbeam.example' }, false, false],
    ['that claims our Origin from another site', { 'sec-fetch-site': 'cross-site', origin: ours }, false, false],
    ['typed into the address bar', { 'sec-fetch-site': 'none' }, false, true],
    ['of no browser', { host: 'pgbeam.example' }, false, true],
  ])('%s', (_case, headers, withCookie, without) => {
    expect([isSameOrigin(headers, ours), isNotCrossOrigin(headers, ours)]).toEqual([withCookie, without])
  })
})
