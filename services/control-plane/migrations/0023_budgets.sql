-- What proxies were given of the budgets of policies: by credential, or by database for applications with its stored user.
-- `granted` is the sum of the shares in a window, spent or not.
CREATE TABLE budget_window (
  subject_id text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('budget_queries_per_hour', 'budget_queries_per_day', 'egress_bytes_per_day')),
  starts_at timestamptz(3) NOT NULL,
  ends_at timestamptz(3) NOT NULL,
  granted bigint NOT NULL DEFAULT 0 CHECK (granted >= 0),
  PRIMARY KEY (subject_id, kind, starts_at)
);
CREATE INDEX budget_window_ends_at_idx ON budget_window (ends_at);

-- One count of one proxy process. `n` is the last of its requests that was answered: an older one counts for nothing.
CREATE TABLE budget_share (
  subject_id text NOT NULL,
  kind text NOT NULL,
  starts_at timestamptz(3) NOT NULL,
  holder text NOT NULL,
  n bigint NOT NULL,
  granted bigint NOT NULL CHECK (granted >= 0),
  spent bigint NOT NULL CHECK (spent >= 0),
  PRIMARY KEY (subject_id, kind, starts_at, holder),
  FOREIGN KEY (subject_id, kind, starts_at) REFERENCES budget_window (subject_id, kind, starts_at) ON DELETE CASCADE
);

-- The clock that windows are cut by. A function, so that a test can let an hour pass.
CREATE FUNCTION budget_now() RETURNS timestamptz LANGUAGE sql STABLE AS 'SELECT now()';
