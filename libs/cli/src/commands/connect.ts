/** `pgbeam connect`: psql with the certificate verified and the password in its environment, never among its arguments. */
import { spawn } from 'node:child_process'
import type { Command } from 'commander'
import { runs } from '../command.js'
import type { Context } from '../context.js'
import { CliError, exitCodes, usage, type ExitCode } from '../exit.js'
import { variable, type Io } from '../io.js'
import { idOf } from '../parse.js'
import { secret } from '../prompts.js'
import { databases } from './db.js'
import { findProgram, psqlMajor } from './programs.js'

interface ConnectOptions {
  readonly database?: string
  readonly command?: string
  readonly rootCert?: string
}

export function registerConnect(program: Command, io: Io): void {
  runs(io, program.command('connect').description('open psql as a credential; its password comes from PGPASSWORD, or is asked for')
    .argument('<agent>', 'agt_…')
    .option('--database <name>', 'the database; else the one of the credential, or the primary one')
    .option('-c, --command <sql>', 'run this and end')
    .option('--root-cert <file>', "the authority of the proxy's certificate; else the profile's, PGSSLROOTCERT or the system's"), connect)
}

async function connect(context: Context, options: ConnectOptions, text: string): Promise<void> {
  const { io } = context
  const agent = idOf('CredentialId', text)
  const psql = findProgram(io, 'psql')
  if (psql === undefined) throw new CliError(exitCodes.failure, 'psql is not on this machine', 'Debian and Ubuntu: apt-get install postgresql-client; macOS: brew install libpq')
  const parameters = await parametersOf(context, agent, options)
  const password = variable(io, 'PGPASSWORD') ?? (await secret(io, `Password of ${agent}`))
  const rootCert = options.rootCert ?? context.settings.profile?.ca_file ?? variable(io, 'PGSSLROOTCERT') ?? (psqlMajor(psql) >= 16 ? 'system' : undefined)
  const conninfo = Object.entries({ ...parameters, sslmode: 'verify-full', ...(rootCert !== undefined && { sslrootcert: rootCert }) })
    .map(([name, value]) => `${name}='${value.replace(/(['\\])/g, '\\$1')}'`).join(' ')
  const code = await runPsql(io, psql, [conninfo, ...(options.command === undefined ? [] : ['-v', 'ON_ERROR_STOP=1', '-v', 'VERBOSITY=verbose', '-c', options.command])], password, options.command !== undefined)
  if (code !== exitCodes.ok) throw new CliError(code, '')
}

async function parametersOf(context: Context, agent: string, options: ConnectOptions): Promise<Record<string, string>> {
  const project = await context.project()
  const api = await context.api()
  const credential = context.body(await api.get('/v1/projects/{project}/agents/{agent}', { params: { path: { project, agent } } }))
  if (credential.status === 'revoked') throw new CliError(exitCodes.conflict, `${agent} is revoked, which is for ever`, 'Make another: pgbeam agents create')
  if (credential.status === 'killed') throw new CliError(exitCodes.conflict, `${agent} is killed (paused)`, `Let it in again: pgbeam agents resume ${agent}`)
  const { proxy_host, proxy_port } = context.body(await api.get('/v1/projects/{project}', { params: { path: { project } } }))
  const all = await databases(context, project)
  const chosen = options.database === undefined
    ? all.find(({ id }) => id === credential.database_id) ?? all.find(({ role }) => role === 'primary') ?? all[0]
    : all.find(({ id, name }) => id === options.database || name === options.database)
  if (!chosen) throw usage(options.database === undefined ? 'the project has no database' : `there is no database ${options.database} in this project`, all.length > 0 ? `There are: ${all.map(({ name }) => name).join(', ')}.` : undefined)
  return { host: proxy_host, port: String(proxy_port), dbname: chosen.name, user: credential.pg_username }
}

/** SQLSTATE 42501 as psql prints it: what PgBeam refuses, with its rule behind it. */
const DENIED = /ERROR:\s+42501:[\s\S]*DETAIL:\s+rule:/

function runPsql(io: Io, psql: string, args: readonly string[], password: string, watchErrors: boolean): Promise<ExitCode> {
  return new Promise((resolve, reject) => {
    // Ctrl-C belongs to psql: it cancels a statement there.
    const ignore = (): void => undefined
    process.on('SIGINT', ignore)
    const { PGBEAM_TOKEN: _token, PGBEAM_API_KEY: _key, ...env } = io.env
    const child = spawn(psql, args, { stdio: ['inherit', 'inherit', watchErrors ? 'pipe' : 'inherit'], env: { ...env, PGPASSWORD: password } })
    let errors = ''
    child.stderr?.on('data', (chunk: Buffer) => {
      errors = (errors + chunk.toString()).slice(-100_000)
      io.stderr.write(chunk.toString())
    })
    child.once('error', reject)
    child.once('close', (code, signal) => {
      process.off('SIGINT', ignore)
      if (signal === 'SIGINT') return resolve(exitCodes.interrupted)
      if (code === 0) return resolve(exitCodes.ok)
      if (DENIED.test(errors)) return resolve(exitCodes.policyDenied)
      resolve(/password authentication failed|28P01|28000/.test(errors) ? exitCodes.authentication : exitCodes.failure)
    })
  })
}
