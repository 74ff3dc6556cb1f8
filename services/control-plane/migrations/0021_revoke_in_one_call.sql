-- Revokes one credential as a transaction of one statement: the locks, in their order, the event, and the row. Every round trip
-- between them would hold the log's head locked for longer, and the answer back.
-- `outcome`: 'revoked', with the event; 'before', with the number of the event that did; or what is not there.
CREATE FUNCTION revoke_credential(of_project text, credential text, event_body text)
RETURNS TABLE (outcome text, seq bigint, epoch text, kind text, project_id text, body text, at timestamptz, hash text)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  found_status text;
  found_seq bigint;
  new_seq bigint;
BEGIN
  PERFORM FROM project p WHERE p.id = of_project AND p.status <> 'deleted' FOR SHARE;
  IF NOT FOUND THEN
    RETURN QUERY SELECT 'no project', NULL::bigint, NULL, NULL, NULL, NULL, NULL::timestamptz, NULL;
    RETURN;
  END IF;
  SELECT c.status::text, c.status_seq INTO found_status, found_seq FROM agent_credential c WHERE c.id = credential AND c.project_id = of_project FOR UPDATE;
  IF NOT FOUND OR found_status = 'revoked' THEN
    RETURN QUERY SELECT CASE WHEN found_status IS NULL THEN 'no credential' ELSE 'before' END, found_seq, NULL, NULL, NULL, NULL, NULL::timestamptz, NULL;
    RETURN;
  END IF;
  new_seq := append_enforcement('credential.revoked', of_project, event_body);
  -- For ever: what could prove the secrets is destroyed in the same transaction.
  UPDATE agent_credential c
  SET version = new_seq, status_seq = new_seq, updated_at = now(), status = 'revoked', scram_verifier = NULL, mcp_token_hash = NULL
  WHERE c.id = credential;
  RETURN QUERY SELECT 'revoked', e.seq, e.epoch, e.kind, e.project_id, e.body, e.at::timestamptz, e.hash FROM enforcement_event e WHERE e.seq = new_seq;
END
$$;
