-- What an organization protects and whom it lets in. Every *_seq and version is a position in the enforcement log:
-- that of the event which made the present state.
CREATE TABLE project (
  id text PRIMARY KEY,
  organization_id text NOT NULL REFERENCES organization (id),
  name text NOT NULL,
  description text,
  tags text[] NOT NULL DEFAULT '{}',
  slug text NOT NULL UNIQUE,
  allowed_cidrs jsonb NOT NULL DEFAULT '[]',
  status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended', 'deleted')),
  version bigint NOT NULL DEFAULT 0,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX project_organization_id_id_idx ON project (organization_id, id);

CREATE TABLE database (
  id text PRIMARY KEY,
  project_id text NOT NULL REFERENCES project (id),
  host text NOT NULL,
  port integer NOT NULL,
  name text NOT NULL,
  username text NOT NULL,
  -- AES-256-GCM under the key `password_key_id`; null once the database is deleted.
  password_ciphertext bytea,
  password_key_id text,
  ssl_mode text NOT NULL,
  ssl_ca text,
  role text NOT NULL DEFAULT 'primary' CHECK (role IN ('primary', 'replica')),
  query_timeout_ms integer,
  version bigint NOT NULL DEFAULT 0,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz(3) NOT NULL DEFAULT now(),
  deleted_at timestamptz(3),
  CHECK (deleted_at IS NULL OR password_ciphertext IS NULL)
);
CREATE INDEX database_project_id_id_idx ON database (project_id, id);

CREATE TABLE policy_profile (
  id text PRIMARY KEY,
  project_id text NOT NULL REFERENCES project (id),
  name text NOT NULL,
  access_mode text NOT NULL CHECK (access_mode IN ('read_only', 'read_write')),
  version bigint NOT NULL DEFAULT 0,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz(3) NOT NULL DEFAULT now(),
  deleted_at timestamptz(3)
);
CREATE INDEX policy_profile_project_id_id_idx ON policy_profile (project_id, id);

CREATE TABLE agent_credential (
  id text PRIMARY KEY,
  project_id text NOT NULL REFERENCES project (id),
  policy_profile_id text NOT NULL REFERENCES policy_profile (id),
  database_id text REFERENCES database (id),
  name text NOT NULL,
  principal_type text NOT NULL CHECK (principal_type IN ('agent', 'human')),
  status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'killed', 'revoked')),
  auth_method text NOT NULL CHECK (auth_method IN ('scram-sha-256', 'cleartext')),
  scram_verifier text,
  -- HMAC-SHA-256(pepper, SHA-256(token)): a proxy asks by the inner hash and never sends the token.
  mcp_token_hash bytea UNIQUE,
  expires_at timestamptz(3),
  last_used_at timestamptz(3),
  version bigint NOT NULL DEFAULT 0,
  status_seq bigint NOT NULL DEFAULT 0,
  policy_seq bigint NOT NULL DEFAULT 0,
  expiry_seq bigint NOT NULL DEFAULT 0,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz(3) NOT NULL DEFAULT now(),
  -- Revoked is for ever because nothing is left that could be proved.
  CHECK ((status = 'revoked') = (scram_verifier IS NULL)),
  CHECK ((status = 'revoked') = (mcp_token_hash IS NULL))
);
CREATE INDEX agent_credential_project_id_id_idx ON agent_credential (project_id, id);
CREATE INDEX agent_credential_policy_profile_id_idx ON agent_credential (policy_profile_id);

-- No statement brings a revoked credential back, whatever the code above it believes.
CREATE FUNCTION keep_revoked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.status = 'revoked' AND NEW.status <> 'revoked' THEN
    RAISE EXCEPTION 'a revoked credential stays revoked';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER keep_revoked BEFORE UPDATE ON agent_credential FOR EACH ROW EXECUTE FUNCTION keep_revoked();
