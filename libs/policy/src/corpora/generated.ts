/** Statements made by chance over the masked fixture, the same ones for the same seed. */

interface Item { readonly alias: string; readonly columns: readonly Column[] }
interface Column { readonly name: string; readonly type: 'int' | 'text' }
type Scope = readonly Item[]

const columns = (ints: string, texts: string): readonly Column[] => [
  ...ints.split(' ').filter(Boolean).map((name) => ({ name, type: 'int' as const })),
  ...texts.split(' ').filter(Boolean).map((name) => ({ name, type: 'text' as const })),
]
const TABLES: readonly (readonly [string, readonly Column[]])[] = [
  ['customers', columns('id salary::int', 'name ssn email tag')], ['orders', columns('id customer_id amount', 'region')], ['readings', columns('at value', 'secret')], ['readings_low', columns('at value', 'secret')],
  ['people', columns('id salary::int', 'name ssn')], ['rich', columns('id salary::int', 'called')], ['staff', columns('id team wage wage_twice', 'code note tel code_low')], ['app.bosses', columns('id wage bonus', 'code')],
  ['called', columns('a', 'b called')], ['events', columns('id weight', 'kind')], ['recent', columns('id weight', 'kind')], ['renamed', columns('x y', 'z')], ['barrier', columns('id wage', 'code')], ['lonely', columns('id staff_id', 'v')], ['unioned', columns('id wage', '')],
]

/** mulberry32: small, and the same everywhere. */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

class Generator {
  private names = 0
  private readonly ctes: Item[] = []

  constructor(private readonly next: () => number) {}

