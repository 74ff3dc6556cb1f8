/** Only in `npm run prove`, which fetches it: pgjdbc, the driver of Java, through the proxy and directly. */
import { join } from 'node:path'
import { behavesAsDirectly } from './support/clients/behaves.js'

behavesAsDirectly({
  name: 'java',
  build: (_from, to) => [['mvn', '--batch-mode', '--quiet', `-Dbuild.dir=${to}`, 'compile']],
  start: (to) => ['java', '-cp', `${join(to, 'classes')}:${join(to, 'lib')}/*`, 'pgbeam.clients.Main'],
}, {
  of: 'pgjdbc 42.7.14',
  cases: 40,
  writes: 8,
  known: {
    'another CA is not trusted': true,
    'a wrong password': { code: '28P01', severity: 'FATAL' },
    'LISTEN and NOTIFY': [['news', 'one', true], ['news', 'two', true]],
    'a large row': [20_000_000, true, 5_000_000],
  },
  differs: {
    // The proxy's own answer, with a hint.
    'a wrong password': { code: '28P01', severity: 'FATAL', message: 'password authentication failed for user "<user>"' },
    // The sender is the database's process id; the login told the driver the proxy's, which goes with its cancel key.
    'LISTEN and NOTIFY': [['news', 'one', false], ['news', 'two', false]],
  },
})
