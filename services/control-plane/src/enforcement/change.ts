/** What a change came to: the value to show, and where in the log it stands. */
export interface Change<T> {
  readonly value: T
  /** The event that made the state as it is now asked for; undefined where proxies have nothing to enforce. */
  readonly seq: number | undefined
  /** When the commit returned, on this process's monotonic clock; undefined where nothing had to be changed. */
  readonly committedAtMs: number | undefined
}

/** A change just committed. */
export const committed = <T>(value: T, seq: bigint | number | undefined): Change<T> => ({
  value,
  seq: seq === undefined || Number(seq) === 0 ? undefined : Number(seq),
  committedAtMs: performance.now(),
})

/** Everything was already as asked. */
export const unchanged = <T>(value: T, seq: bigint | number | undefined): Change<T> => ({ ...committed(value, seq), committedAtMs: undefined })
