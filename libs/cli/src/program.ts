/** The whole command tree. */
import { Command } from 'commander'
import { registerAgents } from './commands/agents.js'
import { registerApi } from './commands/api.js'
import { registerAuth } from './commands/auth.js'
import { registerCompletion } from './commands/completion.js'
import { registerConnect } from './commands/connect.js'
import { registerDb } from './commands/db.js'
import { registerDoctor } from './commands/doctor.js'
import { registerDryRuns } from './commands/dry-runs.js'
import { registerKeys } from './commands/keys.js'
import { registerOrgs } from './commands/orgs.js'
import { registerPolicies } from './commands/policies.js'
import { registerProjects } from './commands/projects.js'
import { notYet } from './command.js'
import type { Io } from './io.js'
import { seconds } from './parse.js'
import { VERSION } from './version.js'

const HELP_COLUMNS_MAX = 110

export function buildProgram(io: Io): Command {
  const program = new Command('pgbeam')
    .description('PgBeam: scoped Postgres credentials for agents and people, revocable at once.')
    .version(VERSION, '-V, --version', 'print the version')
    .option('--json', 'print JSON, and nothing else, on standard output')
    .option('--profile <name>', 'the stored profile to use (PGBEAM_PROFILE)')
    .option('--api-url <url>', 'the address of the API (PGBEAM_API_URL)')
    .option('--project <project>', 'id, slug or name of the project (PGBEAM_PROJECT)')
    .option('--timeout <seconds>', 'how long to wait for an answer of the API (30)', seconds)
    .option('--no-color', 'no colours (NO_COLOR)')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, 'pgbeam: ')),
      getOutHelpWidth: () => Math.min(io.stdout.columns ?? 80, HELP_COLUMNS_MAX),
      getErrHelpWidth: () => Math.min(io.stderr.columns ?? 80, HELP_COLUMNS_MAX),
    })
  registerAuth(program, io)
  registerOrgs(program, io)
  registerKeys(program, io)
  registerProjects(program, io)
  registerDb(program, io)
  registerDryRuns(registerPolicies(program, io), io)
  registerAgents(program, io)
  registerConnect(program, io)
  registerApi(program, io)
  registerDoctor(program, io)
  registerCompletion(program, io)
  for (const group of ['sessions', 'audit']) notYet(program, group)
  return program
}
