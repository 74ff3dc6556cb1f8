import type { Command } from 'commander'
import { describe, expect, it } from '@jest/globals'
import { candidates } from './commands/completion.js'
import { buildProgram } from './program.js'
import { run } from './run.js'
import { fakeIo } from './testing/fake-io.js'

const program = buildProgram(fakeIo())
const paths = (command: Command, path: readonly string[] = []): string[][] => [
  [...path],
  ...command.createHelp().visibleCommands(command).filter((one) => one.name() !== 'help').flatMap((one) => paths(one, [...path, one.name()])),
]

describe('the help', () => {
  it.each(paths(program).map((path) => [['pgbeam', ...path, '--help'].join(' '), path] as const))('%s', async (_line, path) => {
    const io = fakeIo()
    expect(await run([...path, '--help'], io)).toBe(0)
    expect(io.printed.stderr).toBe('')
    expect(io.printed.stdout).toMatchSnapshot()
  })
  it('is there for every command of the public vocabulary', () => {
    const all = paths(program).map((path) => path.join(' '))
    const vocabulary = {
      auth: 'login status logout switch whoami', orgs: 'list confirm-restore switch', keys: 'create list rotate revoke', projects: 'create list inspect update delete',
      db: 'add list inspect update delete test', policies: 'create list show update delete', agents: 'create list inspect kill resume rotate revoke mcp-config', api: 'ls request',
    }
    const wanted = Object.entries(vocabulary).flatMap(([group, names]) => names.split(' ').map((name) => `${group} ${name}`))
    expect(all).toEqual(expect.arrayContaining([...wanted, 'link', 'unlink', 'connect', 'doctor', 'completion']))
  })
  it('goes to standard output where nothing was asked for', async () => {
    const io = fakeIo()
    expect(await run([], io)).toBe(0)
    expect(io.printed.stdout).toMatch(/^Usage: pgbeam/)
  })
})

describe('a wrong command line ends with 2, one line and nothing on standard output', () => {
  it.each([
    [['agnets'], /unknown command 'agnets'[^]*Did you mean agents/],
    [['agents', 'lst'], /Did you mean list/],
    [['agents', 'list', '--jsn'], /unknown option '--jsn'[^]*Did you mean --json/],
    [['agents', 'create', '--name', 'x'], /required option '--policy/],
    [['agents', 'kill'], /missing what to kill/],
    [['agents', 'inspect'], /missing required argument 'agent'/],
    [['agents', 'revoke', 'agt_01m80r42rws6cpabgcjs05pjnj', '--policy', 'p'], /either ids or conditions/],
    [['agents', 'revoke', 'agt_01m80r42rws6cpabgcjs05pjnj', 'analytics-bot'], /analytics-bot is not the id of a credential/],
    [['agents', 'kill', '--created-before', 'never'], /how long ago/],
    [['projects', 'update', '--kill-agents', '--resume-agents'], /either --kill-agents or --resume-agents/],
    [['projects', 'update', '--default-policy', 'read-only'], /the id of a policy[^]*or none/],
    [['db', 'update', 'db_01m80r42rws6cpabgcjs05pjnj', '--default-policy', 'read-only'], /the id of a policy[^]*or none/],
    [['agents', 'kill', 'analytics-bot'], /not the id of a credential/],
    [['agents', 'create', '--name', 'x', '--policy', 'p', '--expires', 'soon'], /90m, 12h, 30d/],
    [['keys', 'create', '--name', 'x', '--expires-in-days', '31'], /30, 90, 365 or none/],
    [['agents'], /Usage: pgbeam agents/],
    [['api', 'request', 'FETCH', '/v1'], /FETCH is not one of/],
    [['api', 'request', 'GET', '//elsewhere'], /not a path of the API/],
    [['completion', 'tcsh'], /tcsh/],
    [['auth', 'login'], /pass --api-key/],
  ])('%j', async (words, error) => {
    const io = fakeIo()
    expect(await run(words, io)).toBe(2)
    expect(io.printed.stdout).toBe('')
    expect(io.printed.stderr).toMatch(error)
  })
})

it.each([['sessions', 'list'], ['audit', 'export', '--json'], ['policies', 'replay', '--help']])('%s %s is not available yet, and says so', async (...words) => {
  const io = fakeIo()
  expect(await run(words, io)).toBe(1)
  expect(io.printed).toEqual({ stdout: '', stderr: expect.stringMatching(/^pgbeam: \S+( \S+)? is not available yet\n$/) })
})

describe('completion', () => {
  it.each([
    [['ag'], ['agents']],
    [['agents', 'r'], ['resume', 'revoke', 'rotate']],
    [['--json', 'agents', 'ki'], ['kill']],
    [['--profile', 'agents', 'db', 't'], ['test']],
    [['agents', 'list', '--st'], ['--status']],
    [['agents', 'list', '--pro'], ['--profile', '--project']],
    [['completion', ''], ['bash', 'fish', 'powershell', 'zsh']],
    [['nothing-of-ours', ''], expect.arrayContaining(['agents', 'auth'])],
    [['sess'], []],
  ])('of %j', (words, found) => expect(candidates(program, words)).toEqual(found))
  it.each(['bash', 'zsh', 'fish', 'powershell'])('has a script for %s', async (shell) => {
    const io = fakeIo()
    expect(await run(['completion', shell], io)).toBe(0)
    expect(io.printed.stdout).toMatch(/pgbeam __complete -- /)
    expect(io.printed.stderr).toMatch(/pgbeam completion/)
  })
})
