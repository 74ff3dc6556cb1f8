-- Leases. A grant is stored here before the log's head is read for it: a receipt that reads these rows after its change's
-- commit sees every lease that does not require the change.
ALTER TABLE proxy_incarnation
  -- The longest lease that the process was ever granted, by whichever replica: so long must be waited for it.
  ADD lease_ms integer NOT NULL DEFAULT 0 CHECK (lease_ms >= 0),
  -- Leases up to this renewal are known to be over.
  ADD lapsed_n bigint NOT NULL DEFAULT 0,
  -- Up to here it is proven that the process serves no older state, although it did not say so.
  ADD fenced_seq bigint NOT NULL DEFAULT 0,
  DROP silent_at;

-- When a process that did not acknowledge in time had outlived its lease.
ALTER TABLE enforcement_outcome ADD fenced_ms integer CHECK (fenced_ms >= 0);

-- The lives of the log: since when leases of earlier ones are over is waited for once, by whoever sees a life first.
CREATE TABLE enforcement_life (
  epoch text PRIMARY KEY,
  settled boolean NOT NULL DEFAULT false
);
-- Before this there were no leases.
INSERT INTO enforcement_life (epoch, settled) VALUES (enforcement_epoch(), true);
