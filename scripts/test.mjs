/**
 * `npm test`: the check, unit tests, integration tests against a real Postgres and NATS, and the end-to-end tests.
 * `npm test -- --only unit,e2e` runs some of it; other arguments go to jest (`npm test -- --only e2e getting-started`).
 */
import { ready } from './lib/bootstrap.mjs'

if (await ready(import.meta.url)) {
  const { runTests } = await import('./lib/test-stages.mjs')
  process.exitCode = await runTests(process.argv.slice(2))
}
