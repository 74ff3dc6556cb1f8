/** `owner-link create [--user usr_…]`: for a first sign-in that was missed, and for forgotten passwords. */
import { parseArgs } from 'node:util'
import { isId } from '@pgbeam/kernel'
import { assemble } from '../app.js'
import type { Config } from '../platform/config.js'
import type { Logger } from '../platform/logger.js'
import { OwnerLinkService } from './owner-link.service.js'

const USAGE = 'usage: owner-link create [--user usr_…] (without it: the first owner)\n'
const [OK, FAILED, USAGE_ERROR] = [0, 1, 2]

/** @returns the exit code */
export async function ownerLinkCommand(args: string[], config: Config, logger: Logger): Promise<number> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, strict: false, options: { user: { type: 'string' } } })
  const { user } = values
  if (positionals[0] !== 'create' || (user !== undefined && (typeof user !== 'string' || !isId('UserId', user)))) {
    process.stderr.write(USAGE)
    return USAGE_ERROR
  }
  const app = await assemble(config, logger)
  try {
    const link = await app.get(OwnerLinkService, { strict: false }).makeFor(user)
    if (link === undefined) {
      process.stderr.write('no such person\n')
      return FAILED
    }
    process.stdout.write(`${link}\n`)
    return OK
  } finally {
    await app.close()
  }
}
