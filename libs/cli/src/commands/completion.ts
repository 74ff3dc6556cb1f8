/** Completion: a small script for the shell, which asks this command for the words that fit. */
import { Argument, type Command, type Option } from 'commander'
import { runs } from '../command.js'
import { usage } from '../exit.js'
import type { Io } from '../io.js'

const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const
type Shell = (typeof SHELLS)[number]
/** Not for people, and in no help: what the scripts call. */
export const COMPLETE = '__complete'

export function registerCompletion(program: Command, io: Io): void {
  runs(io, program.command('completion').description('print the completion script of a shell').addArgument(new Argument('<shell>', 'the shell').choices(SHELLS)), async (context, _options, shell) => {
    const script = SCRIPTS[shell as Shell]
    if (script === undefined) throw usage(`there is no completion for ${shell}`)
    context.print(script)
    context.hint(INSTALL[shell as Shell])
  })
}

/** The words that may stand at the end of this line: `words` begins behind `pgbeam`, its last is what is being typed. */
export function candidates(program: Command, words: readonly string[]): string[] {
  let at = program
  let expectsValueOf: Option | undefined
  for (const word of words.slice(0, -1)) {
    if (expectsValueOf) {
      expectsValueOf = undefined
      continue
    }
    if (word.startsWith('-')) {
      const option = [...at.options, ...program.options].find(({ short, long }) => word === short || word === long)
      expectsValueOf = option?.required ? option : undefined
      continue
    }
    at = at.commands.find((one) => one.name() === word || one.aliases().includes(word)) ?? at
  }
  const typed = words.at(-1) ?? ''
  const fitting = (all: readonly string[]): string[] => [...new Set(all)].filter((one) => one.startsWith(typed)).sort()
  if (expectsValueOf) return fitting(expectsValueOf.argChoices ?? [])
  if (typed.startsWith('-')) return fitting([...at.options, ...program.options].flatMap(({ long }) => (long ? [long] : [])).concat('--help'))
  const shown = at.createHelp().visibleCommands(at).map((one) => one.name())
  return fitting([...shown, ...at.registeredArguments.flatMap(({ argChoices }) => argChoices ?? [])])
}

const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `_pgbeam() {
  local IFS=$'\\n'
  COMPREPLY=($(pgbeam ${COMPLETE} -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _pgbeam pgbeam`,
  zsh: `#compdef pgbeam
_pgbeam() {
  local -a found
  found=("\${(@f)$(pgbeam ${COMPLETE} -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  compadd -a found
}
if [ "$funcstack[1]" = "_pgbeam" ]; then _pgbeam "$@"; else compdef _pgbeam pgbeam; fi`,
  fish: `function __pgbeam_complete
  set -l words (commandline -opc) (commandline -ct)
  pgbeam ${COMPLETE} -- $words[2..-1] 2>/dev/null
end
complete -c pgbeam -f -a '(__pgbeam_complete)'`,
  powershell: `Register-ArgumentCompleter -Native -CommandName pgbeam -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $words = @($commandAst.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.ToString() })
  if ($wordToComplete -eq '') { $words += '""' }
  pgbeam ${COMPLETE} -- @words 2>$null | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
}`,
}
const INSTALL: Readonly<Record<Shell, string>> = {
  bash: 'Add to ~/.bashrc: eval "$(pgbeam completion bash)"',
  zsh: 'Add to ~/.zshrc, behind compinit: eval "$(pgbeam completion zsh)"',
  fish: 'Run once: pgbeam completion fish > ~/.config/fish/completions/pgbeam.fish',
  powershell: 'Add to $PROFILE: pgbeam completion powershell | Out-String | Invoke-Expression',
}
