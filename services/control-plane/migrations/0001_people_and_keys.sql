-- Organizations, the people in them, and the keys they call the API with.
CREATE TABLE organization (
  id text PRIMARY KEY,
  name text NOT NULL,
  slug text NOT NULL UNIQUE,
  created_at timestamptz(3) NOT NULL DEFAULT now()
);

CREATE TABLE user_account (
  id text PRIMARY KEY,
  name text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now()
);

CREATE TABLE membership (
  organization_id text NOT NULL REFERENCES organization (id),
  user_id text NOT NULL REFERENCES user_account (id),
  role text NOT NULL CHECK (role IN ('owner', 'admin', 'member')),
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (organization_id, user_id)
);
CREATE INDEX membership_user_id_idx ON membership (user_id);

CREATE TABLE api_key (
  id text PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('personal', 'organization')),
  organization_id text REFERENCES organization (id),
  user_id text REFERENCES user_account (id),
  name text NOT NULL,
  -- HMAC-SHA-256(pepper, key): the key itself is stored nowhere.
  secret_hash bytea NOT NULL UNIQUE,
  prefix text NOT NULL,
  tail text NOT NULL,
  scopes text[] NOT NULL DEFAULT '{}',
  expires_at timestamptz(3),
  last_used_at timestamptz(3),
  last_used_ip text,
  revoked_at timestamptz(3),
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  CHECK ((kind = 'personal') = (user_id IS NOT NULL)),
  CHECK ((kind = 'organization') = (organization_id IS NOT NULL))
);
CREATE INDEX api_key_organization_id_idx ON api_key (organization_id);
CREATE INDEX api_key_user_id_idx ON api_key (user_id);

-- Keys and secrets that all replicas share, each encrypted under PGBEAM_ENCRYPTION_KEYS.
CREATE TABLE cluster_secret (
  name text PRIMARY KEY,
  key_id text NOT NULL,
  ciphertext bytea NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now()
);
