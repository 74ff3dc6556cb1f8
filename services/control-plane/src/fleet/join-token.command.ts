/** `join-token create [--expires-in-hours N] [--uses N] | list | revoke <id>` */
import { parseArgs } from 'node:util'
import { isId } from '@pgbeam/kernel'
import { assemble } from '../app.js'
import type { Config } from '../platform/config.js'
import type { Logger } from '../platform/logger.js'
import { JoinTokenService } from './join-token.service.js'

const USAGE = 'usage: join-token create [--expires-in-hours N] [--uses N] | join-token list | join-token revoke <jtk_…>\n'
const HOUR_MS = 3_600_000
const [OK, FAILED, USAGE_ERROR] = [0, 1, 2]

/** @returns the exit code */
export async function joinTokenCommand(args: string[], config: Config, logger: Logger): Promise<number> {
  const usage = (): number => {
    process.stderr.write(USAGE)
    return USAGE_ERROR
  }
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    strict: false,
    options: { 'expires-in-hours': { type: 'string' }, uses: { type: 'string' } },
  })
  const [action, id] = positionals
  const [hours, uses] = [positive(values['expires-in-hours']), positive(values['uses'])]
  if (hours === 'wrong' || uses === 'wrong' || (uses !== null && !Number.isInteger(uses))) return usage()
  if (action === 'revoke' ? id === undefined || !isId('JoinTokenId', id) : action !== 'create' && action !== 'list') return usage()
  const app = await assemble(config, logger)
  try {
    const tokens = app.get(JoinTokenService)
    if (action === 'create') {
      const { token } = await tokens.create({ expiresAt: hours === null ? null : new Date(Date.now() + hours * HOUR_MS), uses })
      process.stdout.write(`${token.reveal()}\n`)
    } else if (action === 'list') {
      for (const row of await tokens.list()) {
        const { id, createdAt: created_at, expiresAt: expires_at, usesLeft: uses_left, revokedAt: revoked_at } = row
        process.stdout.write(`${JSON.stringify({ id, created_at, expires_at, uses_left, revoked_at })}\n`)
      }
    } else if (!(await tokens.revoke(id as string))) {
      process.stderr.write('no such join token, or it is revoked already\n')
      return FAILED
    }
    return OK
  } finally {
    await app.close()
  }
}

function positive(text: string | boolean | undefined): number | null | 'wrong' {
  if (text === undefined) return null
  const value = Number(text)
  return value > 0 && Number.isFinite(value) ? value : 'wrong'
}
