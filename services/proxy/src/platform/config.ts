/** Settings from the environment, checked at start: one clear line for what is wrong. */
import { z } from 'zod'
import { parseJoinToken } from '@pgbeam/contracts'

const address = z.string().regex(/^(.+):(\d{1,5})$/, 'must be host:port').transform((text) => {
  const at = text.lastIndexOf(':')
  return { host: text.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(text.slice(at + 1)) }
})
const milliseconds = z.coerce.number().int().positive()

const CONTROL_LOSS_MS_MAX = 6 * 86_400_000

const environment = z.object({
  NATS_URL: z.string().min(1),
  PGBEAM_JOIN_TOKEN: z.string().transform((text, context) => {
    try {
      return parseJoinToken(text)
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message })
      return z.NEVER
    }
  }),
  PGBEAM_LISTEN: address.default({ host: '127.0.0.1', port: 6432 }),
  PGBEAM_MCP_LISTEN: address.default({ host: '127.0.0.1', port: 6443 }),
  PGBEAM_ADMIN_LISTEN: address.default({ host: '127.0.0.1', port: 6480 }),
  PGBEAM_TLS_CERT_FILE: z.string().min(1),
  PGBEAM_TLS_KEY_FILE: z.string().min(1),
  /** The names that clients connect to, as the control plane shows them: the part in braces names their project. */
  PGBEAM_PROXY_HOST: z.string().min(1).default('{slug}.proxy.localhost'),
  PGBEAM_PUBLIC_ADDRESS: z.string().default('localhost:6432'),
  PGBEAM_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']).default('info'),
  PGBEAM_LOGIN_DEADLINE_MS: milliseconds.default(15_000),
  PGBEAM_DRAIN_MS: milliseconds.default(30_000),
  PGBEAM_FENCED_GRACE_MS: z.coerce.number().int().min(0).max(60_000).default(2_000),
  /** Less than the week after which the control plane forgets a proxy, which it then waits for no more. */
  PGBEAM_CONTROL_LOSS_MAX_MS: milliseconds.max(CONTROL_LOSS_MS_MAX).default(CONTROL_LOSS_MS_MAX),
  PGBEAM_WAITING_ROOM: z.coerce.number().int().positive().default(4096),
  PGBEAM_VERDICT_CACHE_MB: z.coerce.number().int().min(1).max(1024).default(64),
  PGBEAM_OTLP_ENDPOINT: z.string().optional(),
})
export type Config = z.infer<typeof environment>

export class ConfigError extends Error {}

/** @throws ConfigError naming each variable that is missing or wrong, never its value */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const parsed = environment.safeParse(env)
  if (parsed.success) return parsed.data
  throw new ConfigError(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '))
}
