/** The whole configuration, read once from the environment. A wrong value is one line that names the variable, never its content. */
import { Secret } from '@pgbeam/kernel'
import { z } from 'zod'

const port = z.coerce.number().int().min(1).max(65535)
const keyring = z
  .string()
  .transform((text) => text.split(',').map((entry) => entry.trim().split(':')))
  .refine((entries) => entries.every(([id, key]) => /^[\w.-]{1,32}$/.test(id ?? '') && Buffer.from(key ?? '', 'base64url').length === 32), {
    error: 'must look like v1:<base64url of 32 bytes>[,v0:<...>]',
  })
  .transform((entries) => entries.map(([id, key]) => ({ id: id as string, key: Buffer.from(key as string, 'base64url') })))

const isLoopback = ({ hostname }: URL): boolean => ['localhost', '127.0.0.1', '[::1]'].includes(hostname)

/** Where people reach the control plane. Passwords and cookies do not travel in the clear, except within one machine. */
const publicUrl = z.url().transform((text, context) => {
  const url = new URL(text)
  const fits = (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url))) && url.pathname === '/' && url.search === '' && url.hash === ''
  if (!fits) context.addIssue({ code: 'custom', message: 'must be https://host[:port], or http://localhost:port on one machine' })
  return url.origin
})

const issuer = z.url().refine((text) => text.startsWith('https:') || isLoopback(new URL(text)), { error: 'must be https://, or http:// on this machine' })

const environment = z.object({
  PGBEAM_DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, { error: 'must be a postgres:// address' }),
  NATS_URL: z.string().min(1),
  PGBEAM_ENCRYPTION_KEYS: keyring,
  PGBEAM_HTTP_HOST: z.string().min(1).default('127.0.0.1'),
  PGBEAM_HTTP_PORT: z.coerce.number().int().min(0).max(65535).default(7400),
  PGBEAM_PROXY_HOST: z.string().min(1).default('{slug}.proxy.localhost'),
  PGBEAM_PROXY_PORT: port.default(6432),
  PGBEAM_MCP_PORT: port.default(6443),
  PGBEAM_BOOTSTRAP_FILE: z.string().min(1).optional(),
  PGBEAM_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  PGBEAM_RATE_LIMIT_PER_MINUTE: z.coerce.number().int().min(0).max(10_000_000).default(6_000),
  PGBEAM_FAILED_AUTH_LIMIT_PER_MINUTE: z.coerce.number().int().min(0).max(10_000_000).default(300),
  PGBEAM_LEASE_MS: z.coerce.number().int().min(1_500).max(60_000).default(3_000),
  PGBEAM_LEASE_RENEW_MS: z.coerce.number().int().min(100).max(30_000).default(1_000),
  PGBEAM_STALE_SECRET_DAYS: z.coerce.number().int().min(0).max(365).default(30),
  PGBEAM_CANARY_INTERVAL_MS: z.coerce.number().int().min(0).max(86_400_000).default(60_000),
  PGBEAM_CANARY_SLOW_MS: z.coerce.number().int().min(1).max(60_000).default(1_000),
  PGBEAM_OTLP_ENDPOINT: z.url().optional(),
  PGBEAM_PUBLIC_URL: publicUrl.optional(),
  PGBEAM_OIDC_ISSUER: issuer.optional(),
  PGBEAM_OIDC_CLIENT_ID: z.string().min(1).optional(),
  PGBEAM_OIDC_CLIENT_SECRET: z.string().min(1).transform((text) => new Secret(text)).optional(),
  PGBEAM_OIDC_NAME: z.string().min(1).max(50).optional(),
  PGBEAM_GITHUB_KEYS_URL: z.url().default('https://api.github.com/meta/public_keys/secret_scanning'),
})

export interface EncryptionKey {
  readonly id: string
  readonly key: Buffer
}

export interface Config {
  readonly databaseUrl: string
  readonly natsUrl: string
  /** The first encrypts, all decrypt. */
  readonly encryptionKeys: readonly EncryptionKey[]
  readonly httpHost: string
  readonly httpPort: number
  /** `{slug}` stands for the project's slug. */
  readonly proxyHostTemplate: string
  readonly proxyPort: number
  readonly mcpPort: number
  readonly bootstrapFile: string | undefined
  readonly logLevel: string
  /** Calls with one key, on each replica; 0 for no limit. */
  readonly rateLimitPerMinute: number
  /** Calls without a valid key from one address, on each replica; 0 for no limit. */
  readonly failedAuthLimitPerMinute: number
  /** How long a proxy may serve without a word from a control plane, and how often it asks for one. */
  readonly lease: { readonly lengthMs: number; readonly renewMs: number }
  /** For how long the secret before a rotation is recognised when somebody tries it; 0 for not at all. */
  readonly staleSecretDays: number
  /** How often each proxy's canary is killed and resumed (0 for never), and from when on its end counts as late. */
  readonly canary: { readonly intervalMs: number; readonly slowMs: number }
  readonly otlpEndpoint: string | undefined
  /** The origin that links and cookies are for: `https://pgbeam.example`. */
  readonly publicUrl: string
  /** The OpenID provider that people may sign in at. */
  readonly oidc: { readonly issuer: string; readonly clientId: string; readonly clientSecret: Secret; readonly name: string } | undefined
  /** Where GitHub publishes the keys of its secret scanning. */
  readonly githubKeysUrl: string
}

