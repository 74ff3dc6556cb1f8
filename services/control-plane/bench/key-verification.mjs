/**
 * How long it takes to know whose key a request carries: from memory over 20,000 keys, from the database for one not seen
 * before, and whether unknown, revoked and expired keys can be told apart by time. Prints one JSON object.
 * Needs the control plane's environment, with a database of its own.
 */
import { randomBytes } from 'node:crypto'
import { makeId, makeToken, tokenDisplay } from '@pgbeam/kernel'
import { assemble } from '../dist/app.js'
import { AccessFollower } from '../dist/access/cache/access-follower.js'
import { keyOf } from '../dist/access/credentials-of.js'
import { KeyVerifier } from '../dist/access/key-verifier.js'
import { FirstStart } from '../dist/first-start/first-start.service.js'
import { readConfig } from '../dist/platform/config.js'
import { ClusterKeys } from '../dist/platform/crypto/cluster-keys.js'
import { Database } from '../dist/platform/database/database.js'
import { makeLogger } from '../dist/platform/logger.js'

const KEYS = 20_000
const FRESH = 2_000
const SAMPLES = 500

const config = readConfig(process.env)
const app = await assemble(config, makeLogger('warn'))
await app.get(FirstStart).run()
await app.init()
const [verifier, follower, keys, db] = [KeyVerifier, AccessFollower, ClusterKeys, Database].map((type) => app.get(type, { strict: false }))
const deadline = Date.now() + 10_000
while (!follower.trusted && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 50))
if (!follower.trusted) throw new Error('no lease on remembered keys within 10 s')

const [{ id: organizationId }] = (await db.pool.query('SELECT id FROM organization LIMIT 1')).rows

/** Stores keys as they would be after `change`, and hands back their secrets. */
async function store(count, change = 'NULL, NULL') {
  const tokens = Array.from({ length: count }, () => makeToken('organization', randomBytes))
  await db.pool.query(
    `INSERT INTO api_key (id, kind, organization_id, name, secret_hash, prefix, tail, revoked_at, expires_at)
     SELECT id, 'organization', $1, 'bench', hash, prefix, tail, ${change}
     FROM unnest($2::text[], $3::bytea[], $4::text[], $5::text[]) AS given (id, hash, prefix, tail)`,
    [
      organizationId,
      tokens.map(() => makeId('ApiKeyId', Date.now(), randomBytes(10))),
      tokens.map((token) => Buffer.from(keys.pepperedHash(token))),
      tokens.map((token) => tokenDisplay(token).prefix),
      tokens.map((token) => tokenDisplay(token).tail),
    ],
  )
  return tokens
}

async function time(token) {
  const startedAt = process.hrtime.bigint()
  await verifier.verify(keyOf({ authorization: `Bearer ${token}` }), '127.0.0.1').catch(() => undefined)
  return Number(process.hrtime.bigint() - startedAt) / 1e6
}
const quantile = (times, q) => [...times].sort((a, b) => a - b)[Math.min(times.length - 1, Math.floor(q * times.length))]

const tokens = await store(KEYS)
await db.pool.query('ANALYZE api_key')
for (let i = 0; i < 500; i++) await time(makeToken('organization', randomBytes)) // warm code and connections
const fresh = []
for (const [i, token] of tokens.entries()) {
  const ms = await time(token)
  if (i >= KEYS - FRESH) fresh.push(ms)
}
const cached = []
for (let round = 0; round < 2; round++) {
  for (let i = 0; i < KEYS; i++) {
    const ms = await time(tokens[Math.floor(Math.random() * KEYS)])
    if (round > 0) cached.push(ms)
    if (i % 100 === 0) await new Promise((resolve) => setImmediate(resolve)) // as between requests: leases are renewed
  }
}
if (follower.memory.size < KEYS) throw new Error(`only ${follower.memory.size} keys are remembered`)

const kinds = {
  unknown: Array.from({ length: SAMPLES }, () => makeToken('organization', randomBytes)),
  revoked: await store(SAMPLES, 'now(), NULL'),
  expired: await store(SAMPLES, `NULL, now() - interval '1 second'`),
}
const times = { unknown: [], revoked: [], expired: [] }
const names = Object.keys(kinds)
for (let i = 0; i < SAMPLES; i++) for (const offset of [0, 1, 2]) {
  const name = names[(i + offset) % 3] // each kind comes first, second and third equally often
  times[name].push(await time(kinds[name][i]))
}

/** Mann-Whitney's U as a standard score: beyond 3.3 once in a thousand if the two do not differ. */
function score(a, b) {
  const ranked = [...a.map((ms) => [ms, 0]), ...b.map((ms) => [ms, 1])].sort((x, y) => x[0] - y[0])
  let rankSum = 0
  ranked.forEach(([, which], at) => {
    if (which === 0) rankSum += at + 1
  })
  const u = rankSum - (a.length * (a.length + 1)) / 2
  return (u - (a.length * b.length) / 2) / Math.sqrt((a.length * b.length * (a.length + b.length + 1)) / 12)
}
const scores = [['unknown', 'revoked'], ['unknown', 'expired'], ['revoked', 'expired']].map(([a, b]) => Math.abs(score(times[a], times[b])))

console.log(JSON.stringify({
  cachedP50Ms: quantile(cached, 0.5), cachedP99Ms: quantile(cached, 0.99), freshP50Ms: quantile(fresh, 0.5), freshP99Ms: quantile(fresh, 0.99), tellApartScore: Math.max(...scores),
}))
await app.close()
process.exit(0)
