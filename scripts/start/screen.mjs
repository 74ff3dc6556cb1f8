/** The first screen: what to paste next. */
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const hasPsql = () => (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, 'psql')))

function howToGetPsql() {
  if (process.platform === 'darwin') return 'brew install libpq'
  return existsSync('/etc/debian_version') ? 'apt-get install postgresql-client' : 'install the PostgreSQL client package of your system'
}

/** @param {object} dev dev.json's content @param {string[]} notes what the person should know */
export function firstScreen(dev, notes, { psql = hasPsql(), sample = true } = {}) {
  const agent = `${dev.api_url}/v1/projects/${dev.project_id}/agents/${dev.agent_id}`
  const curl = (rest) => `  curl -H "Authorization: Bearer $PGBEAM_TOKEN" ${rest}`
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
  lines.push('Leave the session open, and in another terminal watch it obey:')
  lines.push(`  export PGBEAM_TOKEN=${dev.api_key}`, `  export AGENT=${agent}`, '')
  lines.push('  # kill: a pause. The session ends at once; PgBeam-Enforcement says that every proxy has obeyed.', curl(`-i -X PATCH $AGENT -d '{"status":"killed"}'`))
  lines.push('  # resume: the same secret works again. Paste the psql line once more.', curl(`-X PATCH $AGENT -d '{"status":"active"}'`))
  lines.push('  # rotate: the old secrets are dead. Log in with the connection_string of the answer, shown once.', curl('-X POST $AGENT/rotate'))
  lines.push('  # revoke, for ever', curl('-i -X DELETE $AGENT'))
  lines.push('')
  lines.push(`API        ${dev.api_url}/v1   (OpenAPI: ${dev.api_url}/v1/openapi.json)`)
  for (const [index, proxy] of dev.proxies.entries()) lines.push(`${index === 0 ? 'Proxy     ' : '          '} ${proxy.host}:${proxy.port}`)
  lines.push('All of it  .pgbeam/dev.json (readable by you only), logs in .pgbeam/logs/')
  for (const note of notes) lines.push('', `Note: ${note}`)
  lines.push('', 'Ctrl-C stops everything and keeps the data; npm start -- --reset starts anew.', '─'.repeat(78), '')
  return lines.join('\n')
}
