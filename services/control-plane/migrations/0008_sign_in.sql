-- How people prove who they are: a password, an account at an OpenID provider, or a link for the first time.
ALTER TABLE user_account
  -- Argon2id, as a PHC string. NULL: no password yet, or none at all.
  ADD COLUMN password_hash text,
  ADD COLUMN password_set_at timestamptz(3);

CREATE TABLE user_identity (
  issuer text NOT NULL,
  -- The provider's own name for the person, which it never gives to anybody else. An e-mail address would not do.
  subject text NOT NULL,
  user_id text NOT NULL REFERENCES user_account (id),
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (issuer, subject)
);
CREATE INDEX user_identity_user_id_idx ON user_identity (user_id);

CREATE TABLE user_session (
  id text PRIMARY KEY,
  user_id text NOT NULL REFERENCES user_account (id),
  -- HMAC-SHA-256(pepper, token): the token is in the cookie and nowhere else.
  secret_hash bytea NOT NULL UNIQUE,
  method text NOT NULL CHECK (method IN ('password', 'oidc', 'owner_link', 'invitation')),
  address text,
  agent text,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  last_seen_at timestamptz(3) NOT NULL DEFAULT now(),
  expires_at timestamptz(3) NOT NULL,
  ended_at timestamptz(3)
);
CREATE INDEX user_session_user_id_idx ON user_session (user_id);

-- Lets somebody set e-mail address and password once: the first owner, and whoever forgot theirs.
CREATE TABLE owner_link (
  secret_hash bytea PRIMARY KEY,
  user_id text NOT NULL REFERENCES user_account (id),
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  expires_at timestamptz(3) NOT NULL,
  used_at timestamptz(3)
);
CREATE INDEX owner_link_user_id_idx ON owner_link (user_id);
