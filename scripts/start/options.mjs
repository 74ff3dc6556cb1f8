/** What `npm start -- …` takes. */
import { parseArgs } from 'node:util'

export const HELP = `npm start -- [options]
  --proxies N            how many proxies to run (1)
  --upstream URL         use this database (postgres://user:password@host:port/name?sslmode=…) instead of the sample
  --reset                forget everything that earlier starts made, then start anew
  --help                 this text`

/** @throws Error with words for the person who typed it */
export function parseOptions(args) {
  const { values } = parseArgs({
    args,
    options: {
      proxies: { type: 'string', default: '1' },
      upstream: { type: 'string' },
      reset: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const proxies = Number(values.proxies)
  if (!Number.isInteger(proxies) || proxies < 1 || proxies > 16) throw new Error(`--proxies takes a number from 1 to 16, not ${values.proxies}`)
  return { proxies, reset: values.reset, help: values.help, upstream: values.upstream === undefined ? undefined : parseUpstream(values.upstream) }
}

/** A Postgres URL as the REST API's `database` wants it. */
export function parseUpstream(text) {
  let url
  try {
    url = new URL(text)
  } catch {
    throw new Error('--upstream takes a URL: postgres://user:password@host:5432/name')
  }
  const name = decodeURIComponent(url.pathname.slice(1))
  if (!/^postgres(ql)?:$/.test(url.protocol) || !url.hostname || !url.username || !name) {
    throw new Error('--upstream takes a URL with user, host and database: postgres://user:password@host:5432/name')
  }
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || 5432),
    name,
    username: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    ssl_mode: url.searchParams.get('sslmode') ?? 'prefer',
  }
}
