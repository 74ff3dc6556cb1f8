-- The life of the log whose state an owner stands by. After a restore or a failover commits may be missing, a revocation among
-- them: until an owner has looked, all credentials of the organization are served as killed.
ALTER TABLE organization ADD trusted_epoch text NOT NULL DEFAULT enforcement_epoch();
