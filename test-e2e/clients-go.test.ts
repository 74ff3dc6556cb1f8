/** Only in `npm run prove`, which fetches it: pgx, the driver of Go, through the proxy and directly. */
import { expect } from '@jest/globals'
import { join } from 'node:path'
import { behavesAsDirectly } from './support/clients/behaves.js'

behavesAsDirectly({
  name: 'go',
  build: (_from, to) => [['go', 'build', '-o', join(to, 'pgx'), '.']],
  start: (to) => [join(to, 'pgx')],
}, {
  of: 'pgx 5.12.0',
  cases: 32,
  writes: 8,
  known: {
    'verify-full, SCRAM with required channel binding': { version: 'TLS 1.3', chains: 1, upstream: true },
    'another CA is not trusted': true,
    'a wrong password': { code: '28P01', severity: 'FATAL' },
    'binary values there and back': expect.arrayContaining(['-9223372036854775808', '-1234567890.123456789', '01020304-0506-0708-090a-0b0c0d0e0f10']),
    'batch with an error: nothing of it stays': expect.arrayContaining([expect.objectContaining({ rows: [['string item 1']] })]),
    'LISTEN and NOTIFY': ['news', 'one', 'two', true, true],
    'CopyFrom, binary, and COPY out': expect.arrayContaining([20_000, 'COPY 20000']),
    'CancelRequest over TLS': [{ code: '57014', message: 'canceling statement due to user request' }, { rows: [['string goes on']] }],
    'a session that the server ends': [{ code: '57P01' }, true],
  },
  differs: {
    // The proxy's own answer, with a hint.
    'a wrong password': { code: '28P01', severity: 'FATAL', message: 'password authentication failed for user "<user>"' },
    // The sender is the database's process id; the login told the driver the proxy's, which goes with its cancel key.
    'LISTEN and NOTIFY': ['news', 'one', 'two', true, false],
  },
})
