/** Functions of well-known extensions: which of them a read-only credential may call. */

interface KnownExtension {
  /** Volatile ones too: the extension as a whole has no side effects. */
  readonly all?: boolean
  /** Immutable and stable ones. */
  readonly pure?: boolean
  /** Besides those, by name. */
  readonly also?: readonly string[]
}

// Not here, on purpose: dblink and postgres_fdw (other sessions), tablefunc's crosstab and connectby, xml2 and
// address_standardizer (SQL as text), lo, file_fdw, adminpack, pageinspect, pg_surgery, pg_prewarm, pg_cron, plpython3u.
const KNOWN: ReadonlyMap<string, KnownExtension> = new Map<string, KnownExtension>([
  ...['btree_gin', 'btree_gist', 'citext', 'cube', 'dict_int', 'dict_xsyn', 'earthdistance', 'fuzzystrmatch', 'hstore', 'intarray',
    'isn', 'ltree', 'pg_trgm', 'seg', 'sslinfo', 'unaccent', 'vector', 'bloom', 'h3', 'hll', 'ip4r', 'semver', 'rum', 'timescaledb',
    'tsm_system_rows', 'tsm_system_time', 'intagg', 'pg_bigm', 'roaringbitmap', 'prefix',
  ].map((name): [string, KnownExtension] => [name, { pure: true }]),
  ['pgcrypto', { all: true }],
  ['uuid-ossp', { all: true }],
  ['pgstattuple', { all: true }],
  ['pg_uuidv7', { all: true }],
  ['postgis', { pure: true, also: ['st_generatepoints'] }],
  ['postgis_sfcgal', { pure: true }],
  ['tablefunc', { also: ['normal_rand'] }],
  ['pg_stat_statements', { also: ['pg_stat_statements', 'pg_stat_statements_info'] }],
  ['pg_buffercache', { also: ['pg_buffercache_pages', 'pg_buffercache_summary', 'pg_buffercache_usage_counts'] }],
  ['pg_freespacemap', { also: ['pg_freespace'] }],
])

/** True when a member of this extension, of this volatility, has no side effects. */
export function isHarmlessMember(extension: string, name: string, volatility: string): boolean {
  const known = KNOWN.get(extension)
  if (known === undefined) return false
  return known.all === true || (known.pure === true && volatility !== 'v') || known.also?.includes(name) === true
}
