-- What the secret before a rotation is recognised by, for a while: the StoredKey of its SCRAM verifier. With it nobody logs in
-- (no login is checked against it), and it tells as little of the password as the verifier did.
CREATE TABLE retired_key (
  credential_id text NOT NULL REFERENCES agent_credential (id) ON DELETE CASCADE,
  stored_key bytea NOT NULL,
  retired_at timestamptz(3) NOT NULL,
  expires_at timestamptz(3) NOT NULL,
  PRIMARY KEY (credential_id, stored_key)
);
CREATE INDEX retired_key_expires_at_idx ON retired_key (expires_at);

-- Revoking destroys what could recognise a secret, whichever statement does it.
CREATE FUNCTION destroy_retired_keys() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM retired_key WHERE credential_id = NEW.id;
  RETURN NULL;
END
$$;
CREATE TRIGGER destroy_retired_keys AFTER UPDATE OF status ON agent_credential
  FOR EACH ROW WHEN (NEW.status = 'revoked') EXECUTE FUNCTION destroy_retired_keys();

-- Logins with a secret from before a rotation: one row a credential, however often an agent tries again.
CREATE TABLE stale_secret_attempt (
  credential_id text PRIMARY KEY REFERENCES agent_credential (id) ON DELETE CASCADE,
  attempts bigint NOT NULL CHECK (attempts > 0),
  first_at timestamptz(3) NOT NULL,
  last_at timestamptz(3) NOT NULL,
  -- From where, the latest first, at most ten.
  addresses text[] NOT NULL
);

-- The last report of such attempts that was counted: one that comes twice is counted once.
ALTER TABLE proxy_incarnation ADD stale_report_n bigint NOT NULL DEFAULT 0;
