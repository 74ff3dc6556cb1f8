/**
 * One statement that ends backends and says which of them are still there. Numbers of backends are used again: one is meant only
 * if it started when it was asked for. Both times are told relative to the session that runs this, which knows its own start on
 * both clocks; so no difference between the clocks of the database and of the control plane matters.
 */
export interface MeantBackend {
  readonly pid: number
  /** When it was asked for, in seconds after this very session was; mostly negative. */
  readonly afterOwnS: number
}

/** A backend starts when its connection is accepted, and no number is used again so soon. */
const TOLERANCE_S = 5

/**
 * A role may end its own backends, and sees no start of those of others: such a one counts as still there.
 * @param backends numbers only, which nothing has to be quoted for
 */
export function terminationSql(backends: readonly MeantBackend[]): string {
  const rows = backends.map(({ pid, afterOwnS }) => {
    if (!Number.isSafeInteger(pid) || !Number.isFinite(afterOwnS)) throw new RangeError('a backend is two numbers')
    return `(${pid}, ${afterOwnS.toFixed(3)}::pg_catalog.float8)`
  })
  return `SELECT a.pid, CASE WHEN a.usename OPERATOR(pg_catalog.=) current_user THEN pg_catalog.pg_terminate_backend(a.pid) END
FROM (VALUES ${rows.join(', ')}) AS meant (pid, after_s)
  JOIN pg_catalog.pg_stat_activity a ON a.pid OPERATOR(pg_catalog.=) meant.pid
  JOIN pg_catalog.pg_stat_activity own ON own.pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid()
WHERE a.pid OPERATOR(pg_catalog.<>) own.pid
  AND (a.backend_start IS NULL
    OR pg_catalog.abs(pg_catalog.date_part('epoch', a.backend_start OPERATOR(pg_catalog.-) own.backend_start) OPERATOR(pg_catalog.-) meant.after_s) OPERATOR(pg_catalog.<=) ${TOLERANCE_S}::pg_catalog.float8)`
}
