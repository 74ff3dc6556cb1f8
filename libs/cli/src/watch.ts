/** `--watch`: the same again and again, until Ctrl-C. On a terminal it redraws, elsewhere it prints what has changed. */
import type { Command } from 'commander'
import type { Context } from './context.js'
import { seconds } from './parse.js'

const DEFAULT_S = 2
const CLEAR = '\u001b[H\u001b[2J'

export const watchable = (command: Command): Command => command.option('-w, --watch [seconds]', 'go on printing as it changes, every so many seconds (2)', seconds)

export async function watch(context: Context, every: number | true | undefined, draw: () => Promise<void>): Promise<void> {
  if (every === undefined) return draw()
  const waitMs = (every === true ? DEFAULT_S : every) * 1000
  let before: string | undefined
  for (;;) {
    await draw()
    const text = context.take()
    if (text !== before) context.io.stdout.write(context.io.stdout.isTTY && !context.json ? CLEAR + text : text)
    before = text
    await new Promise((wake) => setTimeout(wake, waitMs))
  }
}
