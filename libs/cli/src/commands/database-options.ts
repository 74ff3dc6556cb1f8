/** What a database is, on the command line. Its password comes from a question, PGPASSWORD or standard input, never from an argument. */
import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import type { components } from '@pgbeam/client'
import type { Context } from '../context.js'
import { usage } from '../exit.js'
import { variable } from '../io.js'
import { policyOrNone, port, wholeNumber } from '../parse.js'
import { secret } from '../prompts.js'

type CreateDatabase = Omit<components['schemas']['CreateDatabase'], 'pool_config'>
export interface DatabaseOptions {
  readonly host?: string
  readonly port?: number
  readonly database?: string
  readonly username?: string
  readonly passwordStdin?: boolean
  readonly askPassword?: boolean
  readonly sslMode?: string
  readonly sslCaFile?: string
  readonly role?: string
  readonly queryTimeoutMs?: number
  readonly defaultPolicy?: { readonly id: string | null }
}

export function databaseOptions(command: Command, need: 'required' | 'optional'): Command {
  const must = (flags: string, text: string): Command => (need === 'required' ? command.requiredOption(flags, text) : command.option(flags, text))
  must('--host <host>', 'where its server listens')
  command.option('--port <port>', 'at which port (5432)', port)
  must('--database <name>', 'the name of the database')
  must('--username <user>', 'the user that proxies connect as')
  if (need === 'optional') command.option('--ask-password', 'ask for another password')
  command
    .option('--password-stdin', 'read its password from standard input')
    .option('--ssl-mode <mode>', 'disable, prefer, require, verify-ca or verify-full (require)')
    .option('--ssl-ca-file <file>', 'certificates (PEM) that its certificate must come from')
    .option('--role <role>', 'primary or replica (primary)')
    .option('--query-timeout-ms <ms>', 'end statements that run for longer', wholeNumber)
  return command
}

/** For a project that has policies, which a new one has not. */
export function defaultPolicyOption(command: Command): Command {
  return command.option('--default-policy <policy>', "the policy of applications that log in with the stored user: pol_…, or none, which leaves them to the project's", policyOrNone)
}

/** Only what was given; a new database needs a password. */
export async function databaseBody(context: Context, options: DatabaseOptions, purpose: 'create'): Promise<CreateDatabase>
export async function databaseBody(context: Context, options: DatabaseOptions, purpose: 'change'): Promise<Partial<CreateDatabase>>
export async function databaseBody(context: Context, options: DatabaseOptions, purpose: 'create' | 'change'): Promise<Partial<CreateDatabase>> {
  const password = purpose === 'create' || options.askPassword || options.passwordStdin ? await passwordOf(context, options) : undefined
  return {
    ...(options.host !== undefined && { host: options.host }),
    ...(options.port !== undefined && { port: options.port }),
    ...(options.database !== undefined && { name: options.database }),
    ...(options.username !== undefined && { username: options.username }),
    ...(password !== undefined && { password }),
    ...(options.sslMode !== undefined && { ssl_mode: options.sslMode as 'require' }),
    ...(options.sslCaFile !== undefined && { ssl_ca: readFileSync(options.sslCaFile, 'utf8') }),
    ...(options.role !== undefined && { role: options.role as 'primary' }),
    ...(options.queryTimeoutMs !== undefined && { query_timeout_ms: options.queryTimeoutMs }),
    ...(options.defaultPolicy && { default_policy_profile_id: options.defaultPolicy.id }),
  }
}

async function passwordOf({ io }: Context, { passwordStdin, askPassword, username }: DatabaseOptions): Promise<string> {
  const fromEnv = variable(io, 'PGPASSWORD')
  if (fromEnv !== undefined && !passwordStdin && !askPassword) return fromEnv
  if (passwordStdin && io.stdin.isTTY) throw usage('--password-stdin: standard input is a terminal', 'Leave it out to be asked.')
  return secret(io, `Password of ${username ?? 'the database user'}`)
}
