-- Answers kept for callers who repeat a POST or PATCH with the same Idempotency-Key. A row without a status is a request that
-- runs now; when its lease ends unrenewed, whoever ran it is gone, and the next one runs it anew.
CREATE TABLE idempotency_key (
  -- The person or organization whose key called.
  owner text NOT NULL,
  name text NOT NULL,
  -- Of method, path and body: another request under the same name is refused.
  request_hash bytea NOT NULL,
  -- Of what the caller could reach: with other rights nobody is shown what was answered under these.
  rights_hash bytea NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  lease_token text NOT NULL,
  lease_until timestamptz(3) NOT NULL,
  status integer,
  answer_ciphertext bytea,
  answer_key_id text,
  PRIMARY KEY (owner, name)
);
CREATE INDEX idempotency_key_created_at_idx ON idempotency_key (created_at);
