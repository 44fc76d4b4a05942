-- What the virus scanner said of each file of evidence, one row per original.
CREATE TABLE scan (
    name TEXT PRIMARY KEY,           -- of the blob
    matter_id INTEGER NOT NULL,
    state TEXT NOT NULL,             -- waiting, clean, infected
    engine TEXT NOT NULL,            -- scanner and signatures that said so, "" while waiting
    found TEXT NOT NULL,             -- name of the signature that matched, "" none
    at INTEGER NOT NULL,             -- when; 0 while waiting
    mac BLOB NOT NULL                -- keyed checksum of the columns before
) WITHOUT ROWID;
CREATE INDEX scan_state ON scan (state, at);
