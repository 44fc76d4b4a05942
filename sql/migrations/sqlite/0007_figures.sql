-- Who pays what a settlement gives: a code of packs/codes/payers.json, NULL where nothing is said.
ALTER TABLE remedy ADD COLUMN payer TEXT;
-- What happened after a cut-off, and to which matter.
CREATE INDEX event_at ON event (at, record) WHERE kind = 'matter';
