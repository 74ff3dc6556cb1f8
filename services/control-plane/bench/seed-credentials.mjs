/**
 * Stores many credentials, each a copy of one that exists with an MCP token of its own, and prints the tokens, one a line.
 * Needs the control plane's environment.
 *
 *   node seed-credentials.mjs <id of the credential to copy> <count>
 */
import { createHash, randomBytes } from 'node:crypto'
import { makeId, makeToken } from '@pgbeam/kernel'
import { readConfig } from '../dist/platform/config.js'
import { loadClusterKeys } from '../dist/platform/crypto/cluster-keys.js'
import { Keyring } from '../dist/platform/crypto/keyring.js'
import { Database } from '../dist/platform/database/database.js'
import { makeLogger } from '../dist/platform/logger.js'

const CHUNK = 5_000

const [template, count] = process.argv.slice(2)
const config = readConfig(process.env)
const db = new Database(config, makeLogger('warn'))
const keys = await loadClusterKeys(db, new Keyring(config.encryptionKeys))
for (let left = Number(count); left > 0; left -= CHUNK) {
  const tokens = Array.from({ length: Math.min(CHUNK, left) }, () => makeToken('mcp', randomBytes))
  const rows = tokens.map((token) => {
    const id = makeId('CredentialId', Date.now(), randomBytes(10))
    const sha256 = createHash('sha256').update(token).digest('hex')
    return { id, name: id, mcp_token_hash: `\\x${Buffer.from(keys.pepperedHash(sha256)).toString('hex')}` }
  })
  await db.pool.query(
    `INSERT INTO agent_credential SELECT (jsonb_populate_record(c, made)).* FROM agent_credential c, jsonb_array_elements($2::jsonb) AS made WHERE c.id = $1`,
    [template, JSON.stringify(rows)],
  )
  // A pipe takes its time: the next chunk, and the end, wait until this one is out.
  await new Promise((resolve) => process.stdout.write(`${tokens.join('\n')}\n`, resolve))
}
await db.pool.end()
process.exit(0)
