/** The first screen: what to paste next. */
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const hasPsql = () => (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, 'psql')))

function howToGetPsql() {
  if (process.platform === 'darwin') return 'brew install libpq'
  return existsSync('/etc/debian_version') ? 'apt-get install postgresql-client' : 'install the PostgreSQL client package of your system'
}

/**
 * @param {object} dev dev.json's content @param {string[]} notes what the person should know
 * @param {{ psql?: boolean, sample?: boolean, pgbeam?: string }} options pgbeam: how the command is called here
 */
export function firstScreen(dev, notes, { psql = hasPsql(), sample = true, pgbeam = 'npx pgbeam' } = {}) {
  const lines = ['', '─'.repeat(78), 'PgBeam is running. This credential may read and nothing else:', '']
  if (psql) {
    lines.push(`  psql "${dev.connection_string}"`)
  } else {
    lines.push(`  psql is not on this machine (${howToGetPsql()}); meanwhile this works:`)
    lines.push(`  node scripts/query.mjs "${sample ? 'SELECT * FROM revenue_by_month LIMIT 5' : 'SELECT version()'}"`)
  }
  lines.push('')
  if (sample) {
    lines.push('Try in that session:', '  SELECT * FROM revenue_by_month;', '  SELECT body FROM tickets WHERE id = 137;   -- text that wants to instruct a model')
    lines.push('  DROP TABLE orders;                         -- refused, and the answer says which rule refused', '')
  }
  const run = (words, comment) => `  ${`${pgbeam} ${words}`.padEnd(pgbeam.length + 47)}  # ${comment}`
  lines.push('Leave the session open, and in another terminal in this folder watch it obey:')
  lines.push(run('agents list', 'the credentials of this project'))
  lines.push(run(`agents kill ${dev.agent_id}`, 'a pause: the session ends at once, on every proxy'))
  lines.push(run(`agents resume ${dev.agent_id}`, 'the same secret works again: paste the psql line once more'))
  lines.push(run(`agents rotate ${dev.agent_id}`, 'new secrets, shown once; the old ones are dead'))
  lines.push(run(`agents revoke ${dev.agent_id}`, 'the end of it, for ever'))
  lines.push(run('agents create --name my-agent --policy read-only', 'another one'))
  lines.push(`The same with curl: curl -H "Authorization: Bearer $PGBEAM_TOKEN" ${dev.api_url}/v1/projects   (keys: .pgbeam/dev.json)`, '')
  lines.push(`API        ${dev.api_url}/v1   (OpenAPI: ${dev.api_url}/v1/openapi.json)`)
  for (const [index, proxy] of dev.proxies.entries()) lines.push(`${index === 0 ? 'Proxy     ' : '          '} ${proxy.host}:${proxy.port}`)
  lines.push('All of it  .pgbeam/dev.json (readable by you only), logs in .pgbeam/logs/')
  for (const note of notes) lines.push('', `Note: ${note}`)
  lines.push('', 'Ctrl-C stops everything and keeps the data; npm start -- --reset starts anew.', '─'.repeat(78), '')
  return lines.join('\n')
}
