-- What a key may do, and how replicas that keep keys in memory learn that one has changed.
ALTER TABLE api_key
  -- Empty: every project of what the key opens. Else these alone.
  ADD COLUMN project_ids text[] NOT NULL DEFAULT '{}',
  ADD COLUMN allowed_cidrs text[] NOT NULL DEFAULT '{}',
  ADD COLUMN lifetime_days integer,
  ADD COLUMN created_by text,
  ADD COLUMN last_used_via text,
  ADD COLUMN last_used_agent text,
  -- The key that took this one's place, and the last reminder (days before the end) that was given.
  ADD COLUMN replaced_by text REFERENCES api_key (id),
  ADD COLUMN reminded_days integer;
CREATE INDEX api_key_expires_at_idx ON api_key (expires_at);

-- What an organization asks of keys that open it.
ALTER TABLE organization
  ADD COLUMN key_lifetime_days_max integer CHECK (key_lifetime_days_max > 0),
  ADD COLUMN key_expiry_required boolean NOT NULL DEFAULT false,
  ADD COLUMN personal_keys_allowed boolean NOT NULL DEFAULT true,
  ADD COLUMN leaked_keys_revoked boolean NOT NULL DEFAULT true;

-- Every change to what keys and people may do: the record of who changed what, and what caches follow. One head row gives
-- numbers in the order of commits, without gaps.
CREATE TABLE access_head (
  id smallint PRIMARY KEY DEFAULT 1 CHECK (id = 1),
  seq bigint NOT NULL
);
INSERT INTO access_head (seq) VALUES (0);

CREATE TABLE access_change (
  seq bigint PRIMARY KEY,
  kind text NOT NULL,
  -- The key, person or organization that whoever remembers it must look up again.
  subject_id text NOT NULL,
  organization_id text,
  -- Who did it: a key, a person, or nobody (a rule, the passing of time).
  actor_id text,
  actor_address text,
  detail jsonb NOT NULL DEFAULT '{}',
  at timestamptz(3) NOT NULL
);
CREATE INDEX access_change_subject_id_seq_idx ON access_change (subject_id, seq);
CREATE INDEX access_change_organization_id_seq_idx ON access_change (organization_id, seq);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON access_change FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Appends one change. It is the last statement of its transaction: the head row is locked from here to the commit.
CREATE FUNCTION append_access(change_kind text, subject text, organization text, actor text, address text, change_detail jsonb)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  new_seq bigint;
BEGIN
  UPDATE access_head SET seq = seq + 1 RETURNING seq INTO new_seq;
  INSERT INTO access_change (seq, kind, subject_id, organization_id, actor_id, actor_address, detail, at)
  VALUES (new_seq, change_kind, subject, organization, actor, address, change_detail, clock_timestamp());
  PERFORM pg_notify('pgbeam_access', new_seq || ' ' || subject);
  RETURN new_seq;
END
$$;

-- The trigger's words, for both logs.
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'this log is only ever appended to';
END
$$;

-- One row for each start of a control-plane process that remembers keys. `grant_n` counts its leases.
CREATE TABLE control_replica (
  id text PRIMARY KEY,
  grant_n bigint NOT NULL DEFAULT 0,
  applied_seq bigint NOT NULL,
  heard_at timestamptz(3) NOT NULL DEFAULT now(),
  ended_at timestamptz(3)
);
CREATE INDEX control_replica_ended_at_idx ON control_replica (ended_at);

-- How often a key was used, by day and route. Replicas add to it every few seconds, never within a request.
CREATE TABLE api_key_usage (
  api_key_id text NOT NULL REFERENCES api_key (id),
  day date NOT NULL,
  method text NOT NULL,
  route text NOT NULL,
  requests bigint NOT NULL DEFAULT 0,
  -- Of these, how many were answered with a 4xx or 5xx.
  failures bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (api_key_id, day, method, route)
);
