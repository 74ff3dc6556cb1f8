/** docs/cli.md, from the command tree: `npx pgbeam __reference > docs/cli.md` renews it, a test holds it. */
import type { Command, Option } from 'commander'
import { exitCodes } from './exit.js'

/** Not for people, and in no help. */
export const REFERENCE = '__reference'

const EXIT_MEANINGS: Readonly<Record<keyof typeof exitCodes, string>> = {
  ok: 'it worked',
  failure: 'it did not; also where a change was made but not every proxy has confirmed it yet',
  usage: 'the command line, or a value in it, is wrong; or a question could not be asked',
  declined: 'somebody answered no',
  authentication: 'no key, a wrong one, or one that may not do this; `connect`: a wrong password',
  notFound: 'there is no such thing',
  conflict: 'the state of things does not allow it',
  rateLimited: 'too many requests',
  policyDenied: 'the policy refuses the statement (`connect --command`)',
  interrupted: 'Ctrl-C',
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '\\<')
const optionRow = ({ flags, description, defaultValue }: Option): string =>
  `| \`${flags.replaceAll('|', '\\|')}\` | ${cell(description)}${typeof defaultValue === 'string' || typeof defaultValue === 'number' ? ` (default ${defaultValue})` : ''} |`

export function reference(program: Command): string {
  const help = program.createHelp()
  const visible = (command: Command): Command[] => help.visibleCommands(command).filter((one) => one.name() !== 'help')
  const leaves = (command: Command, path: string): { path: string; command: Command }[] => {
    const own = `${path} ${command.name()}`
    return visible(command).length > 0 ? visible(command).flatMap((one) => leaves(one, own)) : [{ path: own, command }]
  }
  const section = ({ path, command }: { path: string; command: Command }): string => {
    const args = command.registeredArguments.map((one) => (one.required ? `<${one.name()}>` : `[${one.name()}]`)).join(' ')
    const options = command.options.filter(({ hidden }) => !hidden)
    const rows = [
      ...command.registeredArguments.map((one) => `| \`${one.name()}\` | ${cell(one.description)} |`),
      ...options.map(optionRow),
    ]
    return [
      `### \`${[path, args, ...(options.length > 0 ? ['[options]'] : [])].filter(Boolean).join(' ')}\``,
      `${command.description()}.${command.aliases().length > 0 ? ` Also \`${command.aliases().join('`, `')}\`.` : ''}`,
      ...(rows.length > 0 ? ['', '| | |', '| --- | --- |', ...rows] : []),
      '',
    ].join('\n')
  }
  const groups = visible(program).map((command) => [`## ${command.name()}`, `${command.description()}.`, '', ...leaves(command, 'pgbeam').map(section)].join('\n'))
  return `${[INTRODUCTION, '| option | |', '| --- | --- |', ...program.options.map(optionRow), '', '## Exit codes', '| code | meaning |', '| --- | --- |',
    ...Object.entries(exitCodes).map(([name, code]) => `| ${code} | ${EXIT_MEANINGS[name as keyof typeof exitCodes]} |`), '', ...groups].join('\n').trimEnd()}\n`
}

const INTRODUCTION = `<!-- Generated: npx pgbeam __reference > docs/cli.md -->
# The \`pgbeam\` command

Data goes to standard output, everything else to standard error; a failure leaves nothing on standard output. \`--json\` prints what
the API answered. Questions are asked on a terminal only: \`kill\`, \`revoke\` and \`rotate\` never ask, \`delete\` asks, and needs \`--yes\`
where there is no terminal.

**Which key**: \`PGBEAM_TOKEN\`, then \`PGBEAM_API_KEY\`, then the stored profile. **Which address**: \`--api-url\`, \`PGBEAM_API_URL\`, the
profile, \`http://localhost:7400\`. The key of a profile goes to the address of that profile only. **Which profile**: \`--profile\`,
\`PGBEAM_PROFILE\`, the one that was chosen last. **Which project**: \`--project\`, \`PGBEAM_PROJECT\`, the nearest \`.pgbeam/project.json\`
from the working directory upwards (\`pgbeam link\` writes it), the profile's, the only one.

Profiles are kept in \`$XDG_CONFIG_HOME/pgbeam/config.json\` (\`~/.config/pgbeam\`), readable by you only.

## Everywhere`
