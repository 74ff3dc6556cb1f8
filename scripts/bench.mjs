/** `npm run bench`: direct Postgres, PgBouncer and the proxy, side by side in one run. `-- --help` lists the options. */
import { ready } from './lib/bootstrap.mjs'

if (await ready(import.meta.url)) {
  const { main } = await import('../bench/main.mjs')
  process.exitCode = await main(process.argv.slice(2))
}
