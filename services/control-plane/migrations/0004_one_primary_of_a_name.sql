-- A connection names a database; two primaries of one name in one project would leave it to chance which one is meant.
-- Until now the older one won. The others become what they have been in effect: databases that only `database_id` reaches.
UPDATE database AS younger SET role = 'replica'
WHERE role = 'primary' AND deleted_at IS NULL AND EXISTS (
  SELECT FROM database AS older
  WHERE older.project_id = younger.project_id AND older.name = younger.name AND older.role = 'primary' AND older.deleted_at IS NULL
    AND older.id < younger.id
);
CREATE UNIQUE INDEX database_primary_name_key ON database (project_id, name) WHERE role = 'primary' AND deleted_at IS NULL;
