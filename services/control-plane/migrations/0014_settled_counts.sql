-- Whether the counts of a row are what the process said, or only stand for not knowing yet.
ALTER TABLE enforcement_outcome ADD settled boolean NOT NULL DEFAULT false;
-- Rows from before did not tell.
UPDATE enforcement_outcome SET settled = true;
