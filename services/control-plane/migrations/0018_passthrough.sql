-- Applications that log in with a database's own stored user: what they may do, and what becomes of them at a proxy that has lost
-- its control plane.
ALTER TABLE project
  ADD default_policy_profile_id text REFERENCES policy_profile (id),
  ADD on_control_loss text NOT NULL DEFAULT 'serve' CHECK (on_control_loss IN ('serve', 'refuse'));
ALTER TABLE database ADD default_policy_profile_id text REFERENCES policy_profile (id);
CREATE INDEX project_default_policy_profile_id_idx ON project (default_policy_profile_id) WHERE default_policy_profile_id IS NOT NULL;
CREATE INDEX database_default_policy_profile_id_idx ON database (default_policy_profile_id) WHERE default_policy_profile_id IS NOT NULL;

-- The event that made where and as whom a database is reached: what its applications may do changes without that.
ALTER TABLE database ADD target_seq bigint NOT NULL DEFAULT 0;
UPDATE database SET target_seq = version;

-- Which proxies were ever given the stored user of which database. Such a proxy may serve applications without a lease, for as long
-- as it has not applied what changed since. The row is committed before the state is read that the proxy is given, so whoever reads
-- the rows after a change has committed sees every proxy that may hold the state before it.
CREATE TABLE passthrough_holding (
  incarnation_id text NOT NULL REFERENCES proxy_incarnation (id) ON DELETE CASCADE,
  project_id text NOT NULL REFERENCES project (id),
  database_id text NOT NULL REFERENCES database (id),
  PRIMARY KEY (incarnation_id, database_id)
);
CREATE INDEX passthrough_holding_project_id_idx ON passthrough_holding (project_id);

-- Sessions of applications belong to no credential.
ALTER TABLE upstream_backend ALTER credential_id DROP NOT NULL;
