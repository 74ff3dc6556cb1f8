/** What a change came to: the value to show, and where in the log it stands. */
import type { LogRow } from './enforcement-log.js'

export interface Change<T> {
  readonly value: T
  /** The event that made the state as it is now asked for; undefined where proxies have nothing to enforce. */
  readonly seq: number | undefined
  /** When the commit returned, on this process's monotonic clock; undefined where nothing had to be changed. */
  readonly committedAtMs: number | undefined
  /** The event itself, where the change is one event and its commit told. */
  readonly event?: LogRow
}

/** A change just committed. */
export const committed = <T>(value: T, seq: bigint | number | undefined): Change<T> => ({
  value,
  seq: seq === undefined || Number(seq) === 0 ? undefined : Number(seq),
  committedAtMs: performance.now(),
})

/** A change of one event, which was read in its own transaction. */
export const committedEvent = <T>(value: T, event: LogRow): Change<T> => ({ ...committed(value, event.seq), event })

/** Everything was already as asked. */
export const unchanged = <T>(value: T, seq: bigint | number | undefined): Change<T> => ({ ...committed(value, seq), committedAtMs: undefined })
