/**
 * `npm start`: installs, builds, and runs the whole product on this machine, on an embedded Postgres with a sample
 * database. `npm start -- --help` lists the options.
 */
import { ready } from './lib/bootstrap.mjs'
import { HELP } from './start/options.mjs'

if (process.argv.includes('--help')) {
  console.log(HELP) // needs nothing installed
} else if (await ready(import.meta.url)) {
  const { main } = await import('./start/main.mjs')
  await main(process.argv.slice(2))
}
