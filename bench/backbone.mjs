/** What each bench starts first: a database to proxy, one for the control plane, NATS, and certificates. */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import pg from 'pg'
import { localCertificates } from '../scripts/lib/certificates.mjs'
import { startNats } from '../scripts/lib/nats.mjs'
import { startPostgres } from '../scripts/lib/postgres.mjs'

/** @returns the last statement's rows */
export async function onServer(connectionString, ...statements) {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    let rows
    for (const one of statements) ({ rows } = await client.query(one))
    return rows
  } finally {
    await client.end()
  }
}

/**
 * @param options `upstreamFlags`, `controlFlags`: settings of the two servers; `upstreamTls`: whether the first one takes TLS
 * @param startRest gets `{ keep, stop, tls, password, upstream, control, controlUrl, natsUrl }`. What it hands to `keep` is stopped by
 *   `stop`, the last first, and all of it where it throws
 * @returns what `startRest` returns
 */
export async function startBackbone(dir, { upstreamFlags = [], controlFlags = [], upstreamTls = false }, startRest) {
  const started = []
  const keep = (one) => {
    started.push(one)
    return one
  }
  const stop = async () => {
    for (const one of started.reverse()) await one.stop()
  }
  try {
    const tls = await localCertificates(join(dir, 'tls'))
    const password = randomBytes(18).toString('base64url')
    const upstream = keep(await startPostgres({ dir: join(dir, 'upstream'), password, flags: upstreamFlags, ...(upstreamTls ? { ssl: tls } : {}) }))
    const control = keep(await startPostgres({ dir: join(dir, 'control'), password, flags: controlFlags }))
    const nats = keep(await startNats({ dir: join(dir, 'nats'), own: true }))
    await onServer(control.url, 'CREATE DATABASE pgbeam')
    return await startRest({ keep, stop, tls, password, upstream, control, controlUrl: control.url.replace(/\/postgres$/, '/pgbeam'), natsUrl: nats.url })
  } catch (error) {
    await stop()
    throw error
  }
}
