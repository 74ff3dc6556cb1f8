/** A simple query that is sent as extended messages, since what it writes is counted before it is committed. */
import { frontend, MessageWriter } from '@pgbeam/pg-wire'
import type { Outcome } from '@pgbeam/policy'
import type { Denial } from './gate.js'

/** A simple query on its way, statement by statement. */
export interface Script {
  readonly texts: readonly string[]
  readonly outcomes: readonly Outcome[]
  at: number
}
export const SYNC = new MessageWriter(frontend.sync).build()
export const FLUSH = new MessageWriter(frontend.flush).build()
export const CLOSE_UNNAMED = new MessageWriter(frontend.close).byte('S'.charCodeAt(0)).cstring('').build()
/** Bind, Describe and Execute of the unnamed statement: no parameters, results as text, all rows. */
export const UNNAMED = Buffer.concat([
  new MessageWriter(frontend.bind).cstring('').cstring('').int16(0).int16(0).int16(0).build(),
  new MessageWriter(frontend.describe).byte('P'.charCodeAt(0)).cstring('').build(),
  new MessageWriter(frontend.execute).cstring('').int32(0).build(),
])

export const BATCH_OPEN: Denial = {
  sqlState: '0A000',
  message: 'a simple query that writes cannot stand behind extended messages without a Sync under this policy',
  detail: 'rule: max_affected_rows',
  hint: 'Send a Sync first.',
}
