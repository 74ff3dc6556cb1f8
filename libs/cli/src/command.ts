/** How commands are put together: a name, what it takes, and what it does with a Context. */
import { Command } from 'commander'
import { Context } from './context.js'
import { CliError, exitCodes } from './exit.js'
import type { Io } from './io.js'
import type { GlobalOptions } from './settings.js'

type Run<Options> = (context: Context, options: Options, ...args: string[]) => Promise<void>

/** Gives a command its action: what it printed reaches standard output when it went well. */
export function runs<Options extends object>(io: Io, command: Command, run: Run<Options>): Command {
  return command.action(async (...given: unknown[]) => {
    const self = given.at(-1) as Command
    const options = self.optsWithGlobals<Options & GlobalOptions>()
    const context = new Context(io, options)
    // Arguments that may be left out come as undefined, and those that may be repeated as a list.
    await run(context, options, ...(given.slice(0, -2).flat() as string[]))
    context.flush()
  })
}

/** A command of the public vocabulary that does not work yet says so, whatever else stands on its line. */
export function notYet(parent: Command, name: string): void {
  parent.addCommand(
    new Command(name)
      .allowUnknownOption()
      .allowExcessArguments()
      .helpOption(false)
      .action(() => {
        throw new CliError(exitCodes.failure, `${parent.name() === 'pgbeam' ? '' : `${parent.name()} `}${name} is not available yet`)
      }),
    { hidden: true },
  )
}
