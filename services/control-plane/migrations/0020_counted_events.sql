-- Of which events each process has told what they ended: those behind after_seq, up to up_to_seq. Events that ended something
-- have a row in enforcement_outcome; most end nothing, and need none.
CREATE TABLE enforcement_counted (
  incarnation_id text NOT NULL REFERENCES proxy_incarnation (id) ON DELETE CASCADE,
  after_seq bigint NOT NULL,
  up_to_seq bigint NOT NULL CHECK (up_to_seq >= after_seq),
  PRIMARY KEY (incarnation_id, after_seq)
);

-- Stores what processes told in one life of the log. What was told in another counts for nothing: its numbers are used again.
-- Spans that touch grow together. Rows are taken in one order, as replicas that heard the same store the same.
CREATE FUNCTION save_counted(told_epoch text, told_spans jsonb, told_ended jsonb, nobodys_project text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  head bigint;
  span record;
BEGIN
  SELECT seq INTO head FROM enforcement_head WHERE enforcement_epoch() = told_epoch;
  IF NOT FOUND THEN RETURN; END IF;
  INSERT INTO enforcement_outcome AS o (seq, incarnation_id, sessions_dropped, statements_cancelled, settled)
  SELECT e.seq, s.incarnation, s.sessions_dropped, s.statements_cancelled, true
  FROM jsonb_to_recordset(told_ended) AS s (seq bigint, incarnation text, sessions_dropped integer, statements_cancelled integer)
    JOIN enforcement_event e ON e.seq = s.seq AND e.epoch = told_epoch
  WHERE EXISTS (SELECT FROM proxy_incarnation p WHERE p.id = s.incarnation)
    AND e.project_id <> nobodys_project -- nobody asks for these receipts, and a row would keep its process from being forgotten
  ORDER BY e.seq, s.incarnation
  ON CONFLICT (seq, incarnation_id) DO UPDATE
    SET sessions_dropped = EXCLUDED.sessions_dropped, statements_cancelled = EXCLUDED.statements_cancelled, settled = true
    WHERE NOT o.settled;
  FOR span IN
    SELECT s.incarnation, s.after_seq, least(s.up_to_seq, head) AS up_to_seq
    FROM jsonb_to_recordset(told_spans) AS s (incarnation text, after_seq bigint, up_to_seq bigint) JOIN proxy_incarnation p ON p.id = s.incarnation
    WHERE s.after_seq <= head ORDER BY s.incarnation, s.after_seq
  LOOP
    UPDATE enforcement_counted SET up_to_seq = greatest(up_to_seq, span.up_to_seq)
    WHERE incarnation_id = span.incarnation AND after_seq <= span.after_seq AND up_to_seq >= span.after_seq;
    IF NOT FOUND THEN
      INSERT INTO enforcement_counted AS c (incarnation_id, after_seq, up_to_seq) VALUES (span.incarnation, span.after_seq, span.up_to_seq)
      ON CONFLICT (incarnation_id, after_seq) DO UPDATE SET up_to_seq = greatest(c.up_to_seq, EXCLUDED.up_to_seq);
    END IF;
  END LOOP;
END
$$;
