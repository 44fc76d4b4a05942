-- Projection of letters (table record, kind letter): numbers without gaps, the letters of a matter,
-- the code that a printed letter carries.
CREATE TABLE letter (
    id INTEGER PRIMARY KEY,     -- of the record
    matter_id INTEGER NOT NULL,
    body TEXT NOT NULL,         -- in whose name it is issued
    series TEXT NOT NULL,
    year INTEGER NOT NULL,
    n INTEGER NOT NULL,         -- 1 for the first of the year
    code TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL,       -- issuing, issued, voided
    UNIQUE (body, series, year, n)
);
CREATE INDEX letter_matter ON letter (matter_id, id);
