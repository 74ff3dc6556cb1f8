/** Only in `npm run prove`, which fetches it: pgx, the driver of Go, through the proxy and directly. */
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
  },
})
