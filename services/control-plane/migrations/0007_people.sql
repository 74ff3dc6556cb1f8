-- People are told apart by their e-mail address, in lower case. The first owner has none until they sign in.
ALTER TABLE user_account ADD COLUMN email text UNIQUE CHECK (email = lower(email));

CREATE TABLE invitation (
  id text PRIMARY KEY,
  organization_id text NOT NULL REFERENCES organization (id),
  email text NOT NULL CHECK (email = lower(email)),
  role text NOT NULL CHECK (role IN ('owner', 'admin', 'member')),
  -- HMAC-SHA-256(pepper, token): the token is in the link and nowhere else.
  secret_hash bytea NOT NULL UNIQUE,
  -- A person, or an organization's key; and the key that was used, if any. What they could do no longer themselves, an
  -- invitation of theirs does no longer either.
  invited_by text NOT NULL,
  invited_with text REFERENCES api_key (id),
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  expires_at timestamptz(3) NOT NULL,
  accepted_at timestamptz(3),
  accepted_by text,
  revoked_at timestamptz(3),
  CHECK ((accepted_at IS NULL) = (accepted_by IS NULL)),
  CHECK (accepted_at IS NULL OR revoked_at IS NULL)
);
CREATE INDEX invitation_organization_id_idx ON invitation (organization_id);
CREATE INDEX invitation_invited_by_idx ON invitation (invited_by);
