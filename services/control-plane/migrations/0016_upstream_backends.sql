-- Sessions that proxies have open at databases, as they report them: so that another proxy can end those of one that cannot be heard.
CREATE TABLE upstream_backend (
  incarnation_id text NOT NULL REFERENCES proxy_incarnation (id) ON DELETE CASCADE,
  session_id text NOT NULL,
  credential_id text NOT NULL,
  database_id text NOT NULL,
  -- The number of its process at the database, and when it was asked for, on the clock of this database. Numbers are used again.
  pid integer NOT NULL,
  started_at timestamptz(3) NOT NULL,
  -- The state of the log that it was opened under: only later events are about it.
  as_of_seq bigint NOT NULL,
  PRIMARY KEY (incarnation_id, session_id)
);
CREATE INDEX upstream_backend_credential_id_idx ON upstream_backend (credential_id);

-- The last report that counted.
ALTER TABLE proxy_incarnation ADD backends_n bigint NOT NULL DEFAULT 0;

-- Of a proxy that was fenced: how many of the sessions that the change was about were known, and how many of them another proxy
-- has ended or found gone. NULL: nobody has looked.
ALTER TABLE enforcement_outcome
  ADD backends_known integer CHECK (backends_known >= 0),
  ADD backends_ended integer CHECK (backends_ended >= 0);