/** Injection token of the configuration. */
export const CONFIG = Symbol('CONFIG')

export class InvalidConfig extends Error {}

/** @throws InvalidConfig with one line that names every variable that is missing or wrong */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const parsed = environment.safeParse(present)
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => {
      const name = issue.path.join('.')
      return present[name] === undefined ? `${name} is not set` : `${name}: ${issue.message}`
    })
    throw new InvalidConfig(`configuration: ${lines.join('; ')}`)
  }
  const values = parsed.data
  return {
    databaseUrl: values.PGBEAM_DATABASE_URL,
    natsUrl: values.NATS_URL,
    encryptionKeys: values.PGBEAM_ENCRYPTION_KEYS,
    httpHost: values.PGBEAM_HTTP_HOST,
    httpPort: values.PGBEAM_HTTP_PORT,
    proxyHostTemplate: values.PGBEAM_PROXY_HOST,
    proxyPort: values.PGBEAM_PROXY_PORT,
    mcpPort: values.PGBEAM_MCP_PORT,
    bootstrapFile: values.PGBEAM_BOOTSTRAP_FILE,
    logLevel: values.PGBEAM_LOG_LEVEL,
    rateLimitPerMinute: values.PGBEAM_RATE_LIMIT_PER_MINUTE,
    failedAuthLimitPerMinute: values.PGBEAM_FAILED_AUTH_LIMIT_PER_MINUTE,
    lease: leaseOf(values),
    staleSecretDays: values.PGBEAM_STALE_SECRET_DAYS,
    canary: canaryOf(values),
    otlpEndpoint: values.PGBEAM_OTLP_ENDPOINT,
    publicUrl: values.PGBEAM_PUBLIC_URL ?? `http://localhost:${values.PGBEAM_HTTP_PORT}`,
    oidc: oidcOf(values),
    githubKeysUrl: values.PGBEAM_GITHUB_KEYS_URL,
  }
}

/** A proxy uses nine tenths of a lease: the rest covers clocks that run apart and naps too short to notice. One renewal of two may be lost on the way. */
function leaseOf({ PGBEAM_LEASE_MS: lengthMs, PGBEAM_LEASE_RENEW_MS: renewMs }: z.output<typeof environment>): Config['lease'] {
  if (renewMs * 2 > lengthMs * 0.9) throw new InvalidConfig(`configuration: PGBEAM_LEASE_RENEW_MS is ${renewMs}, and may be at most ${Math.floor(lengthMs * 0.45)} with PGBEAM_LEASE_MS ${lengthMs}: a lease must outlast one renewal that is lost`)
  return { lengthMs, renewMs }
}

/** A trial waits for a silent proxy as long as a lease: the next one must not begin before. And what takes a lease is no longer the switch's work. */
function canaryOf({ PGBEAM_CANARY_INTERVAL_MS: intervalMs, PGBEAM_CANARY_SLOW_MS: slowMs, PGBEAM_LEASE_MS: leaseMs }: z.output<typeof environment>): Config['canary'] {
  if (intervalMs !== 0 && intervalMs < leaseMs) throw new InvalidConfig(`configuration: PGBEAM_CANARY_INTERVAL_MS is ${intervalMs}, and must be 0 or at least PGBEAM_LEASE_MS, which is ${leaseMs}`)
  if (slowMs > leaseMs) throw new InvalidConfig(`configuration: PGBEAM_CANARY_SLOW_MS is ${slowMs}, and may be at most PGBEAM_LEASE_MS, which is ${leaseMs}`)
  return { intervalMs, slowMs }
}

/** All or nothing: a provider that is configured by half would be one that silently is not there. */
function oidcOf({ PGBEAM_OIDC_ISSUER: issuer, PGBEAM_OIDC_CLIENT_ID: clientId, PGBEAM_OIDC_CLIENT_SECRET: clientSecret, PGBEAM_OIDC_NAME: name }: z.output<typeof environment>): Config['oidc'] {
  if (issuer === undefined && clientId === undefined && clientSecret === undefined) return undefined
  if (issuer === undefined || clientId === undefined || clientSecret === undefined) {
    throw new InvalidConfig('configuration: PGBEAM_OIDC_ISSUER, PGBEAM_OIDC_CLIENT_ID and PGBEAM_OIDC_CLIENT_SECRET belong together')
  }
  return { issuer, clientId, clientSecret, name: name ?? new URL(issuer).hostname }
}
