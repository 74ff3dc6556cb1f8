/**
 * `log-epoch show | renew | confirm`: for whoever runs the control plane. `renew` belongs to the restore of a backup, before
 * any replica runs on it; `confirm` stands for all owners at once, where it is certain that no commit was lost.
 */
import { assemble } from '../app.js'
import { nobody } from '../access/access-log.js'
import { EnforcementLog } from '../enforcement/enforcement-log.js'
import type { Config } from '../platform/config.js'
import type { Logger } from '../platform/logger.js'
import { OrganizationRepository } from './organization.repository.js'

const USAGE = 'usage: log-epoch show | log-epoch renew (after a restore) | log-epoch confirm <epoch> (where no commit was lost)\n'
const [OK, FAILED, USAGE_ERROR] = [0, 1, 2]

/** @returns the exit code */
export async function logEpochCommand([action, named, ...more]: string[], config: Config, logger: Logger): Promise<number> {
  if (more.length > 0 || !(action === 'confirm' ? named !== undefined : (action === 'show' || action === 'renew') && named === undefined)) {
    process.stderr.write(USAGE)
    return USAGE_ERROR
  }
  const app = await assemble(config, logger)
  try {
    const log = app.get(EnforcementLog, { strict: false })
    const organizations = app.get(OrganizationRepository, { strict: false })
    const epoch = action === 'renew' ? await log.beginLife() : (await log.head()).epoch
    if (action === 'confirm') {
      if (named !== epoch) {
        process.stderr.write(`the log's epoch is ${epoch}, not ${named ?? ''}\n`)
        return FAILED
      }
      for (const id of await organizations.unconfirmed(epoch)) await organizations.confirmRestore(id, epoch, nobody)
    }
    process.stdout.write(`${JSON.stringify({ epoch, unconfirmed: await organizations.unconfirmed(epoch) })}\n`)
    return OK
  } finally {
    await app.close()
  }
}
