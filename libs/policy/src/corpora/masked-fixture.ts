/** A database with tables to protect; one that is made of it by `TEMPLATE` has the same oids. */
export const maskedSchema: readonly string[] = [
  'CREATE SCHEMA app', 'CREATE SCHEMA other', 'SET search_path = app, public',
  "CREATE TYPE app.level AS ENUM ('low', 'high')",
  'CREATE DOMAIN app.short AS varchar(12)',
  `CREATE TABLE app.customers (id int PRIMARY KEY, name varchar(40) NOT NULL, dropped int, ssn varchar(11), email text UNIQUE, salary numeric(10,2), level app.level DEFAULT 'low', tag app.short, doc jsonb DEFAULT '{}', born date)`,
  'ALTER TABLE app.customers DROP COLUMN dropped',
  'CREATE TABLE app.orders (id int PRIMARY KEY, customer_id int REFERENCES app.customers, region text, amount int)',
  'CREATE TABLE app.readings (at int NOT NULL, secret text, value int) PARTITION BY RANGE (at)',
  'CREATE TABLE app.readings_low PARTITION OF app.readings FOR VALUES FROM (0) TO (50)',
  'CREATE TABLE app.readings_high PARTITION OF app.readings FOR VALUES FROM (50) TO (200)',
  'CREATE TABLE app.base (id int, note text)',
  'CREATE TABLE app.child (extra text) INHERITS (app.base)',
  'CREATE TABLE app."Odd ""Name" (id int, "Mixed Case" text, "select" int)',
  `INSERT INTO app."Odd ""Name" VALUES (1, 'a', 2), (2, 'é', 3)`,
  'CREATE TABLE app.tiers (id int, tier text) PARTITION BY LIST (tier)',
  "CREATE TABLE app.tiers_one PARTITION OF app.tiers FOR VALUES IN ('canary-gold')",
  "CREATE TABLE app.vips (id int PRIMARY KEY, code text CHECK (code <> 'canary-none'))",
  "CREATE INDEX vips_code ON app.vips (id) WHERE code = 'canary-code'",
  'CREATE VIEW app.people AS SELECT id, name, ssn, salary FROM app.customers',
  'CREATE VIEW app.rich AS SELECT p.id, p.name AS called, p.salary FROM app.people p WHERE p.salary >= 0',
  'CREATE VIEW app.spent AS SELECT c.id, c.name, c.ssn, sum(o.amount) AS total FROM app.customers c LEFT JOIN app.orders o ON o.customer_id = c.id GROUP BY c.id',
  'CREATE MATERIALIZED VIEW app.frozen AS SELECT ssn, email FROM app.customers',
  'CREATE MATERIALIZED VIEW app.counted AS SELECT count(*) AS n FROM app.base',
]

/** Its data three times: as it is (`real`), other where the tests' rules mask or filter (`twin`), and with the masks written into the tables (`masked`). */
export function maskedData(kind: 'real' | 'twin' | 'masked'): readonly string[] {
  const secret = (real: string, twin: string, masked: string) => ({ real, twin, masked })[kind]
  const orders = secret(
    "SELECT n, 1 + n % 20, CASE WHEN n % 3 = 0 THEN 'us-canary' ELSE 'eu' END, CASE WHEN n % 7 = 0 THEN -n ELSE n END FROM generate_series(1, 200) n",
    "SELECT n, 1 + n % 20, CASE WHEN n % 3 = 0 THEN 'us-canarz' ELSE 'eu' END, CASE WHEN n % 7 = 0 THEN -n * 3 ELSE n END FROM generate_series(1, 200) n WHERE n % 3 <> 0 OR n % 2 = 0",
    "SELECT n, 1 + n % 20, 'eu', n FROM generate_series(1, 200) n WHERE n % 3 <> 0 AND n % 7 <> 0",
  )
  return [
    `INSERT INTO app.customers (id, name, ssn, email, salary, tag, doc, born) SELECT n, 'name ' || n, ${secret("'canary-' || n", "'canarz-' || n * 7 % 13", "'[redacted]'")},
       ${secret("'canary' || n || '@x.org'", "'other' || n * 3 || '@y.org'", 'NULL')}, ${secret('1000 + n * 7919 % 997', '5 + n * 31 % 101', '0')}, 't' || n % 4, jsonb_build_object('n', n), date '1980-01-01' + n
       FROM generate_series(1, 20) n`,
    `INSERT INTO app.orders ${orders}`,
    `INSERT INTO app.readings SELECT n, ${secret("'canary' || n", "'x' || n * 5", "'[redacted]'")}, n % 9 FROM generate_series(1, 100) n`,
    "INSERT INTO app.tiers VALUES (1, 'canary-gold')", `INSERT INTO app.vips VALUES (1, ${secret("'canary-code'", "'x'", "'[redacted]'")})`,
    "INSERT INTO app.base VALUES (1, 'one')", "INSERT INTO app.child VALUES (2, 'two', 'more')",
    'REFRESH MATERIALIZED VIEW app.frozen', 'REFRESH MATERIALIZED VIEW app.counted', 'ANALYZE',
  ]
}
