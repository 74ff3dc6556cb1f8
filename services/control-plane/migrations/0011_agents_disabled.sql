-- The kill switch of a whole project: while it is thrown no credential of the project is served, whatever its own status.
ALTER TABLE project ADD agents_disabled boolean NOT NULL DEFAULT false;
