-- Records other than matters. Their ids lie above those of matters, so one id names one record, and
-- what is sealed for either lies in the same two tables.
ALTER TABLE text RENAME COLUMN matter_id TO record;
ALTER TABLE person RENAME COLUMN matter_id TO record;

-- Projection: one row per record whose state is a JSON object; the columns between head and state
-- repeat members of it, for lists.
CREATE TABLE record (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,              -- business, group, order, visit, view, summary …
    version INTEGER NOT NULL,        -- of its last event
    head BLOB NOT NULL,              -- hash of its last event
    body TEXT,                       -- code of the responsible body; NULL: of the installation
    status TEXT,
    day INTEGER NOT NULL,            -- civil date it is about; 0 where it has none
    key TEXT,                        -- unique within the kind
    state TEXT NOT NULL
);
CREATE UNIQUE INDEX record_key ON record (kind, key) WHERE key IS NOT NULL;
CREATE INDEX record_day ON record (kind, day, id);
CREATE INDEX record_body ON record (kind, body, status, day, id);
