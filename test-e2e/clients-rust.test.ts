/** Only in `npm run prove`, which fetches it: tokio-postgres, the driver of Rust, with rustls, through the proxy and directly. */
import { join } from 'node:path'
import { behavesAsDirectly } from './support/clients/behaves.js'

behavesAsDirectly({
  name: 'rust',
  build: (_from, to) => [['cargo', 'build', '--quiet', '--locked', '--target-dir', to]],
  start: (to) => [join(to, 'debug', 'pgbeam-client-tokio-postgres')],
}, {
  of: 'tokio-postgres 0.7.18',
  cases: 35,
  writes: 8,
  known: {
    'another CA is not trusted': true,
    'a wrong password': { code: '28P01', severity: 'FATAL' },
    'LISTEN and NOTIFY': [['news', 'one', true], ['news', 'two', true]],
    'a large row': [20_000_000, true, 5_000_000],
  },
  // The proxy's own answer, with a hint.
  differs: { 'a wrong password': { code: '28P01', severity: 'FATAL', message: 'password authentication failed for user "<user>"' } },
})
