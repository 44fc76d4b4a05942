-- Businesses are records (table record, kind business). A matter keeps the respondent as told and
-- points to the business once a clerk confirmed it.
ALTER TABLE matter ADD COLUMN business INTEGER; -- record id; NULL: not confirmed
CREATE INDEX matter_confirmed ON matter (business, received_at, id) WHERE business IS NOT NULL;

-- Projection: what a business is looked up by. Names of a merged one stand at its survivor.
CREATE TABLE business_name (
    business INTEGER NOT NULL,
    seq INTEGER NOT NULL,            -- 0 the name, 1 the code, from 2 on the aliases
    what TEXT NOT NULL,              -- name, uscc, alias
    name TEXT NOT NULL,              -- as written
    key TEXT NOT NULL,               -- folded (insight/fold.h)
    PRIMARY KEY (business, seq)
) WITHOUT ROWID;
CREATE INDEX business_name_key ON business_name (key, business);
