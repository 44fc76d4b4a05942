-- Businesses: names, look-up, the matters that point to one.

-- name: business_names_clear
DELETE FROM business_name WHERE business = $1

-- name: business_name_insert
INSERT INTO business_name (business, seq, what, name, key) VALUES ($1, $2, $3, $4, $5)

-- name: business_names_of
SELECT seq, what, name, key FROM business_name WHERE business = $1 ORDER BY seq

-- A business must still be one when a matter is pointed to it; the write itself changes nothing.
-- name: business_still
UPDATE record SET version = version WHERE id = $1 AND kind = 'business' AND status <> 'merged'

-- Names that begin with a folded text; the shortest of equal beginnings comes first.
-- name: business_by_prefix
SELECT business, what, name, key FROM business_name WHERE key >= $1 AND key < $2
ORDER BY key, business LIMIT $3

-- Names that hold the words (SQLite: FTS5 in index.db, one document per business).
-- name: business_by_words
SELECT b.rowid FROM idx.business b WHERE b.business MATCH $1 LIMIT $2

-- Along the key from where it came to: an index of kinds would read all of them for each page.
-- name: business_ids_after
SELECT id FROM record NOT INDEXED WHERE kind = 'business' AND id > $1 ORDER BY id LIMIT $2

-- name: business_merged_into
SELECT id, state FROM record WHERE kind = 'business' AND status = 'merged'
AND json_extract(state, '$.into') = $1 ORDER BY id

-- What a business may answer itself: of one rule pack, open ones first.
-- name: business_sent
SELECT m.id FROM matter m INDEXED BY matter_confirmed
WHERE m.business = $1 AND m.pack = $2 AND m.secret = 0
ORDER BY m.open DESC, m.received_at DESC, m.id DESC LIMIT $3

-- name: business_sent_count
SELECT count(*), count(CASE WHEN m.open = 1 THEN 1 END), count(CASE WHEN m.outcome = 'settled' THEN 1 END)
FROM matter m INDEXED BY matter_confirmed
WHERE m.business = $1 AND m.pack = $2 AND m.secret = 0

-- name: business_matter_ids
SELECT id FROM matter WHERE business = $1 ORDER BY id LIMIT $2

-- ---- what the records say of one business or one person, as fragments (insight/facts.c) ----

-- name: facts_begin
SELECT m.kind, coalesce(m.outcome, ''), coalesce(m.ground, ''), coalesce(m.told, ''), m.open,
       m.id / 268435456, count(*), sum(m.amount_fen), sum(m.recovered_fen),
       sum(coalesce(json_extract(m.detail, '$.performed'), 0)),
       sum(coalesce(json_extract(m.detail, '$.consents.disclosure'), 0)),
       sum(coalesce(json_extract(m.detail, '$.disclosure.state') = 'disclosed', 0)),
       sum(coalesce(json_extract(m.detail, '$.disclosure.state') = 'exempt', 0))

-- name: facts_end
GROUP BY 1, 2, 3, 4, 5, 6

-- name: facts_business_begin
SELECT coalesce(m.business, 0), CASE WHEN m.business IS NULL THEN coalesce(m.respondent, '') ELSE '' END,
       count(*)

-- name: facts_business_end
GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT $1

-- name: facts_id
SELECT m.id

-- name: facts_newest
ORDER BY m.received_at DESC, m.id DESC LIMIT $1

-- Matters that nobody confirmed yet and that were told under a name of the business.
-- name: facts_from_same_name
FROM matter m INDEXED BY matter_business
WHERE m.business IS NULL AND m.respondent_key IN
    (SELECT n.key FROM business_name n WHERE n.business = $1 AND n.what <> 'uscc')

-- name: facts_recent
SELECT business FROM matter WHERE id = $1

-- How the officers tried to reach the parties of a matter.
-- name: matter_contacts
SELECT body FROM event WHERE kind = 'matter' AND record = $1 AND act = 'contact'
