-- One canary for each proxy process: a credential that is killed and resumed all the time to see that the kill switch works.
-- It is no row of agent_credential: nobody's list, count, limit or export has to leave it out, and nothing can be done to it.
CREATE TABLE canary (
  incarnation_id text PRIMARY KEY REFERENCES proxy_incarnation (id) ON DELETE CASCADE,
  credential_id text NOT NULL UNIQUE,
  status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'killed')),
  version bigint NOT NULL DEFAULT 0,
  -- When a replica last took it up: of several, one tries it.
  taken_at timestamptz(3),
  -- What the last trial came to, and when it was over.
  outcome text,
  checked_at timestamptz(3),
  -- From the call until the proxy had acknowledged, and until it was seen to refuse.
  enforced_ms integer,
  refused_ms integer,
  CHECK ((outcome IS NULL) = (checked_at IS NULL))
);
