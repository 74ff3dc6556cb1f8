import { beforeAll, describe, expect, it } from '@jest/globals'
import { Refusal } from '../denial.js'
import { loadParser } from '../parser.js'
import { recordedCatalog } from '../testing.js'
import { emitPredicate, predicateFault } from './predicate.js'

const catalog = recordedCatalog(18)
const orders = [...catalog.relationsByOid.values()].find((each) => each.schema === 'app' && each.name === 'orders')
const accounts = [...catalog.relationsByOid.values()].find((each) => each.schema === 'app' && each.name === 'accounts')
const emitted = (predicate: string, relation = orders) => {
  if (relation === undefined) throw new Error('the fixture has no such table')
  try {
    return emitPredicate(catalog, relation, predicate, 't')
  } catch (error) {
    if (error instanceof Refusal) return error
    throw error
  }
}

beforeAll(() => loadParser())

describe('a row filter', () => {
  it.each([
    ["status = 'paid'", `("t"."status" OPERATOR(pg_catalog.=) 'paid')`],
    ['orders.amount >= 0 AND NOT id IN (1, 2)', '(("t"."amount" OPERATOR(pg_catalog.>=) 0) AND (NOT ("t"."id" OPERATOR(pg_catalog.=) 1 OR "t"."id" OPERATOR(pg_catalog.=) 2)))'],
    ['true) OR (true', '(true OR true)'],
    ["status LIKE 'p%' -- comment", `("t"."status" OPERATOR(pg_catalog.~~) 'p%')`],
    ["lower(status) = 'it''s'", `(pg_catalog."lower"("t"."status") OPERATOR(pg_catalog.=) 'it''s')`],
    ["placed >= '2025-01-31 12:00:00+00' AND placed < now()", `(("t"."placed" OPERATOR(pg_catalog.>=) '2025-01-31 12:00:00+00') AND ("t"."placed" OPERATOR(pg_catalog.<) pg_catalog."now"()))`],
    ['placed IS NOT NULL', '("t"."placed" IS NOT NULL)'],
  ])('%s is written anew, with every name in its schema', (predicate, sql) => {
    expect(emitted(predicate)).toBe(sql)
  })

  it.each([
    "placed >= '2025-01-31'", "placed::date = '2025-01-31'", "placed > CURRENT_DATE", "placed::text LIKE '2025%'", "extract(hour FROM placed) < 12", "date_trunc('day', placed) = now()",
    "placed > 'today'", "placed > now() - interval '1 day'", "to_char(placed, 'YYYY') = '2025'", "placed > '01/02/2025 00:00:00+00'", "coalesce(placed, now()) < now()",
  ])("%s would follow the client's time zone or date style, and is refused", (predicate) => {
    expect(emitted(predicate)).toMatchObject({ rule: 'unresolved_rule' })
  })

  it.each([
    "to_tsvector(status) @@ to_tsquery('simple', 'x')", "NOT (to_tsvector('simple', status) @@ plainto_tsquery('x'))", "status @@ 'secret'", "status @@ to_tsquery('simple', 'x')", "NOT status @@@ 'x'::tsquery", "get_current_ts_config() IS NULL", "ts_headline(status, 'x'::tsquery) = status",
    "status::date < '2025-01-31'", "(status)::timestamptz > now()", "CAST(status AS timestamp) IS NULL", "date(status) IS NULL", "extract(hour FROM now()) < 12", "now()::text LIKE '2025%'", "CURRENT_TIMESTAMP::date > '2025-01-31'", "'2025-01-31'::timestamptz < now()", "date_trunc('day', now()) < '2025-01-31 00:00:00+00'", "to_timestamp(status, 'YYYY') < now()", "jsonb_path_exists_tz(to_jsonb(status), '$') IS TRUE",
    "status::interval > '1 hour'", "status::money > '1'", "now() - interval '1 day' < '2025-01-31 00:00:00+00'", "status = ANY ('{paid,NULL}')", "status::text[] = ARRAY['x']",
    "status::regclass IS NULL", "to_regclass(status) IS NULL", "current_schema() = status", "amount::float8::text = '0.1'", "concat(amount::float4) = '0.3'", "status || amount::money = 'x1'", "to_char(amount, 'L9') = status", "to_json(ARRAY[amount::float8]) IS NOT NULL", "CAST(CAST(status AS bytea) AS text) = 'x'",
    "format('%s%L', id, status) = 'x'",
    // What a call makes, and what an operator reads, of dates and times in arrays, ranges and constants.
    "to_timestamp(id) < '2025-01-31 12:00'", "make_date(id, 1, 1) > '01/02/2025'", "make_timestamp(id, 1, 1, 0, 0, 0) = '01/02/2025'", "make_time(id, 1, 1) + interval '1 h' > '01:00'", "to_date(status, 'TMMonth') < '2025-01-31'", "to_date(status, 'YYYY') < '1/2/2025'", "'2025-01-31'::date < '01/02/2025'", "date_pli('01/02/2025', id) IS NULL",
    "id = ANY ('{1,NULL}')", "string_to_array(status, ',') @> '{NULL}'", "string_to_array(status, ',') <> '{a, null}'", "ARRAY[status] && ' [1:2]={x,Null}'", "'01/02/2025' = ANY (ARRAY['01/02/2025'::date])", "'[01/02/2025,)'::daterange IS NULL", "daterange('01/02/2025', NULL) IS NULL", "lower(tstzrange('2025-01-01 10:00', NULL)) IS NULL", "'{01/02/2025}'::date[] IS NULL",
    "'-1 2:03'::interval < '1 h'", "interval '1 day' > '-1 2:03'", "make_interval(0, id) < '-1 2:03'", "'1.000'::money IS NULL", "age(now()) > interval '1 y'", "quote_ident(status) = version()", "quote_ident(status) = status", "format('%I', status) = status", "string_to_array(status, ',') IN ('{a}', '{b,null}')", "interval '1 h' IN ('-1 2:03', '1 h')", "interval '1 h' BETWEEN '-1 2:03' AND '1 h'", "date_bin('1 day', '01/02/2025', '2001-01-01') IS NULL",
  ])('%s would follow the settings of the client, and is refused', (predicate) => {
    expect(emitted(predicate)).toMatchObject({ rule: 'unresolved_rule', message: expect.stringContaining('client') })
  })

  it.each(["now() < '2025-01-31 00:00:00+00'", "now() BETWEEN '2025-01-31 00:00:00Z' AND '2026-01-31 00:00:00Z'", "'2025-01-31'::date < '2025-02-01'::date", "to_timestamp(id) < now()", "status = ANY ('{paid,open}')", "status = ANY (ARRAY['paid', 'open'])", "placed < clock_timestamp()", "to_tsvector('simple', status) @@ to_tsquery('simple', 'x')", "to_tsvector('pg_catalog.english', status) @@ 'x'::tsquery", "amount::float8 > 0.1", "status || 'x' = 'yx'", "amount::text = '5'", "concat(status, id) <> 'a1'", "to_jsonb(id) = '7'",
    "to_timestamp(id) < '2025-01-31 12:00:00+00'", "make_date(id, 1, 1) >= '2025-01-31'", "to_date(status, 'YYYYMMDD') < '2025-01-31'", "to_date(status, 'YYYY') IS NOT NULL", "placed > '2025-01-31 12:00:00+00'::timestamptz", "interval '1 day' < interval '2 days'", "string_to_array(status, ',') @> '{paid}'", "to_jsonb(id) @> '{\"a\": null}'", "status <> '{null}'", "status IN ('null', 'x')", "upper(status) LIKE '%NULL%'", "abs(id) % 2 = 0", "format('%s-%s%%', id, status) <> 'x'", "starts_with(status, 'p')", "md5(status) < '8'"])(
    '%s means the same under all of them, and may stand', (predicate) => {
      expect(emitted(predicate)).toEqual(expect.any(String))
    })

  it('compares dates with ISO constants only', () => {
    expect(emitted("opened BETWEEN '2025-01-01' AND '2025-12-31'", accounts)).toContain('OPERATOR(pg_catalog.<=)')
    expect(emitted("opened > '31.12.2025'", accounts)).toBeInstanceOf(Refusal)
  })

  it.each([
    "nothing = 1", "other.status = 'x'", "(SELECT true)", "EXISTS (SELECT 1)", "current_setting('app.tenant') = status", "nextval('app.counter') > 0", "app.touch() = 1", "status OPERATOR(app.###) 'x' = 'y'", "status::app.checked = 'x'",
    "count(*) > 1", "row_number() OVER () = 1", "$1 = status", "CURRENT_USER = status",
  ])('%s is refused with what may stand there', (predicate) => {
    expect(emitted(predicate)).toMatchObject({ rule: 'unresolved_rule', message: expect.stringContaining('app.orders') })
  })

  it.each(['', 'true; DROP TABLE x', 'true ORDER BY 1', 'region = ', 'true) UNION SELECT (1', 'true) LIMIT (1', 'true) FOR UPDATE --'])('%j is no condition, and it is said when it is written', (predicate) => {
    expect(predicateFault(predicate)).toEqual(expect.any(String))
  })
})
