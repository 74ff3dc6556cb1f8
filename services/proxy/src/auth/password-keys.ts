/**
 * Keys of cleartext passwords. Deriving them takes milliseconds of a libuv thread, of which there are four, shared with DNS
 * and files: two are the most that logins get, addresses take turns, and who cannot be served soon is told so.
 */
import { deriveKeys } from '@pgbeam/scram'
import { Turns } from '../platform/turns.js'
import { TooManyLogins } from './errors.js'

const AT_ONCE = 2
const WAITING_MAX = 1024
const ADDRESS_WAITING_MAX = 256
const WAIT_MS = 5000

export class PasswordKeys {
  private readonly turns = new Turns({
    atOnce: AT_ONCE,
    waitingMax: WAITING_MAX,
    ownerWaitingMax: ADDRESS_WAITING_MAX,
    waitMs: WAIT_MS,
    refusal: () => new TooManyLogins(),
  })

  constructor(private readonly derive: typeof deriveKeys = deriveKeys) {}

  /** @throws TooManyLogins */
  of(from: string, password: string, salt: Buffer, iterations: number): ReturnType<typeof deriveKeys> {
    return this.turns.run(from, () => this.derive(password, salt, iterations))
  }
}
