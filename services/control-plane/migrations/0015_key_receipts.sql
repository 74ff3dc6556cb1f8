-- Where the access log stood when a replica came: it never remembered anything older, and no earlier change waits for it.
ALTER TABLE control_replica ADD enrolled_seq bigint NOT NULL DEFAULT 0;

-- What is known about a change to a key once no replica acts on what was before.
CREATE TABLE access_receipt (
  seq bigint PRIMARY KEY REFERENCES access_change (seq) ON DELETE CASCADE,
  elapsed_ms integer NOT NULL,
  replicas jsonb NOT NULL
);
