-- Calls that changed many things at once. Their events follow each other, and the receipt of the last one tells of them all.
CREATE TABLE enforcement_call (
  last_seq bigint PRIMARY KEY REFERENCES enforcement_event (seq),
  first_seq bigint NOT NULL,
  CHECK (first_seq < last_seq)
);
