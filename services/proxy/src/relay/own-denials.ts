/** What the uplink refuses by itself. */
import type { Denial } from './gate.js'

export const BATCH_OPEN: Denial = {
  sqlState: '0A000',
  message: 'a simple query that writes cannot stand behind extended messages without a Sync under this policy',
  detail: 'rule: max_affected_rows',
  hint: 'Send a Sync first.',
}

/** As the server says it. */
export const CANCELLED: Denial = { sqlState: '57014', message: 'canceling statement due to user request' }
