import { describe, expect, it } from '@jest/globals'
import { InvalidConfig, readConfig } from './config.js'

const key = Buffer.alloc(32, 7).toString('base64url')
const good = { PGBEAM_DATABASE_URL: 'postgres://u:p@h/db', NATS_URL: 'nats://127.0.0.1', PGBEAM_ENCRYPTION_KEYS: `v2:${key},v1:${key}` }

describe('the configuration', () => {
  it('has a default for everything but the database, NATS and the encryption keys', () => {
    const config = readConfig(good)
    expect(config).toMatchObject({ httpHost: '127.0.0.1', httpPort: 7400, proxyPort: 6432, mcpPort: 6443, logLevel: 'info', lease: { lengthMs: 3_000, renewMs: 1_000 }, canary: { intervalMs: 60_000, slowMs: 1_000 } })
    expect(config.encryptionKeys.map(({ id }) => id)).toEqual(['v2', 'v1'])
  })
  it('knows where people reach it, and keeps the secret of the OpenID provider from being printed', () => {
    const env = { PGBEAM_PUBLIC_URL: 'https://pgbeam.example/', PGBEAM_OIDC_ISSUER: 'https://idp.example', PGBEAM_OIDC_CLIENT_ID: 'pgbeam', PGBEAM_OIDC_CLIENT_SECRET: 'planted' }
    const config = readConfig({ ...good, ...env })
    expect([config.publicUrl, config.oidc?.name, config.oidc?.clientSecret.reveal()]).toEqual(['https://pgbeam.example', 'idp.example', 'planted'])
    expect(JSON.stringify(config.oidc)).not.toContain('planted')
    expect(readConfig(good).publicUrl).toBe('http://localhost:7400')
  })
  it.each<[string, Record<string, string>, string]>([
    ['a missing variable', { NATS_URL: '' }, 'NATS_URL is not set'],
    ['a short encryption key', { PGBEAM_ENCRYPTION_KEYS: 'v1:c2hvcnQ' }, 'PGBEAM_ENCRYPTION_KEYS: must look like'],
    ['a port that is none', { PGBEAM_HTTP_PORT: '70000' }, 'PGBEAM_HTTP_PORT: '],
    ['a public address in the clear', { PGBEAM_PUBLIC_URL: 'http://pgbeam.example' }, 'PGBEAM_PUBLIC_URL: must be https://'],
    ['a public address with a path', { PGBEAM_PUBLIC_URL: 'https://pgbeam.example/app' }, 'PGBEAM_PUBLIC_URL: must be https://'],
    ['an OpenID provider in the clear', { PGBEAM_OIDC_ISSUER: 'http://idp.example' }, 'PGBEAM_OIDC_ISSUER: must be https://'],
    ['half an OpenID provider', { PGBEAM_OIDC_ISSUER: 'https://idp.example', PGBEAM_OIDC_CLIENT_SECRET: 'secret' }, 'belong together'],
    ['a lease too short for what clocks may hide', { PGBEAM_LEASE_MS: '1000' }, 'PGBEAM_LEASE_MS: '],
    ['renewals too rare for the lease', { PGBEAM_LEASE_RENEW_MS: '1351' }, 'may be at most 1350 with PGBEAM_LEASE_MS 3000'],
    ['trials of the kill switch that overlap', { PGBEAM_CANARY_INTERVAL_MS: '2999' }, 'must be 0 or at least PGBEAM_LEASE_MS, which is 3000'],
    ['a kill that may take longer than a lease', { PGBEAM_CANARY_SLOW_MS: '3001' }, 'PGBEAM_CANARY_SLOW_MS is 3001, and may be at most PGBEAM_LEASE_MS'],
    ['another kind of database', { PGBEAM_DATABASE_URL: 'mysql://u:secret@h/db' }, 'PGBEAM_DATABASE_URL: must be a postgres:// address'],
  ])('answers %s with one line that names it', (_case, change, line) => {
    expect(() => readConfig({ ...good, ...change })).toThrow(InvalidConfig)
    try {
      readConfig({ ...good, ...change })
    } catch (error) {
      expect((error as Error).message).toContain(line)
      expect((error as Error).message).not.toMatch(/\n|secret|c2hvcnQ/)
    }
  })
})
