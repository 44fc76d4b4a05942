-- The masked name that lists show beside the title: a page of fifty rows opened fifty sealed persons
-- for it. NULL in rows from before; those are opened as they were.
ALTER TABLE matter ADD COLUMN consumer TEXT;
