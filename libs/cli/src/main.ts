/** The process around the command: its streams, its signals, its end. */
import { exitCodes } from './exit.js'
import { processIo } from './io.js'
import { run } from './run.js'

/** Output that is still on its way into a pipe must get there before the process ends. */
function end(code: number): void {
  process.exitCode = code
  process.stdout.write('', () => process.stderr.write('', () => process.exit(code)))
}

// Whoever reads the output may stop early (`| head`): that is no failure of this command.
for (const stream of [process.stdout, process.stderr]) stream.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? exitCodes.ok : exitCodes.failure))

process.once('SIGINT', () => {
  // While psql runs it is psql's.
  if (process.listenerCount('SIGINT') > 0) return
  process.exit(exitCodes.interrupted)
})

void run(process.argv.slice(2), processIo()).then(end)
