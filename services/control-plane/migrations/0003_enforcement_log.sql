-- The enforcement log: the outbox and the truth. One head row gives numbers in the order of commits, without gaps.
CREATE TABLE enforcement_head (
  id smallint PRIMARY KEY DEFAULT 1 CHECK (id = 1),
  seq bigint NOT NULL,
  hash text NOT NULL,
  -- Renewed by whoever restores the database: positions of two lives of a log are never compared.
  life_id text NOT NULL
);
INSERT INTO enforcement_head (seq, hash, life_id)
VALUES (0, repeat('0', 64), replace(gen_random_uuid()::text, '-', ''));

CREATE TABLE enforcement_event (
  seq bigint PRIMARY KEY,
  epoch text NOT NULL,
  kind text NOT NULL,
  project_id text NOT NULL,
  -- The event's other fields as the JSON text that was hashed.
  body text NOT NULL,
  at timestamptz(3) NOT NULL,
  prev_hash text NOT NULL,
  hash text NOT NULL
);
CREATE INDEX enforcement_event_project_id_seq_idx ON enforcement_event (project_id, seq);

-- How far the log has been published. In a row of its own, so that publishing never waits for a change.
CREATE TABLE enforcement_publisher (
  id smallint PRIMARY KEY DEFAULT 1 CHECK (id = 1),
  epoch text NOT NULL,
  published_seq bigint NOT NULL
);
INSERT INTO enforcement_publisher (epoch, published_seq) VALUES ('', 0);

-- (system identifier, timeline, life): a promoted standby and a restored copy each write another epoch.
CREATE FUNCTION enforcement_epoch() RETURNS text LANGUAGE sql STABLE AS $$
  SELECT (SELECT system_identifier FROM pg_control_system())
    || '-' || left(pg_walfile_name(pg_current_wal_lsn()), 8)
    || '-' || life_id
  FROM enforcement_head
$$;

-- Appends one event. It is the last statement of its transaction: the head row is locked from here to the commit, so that
-- numbers follow commits. The hash covers (hash before, epoch, seq, time, kind, project, body), one a line.
CREATE FUNCTION append_enforcement(event_kind text, event_project_id text, event_body text) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
  new_seq bigint;
  last_hash text;
  new_hash text;
  new_epoch text;
  new_at timestamptz(3);
BEGIN
  UPDATE enforcement_head SET seq = seq + 1 RETURNING seq, hash INTO new_seq, last_hash;
  new_epoch := enforcement_epoch();
  new_at := date_trunc('milliseconds', clock_timestamp());
  new_hash := encode(sha256(convert_to(concat_ws(E'\n', last_hash, new_epoch, new_seq,
    to_char(new_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), event_kind, event_project_id, event_body), 'UTF8')), 'hex');
  UPDATE enforcement_head SET hash = new_hash;
  INSERT INTO enforcement_event (seq, epoch, kind, project_id, body, at, prev_hash, hash)
  VALUES (new_seq, new_epoch, event_kind, event_project_id, event_body, new_at, last_hash, new_hash);
  PERFORM pg_notify('pgbeam_enforcement', new_seq::text);
  RETURN new_seq;
END
$$;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the enforcement log is only ever appended to';
END
$$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON enforcement_event FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Tokens that let a proxy process enrol. The secret is stored as its SHA-256: it has 256 bits of its own.
CREATE TABLE join_token (
  id text PRIMARY KEY,
  secret_hash bytea NOT NULL,
  expires_at timestamptz(3),
  uses_left integer CHECK (uses_left >= 0),
  revoked_at timestamptz(3),
  created_at timestamptz(3) NOT NULL DEFAULT now()
);

-- One row for each start of a proxy process. Leases join it later (grant number and end).
CREATE TABLE proxy_incarnation (
  id text PRIMARY KEY,
  proxy_id text NOT NULL,
  version text NOT NULL,
  address text NOT NULL,
  signing_key text NOT NULL,
  encryption_key text NOT NULL,
  join_token_id text NOT NULL REFERENCES join_token (id),
  renewal_n bigint NOT NULL DEFAULT 0,
  -- The head of the log when it enrolled: it never held anything older.
  enrolled_seq bigint NOT NULL,
  applied_seq bigint NOT NULL,
  sessions jsonb NOT NULL DEFAULT '{}',
  enrolled_at timestamptz(3) NOT NULL DEFAULT now(),
  heard_at timestamptz(3) NOT NULL DEFAULT now(),
  -- Not heard for so long, over a connection that stood, that receipts need not wait for it; being heard clears this.
  silent_at timestamptz(3),
  ended_at timestamptz(3)
);
CREATE INDEX proxy_incarnation_ended_at_heard_at_idx ON proxy_incarnation (ended_at, heard_at);

-- What each proxy said it did for an event: the counts in receipts.
CREATE TABLE enforcement_outcome (
  seq bigint NOT NULL REFERENCES enforcement_event (seq),
  incarnation_id text NOT NULL REFERENCES proxy_incarnation (id),
  acknowledged_ms integer,
  sessions_dropped integer NOT NULL,
  statements_cancelled integer NOT NULL,
  PRIMARY KEY (seq, incarnation_id)
);