  private pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.next() * items.length)] as T
  }

  private chance(share: number): boolean {
    return this.next() < share
  }

  private fresh(): string {
    return this.pick(['t', 'ssn', 'customers', 'x', 'wage', 'Q']) + String(this.names++)
  }

  /** A whole statement; rows are sorted by all columns, since the order of unsorted ones is nobody's promise. */
  statement(): string {
    this.names = 0
    this.ctes.length = 0
    const withs: string[] = []
    for (let n = this.pick([0, 0, 1, 2]); n > 0; n--) {
      const name = this.chance(0.3) ? this.pick(['customers', 'orders', 'staff', 'events']) : `w${this.names++}`
      const { sql, columns: given } = this.select([], 2)
      withs.push(`${name} AS ${this.pick(['', '', 'MATERIALIZED ', 'NOT MATERIALIZED '])}(${sql})`)
      this.ctes.push({ alias: name, columns: given })
    }
    const { sql, columns: given } = this.select([], 3)
    const rest = ` ORDER BY ${given.map((_, at) => at + 1).join(', ')}${this.pick(['', '', ' LIMIT 5', ' OFFSET 2'])}`
    const query = `${withs.length > 0 ? `WITH ${withs.join(', ')} ` : ''}SELECT * FROM (${sql}) AS result${rest}`
    return this.pick([query, query, query, `COPY (${query}) TO STDOUT`, `DECLARE g CURSOR WITH HOLD FOR ${query}; FETCH 7 FROM g; CLOSE g`])
  }

  private select(outer: Scope, depth: number): { sql: string; columns: readonly Column[] } {
    if (depth > 0 && this.chance(0.12)) return this.setOperation(outer, depth)
    const items: Item[] = []
    const from = this.from(outer, items, depth)
    const scope = [...items, ...outer]
    const where = this.chance(0.5) ? ` WHERE ${this.bool(scope, depth - 1)}` : ''
    if (this.chance(0.2)) {
      const key = this.value(this.pick(['int', 'text'] as const), items, 0)
      const aggregates = [`count(*)::int`, `max(${this.value('text', items, 1)})`, `sum(${this.value('int', items, 1)})::int`, `min(${this.value('int', items, 1)})`, `string_agg(${key}::text, ',' ORDER BY ${key})`]
      return {
        sql: `SELECT (${key})::text AS k, (${this.pick(aggregates)})::text AS v FROM ${from}${where} GROUP BY ${this.pick([key, key, `ROLLUP (${key})`, `GROUPING SETS ((${key}), ())`])}${this.chance(0.3) ? ` HAVING ${this.pick(aggregates)} IS NOT NULL` : ''}`,
        columns: columns('', 'k v'),
      }
    }
    const list: string[] = []
    const given: Column[] = []
    for (let n = 1 + Math.floor(this.next() * 3); n > 0; n--) {
      const type = this.pick(['int', 'text'] as const)
      const name = `c${this.names++}`
      list.push(`${this.value(type, scope, depth)} AS ${name}`)
      given.push({ name, type })
    }
    if (this.chance(0.15)) {
      const name = `c${this.names++}`
      list.push(`${this.pick(['rank()', 'dense_rank()', 'count(*)', 'percent_rank()'])} OVER (${this.chance(0.4) ? `PARTITION BY ${this.value('text', items, 0)} ` : ''}ORDER BY ${this.value('int', items, 1)})::text AS ${name}`)
      given.push({ name, type: 'text' })
    }
    return { sql: `SELECT ${this.pick(['', '', '', 'DISTINCT '])}${list.join(', ')} FROM ${from}${where}`, columns: given }
  }

  private setOperation(outer: Scope, depth: number): { sql: string; columns: readonly Column[] } {
    const type = this.pick(['int', 'text'] as const)
    const arm = () => {
      const items: Item[] = []
      const from = this.from(outer, items, depth - 1)
      return `SELECT ${this.value(type, items, 1)} AS u FROM ${from}`
    }
    return { sql: `${arm()} ${this.pick(['UNION', 'UNION ALL', 'INTERSECT', 'EXCEPT', 'EXCEPT ALL'])} ${arm()}`, columns: [{ name: 'u', type }] }
  }

  private from(outer: Scope, items: Item[], depth: number): string {
    const first = this.item(outer, items, depth)
    if (depth <= 0 || !this.chance(0.45)) return first
    if (this.chance(0.4)) return `${first}, ${this.item(outer, items, depth - 1, true)}`
    const second = this.item(outer, items, depth - 1, true)
    return `${first} ${this.pick(['JOIN', 'LEFT JOIN', 'RIGHT JOIN', 'FULL JOIN'])} ${second} ON ${this.value('int', items.slice(-2), 0)} = ${this.value('int', items.slice(-1), 0)}`
  }

  private item(outer: Scope, items: Item[], depth: number, lateral = false): string {
    const alias = this.fresh()
    if (depth > 0 && this.chance(0.2)) {
      const seesLeft = lateral && this.chance(0.3) && items.length > 0 ? [] : outer
      const { sql, columns: given } = this.select(seesLeft, depth - 1)
      items.push({ alias, columns: given })
      return `(${sql}) AS ${alias}`
    }
    if (this.ctes.length > 0 && this.chance(0.3)) {
      const cte = this.pick(this.ctes)
      items.push({ alias, columns: cte.columns })
      return `${cte.alias} AS ${alias}`
    }
    const [name, own] = this.pick(TABLES.filter(([each]) => !this.ctes.some((cte) => cte.alias === each)))
    if (this.chance(0.1)) {
      items.push({ alias, columns: own.map(({ name: column, type }) => ({ name: column.replace('::int', ''), type })) })
      const definition = own.map(({ name: column, type }) => `${column.replace('::int', '')} ${type}`).join(', ')
      return `jsonb_to_recordset((SELECT jsonb_agg(${alias}) FROM ${name} AS ${alias})) AS ${alias} (${definition})`
    }
    items.push({ alias, columns: own })
    const table = !/^(people|rich|recent|renamed|barrier|unioned)$/.test(name)
    const [only, sample] = table ? this.pick([['', ''], ['', ''], ['', ''], ['ONLY ', ''], ['', ' TABLESAMPLE bernoulli (100)']] as const) : ['', '']
    return `${only}${this.chance(0.3) && !name.includes('.') ? 'app.' : ''}${name}${this.pick([' AS', ''])} ${alias}${sample}`
  }

  private column(type: 'int' | 'text', scope: Scope): string | undefined {
    const found = scope.flatMap(({ alias, columns: own }) => own.filter((each) => each.type === type).map(({ name }) => ({ alias, name })))
    if (found.length === 0) return undefined
    const { alias, name } = this.pick(found)
    return this.chance(0.15) && !name.endsWith('::int') ? `(${alias}).${name}` : `${alias}.${name}`
  }

  private value(type: 'int' | 'text', scope: Scope, depth: number): string {
    if (depth <= 0 || this.chance(0.5)) return this.column(type, scope) ?? (type === 'int' ? this.pick(['0', '1', '7']) : this.pick(["'x'", "'guess-1'", "''"]))
    const int = () => this.value('int', scope, depth - 1)
    const str = () => this.value('text', scope, depth - 1)
    const bool = () => this.bool(scope, depth - 1)
    const whole = scope.length > 0 ? this.pick(scope).alias : "''"
    const makers = type === 'int'
      ? [() => `length(${str()})`, () => `(${int()} + ${int()})`, () => `(${int()} % 7)`, () => `(60 / nullif(${int()}, 0))`, () => `CASE WHEN ${bool()} THEN ${int()} ELSE ${int()} END`, () => `coalesce(${int()}, ${int()})`, () => `ascii(${str()})`, () => `(${str()})::int`, () => `1 / (${int()} - ${this.pick(['3', '7', '0'])})`, () => `pg_column_size(${whole})`, () => `hashtext(${str()})`, () => this.scalar('int', scope, depth), () => `greatest(${int()}, ${int()})`, () => `strpos(${str()}, ${str()})`, () => `(${str()}).length`, () => `num_nulls(${int()}, ${str()}, ${whole})`, () => `width_bucket(${int()}, ARRAY[3, 100, 500])`, () => `regexp_count(${str()}, '[a1]')`, () => `json_array_length(JSON_ARRAY(${int()}, ${str()} NULL ON NULL))`, () => `(ARRAY[${int()}, ${int()}])[1 + (${bool()})::int]`, () => `upper(int4range(0, greatest(${int()}, 1)))`, () => `length(ts_headline('simple', ${str()}, 'canary | 1'))`]
      : [() => `upper(${str()})`, () => `left(${str()}, 3)`, () => `md5(${str()})`, () => `(${str()} || ${str()})`, () => `(${int()})::text`, () => `CASE WHEN ${bool()} THEN ${str()} ELSE 'no' END`, () => `coalesce(${str()}, 'none')`, () => `${whole}::text`, () => `row_to_json(${whole})::text`, () => `to_jsonb(${whole})::text`, () => this.scalar('text', scope, depth), () => `format('%s-%L', ${str()}, ${int()})`, () => `(${bool()})::text`, () => `reverse(${str()})`, () => `concat(${str()}, ${whole})`, () => `JSON_OBJECT('k': ${int()}, 'v': ${str()})::text`, () => `JSON_VALUE(to_jsonb(${whole}), '$.*')`, () => `(ROW(${int()}, ${str()})).f2`, () => `xmlserialize(CONTENT xmlforest(${str()} AS x) AS text)`, () => `(${str()}).md5`, () => `overlay(${str()} PLACING ${str()} FROM 2)`, () => `greatest(${str()} COLLATE "C", ${str()})`, () => `jsonb_path_query_array(to_jsonb(${whole}), '$.* ? (@ > 3 || @ starts with "can")')::text`]
    return this.pick(makers)()
  }

  private scalar(type: 'int' | 'text', scope: Scope, depth: number): string {
    const items: Item[] = []
    const from = this.from(scope, items, depth - 2)
    return `(SELECT max(${this.value(type, items, 1)}) FROM ${from}${this.chance(0.5) ? ` WHERE ${this.bool([...items, ...scope], depth - 2)}` : ''})`
  }

  private bool(scope: Scope, depth: number): string {
    const int = () => this.value('int', scope, depth - 1)
    const str = () => this.value('text', scope, depth - 1)
    const sub = (type: 'int' | 'text') => {
      const items: Item[] = []
      const from = this.from([], items, 0)
      return `SELECT ${this.value(type, items, 1)} FROM ${from}`
    }
    const simple = [() => `${int()} ${this.pick(['<', '>', '=', '<>', '>='])} ${this.chance(0.4) ? this.pick(['3', '500', '100']) : int()}`, () => `${str()} ${this.pick(['<', '=', '>'])} ${str()}`, () => `${str()} LIKE ${this.pick(["'canary%'", "'%1'", "'[red%'", "'****%'"])}`, () => `${this.pick([int, str])()} IS ${this.pick(['', 'NOT '])}NULL`, () => `${int()} BETWEEN 2 AND ${int()}`]
    if (depth <= 0) return this.pick(simple)()
    const makers = [...simple, () => `(${this.bool(scope, depth - 1)} ${this.pick(['AND', 'OR'])} ${this.bool(scope, depth - 1)})`, () => `NOT (${this.bool(scope, depth - 1)})`, () => `${int()} IN (${sub('int')})`, () => `${str()} = ANY (${sub('text')})`, () => `${int()} ${this.pick(['>', '<='])} ALL (${sub('int')})`, () => `EXISTS (${sub('int')})`, () => `${str()} IS DISTINCT FROM ${str()}`, () => `(${int()}, ${str()}) = (${int()}, ${str()})`]
    return this.pick(makers)()
  }
}

/** That many statements of a seed. */
export function generatedStatements(seed: number, count: number): readonly string[] {
  const generator = new Generator(random(seed))
  return Array.from({ length: count }, () => generator.statement())
}
