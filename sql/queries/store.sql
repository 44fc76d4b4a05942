-- Statements of the store itself: events, ledger, tallies, keys, files.

-- name: event_insert
INSERT INTO event (id, kind, record, version, act, actor_kind, actor, on_behalf_of, at,
    recorded_at, body, hash)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)

-- name: store_position
SELECT coalesce((SELECT last_event FROM ledger WHERE id = 1), 0)

-- name: ledger_get
SELECT l.events, l.last_event, l.digest, l.mac, (SELECT coalesce(max(id), 0) FROM event)
FROM (SELECT 1) AS one LEFT JOIN ledger l ON l.id = 1

-- name: ledger_insert
INSERT INTO ledger (id, events, last_event, digest, mac) VALUES ($1, $2, $3, $4, $5)

-- name: ledger_update
UPDATE ledger SET events = $1, last_event = $2, digest = $3, mac = $4 WHERE id = 1

-- name: ledger_touch
UPDATE ledger SET id = id WHERE id = 1

-- name: tally_add
INSERT INTO tally (measure, dimension, grain, period, body, value, n, sum)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (measure, dimension, grain, period, body, value)
DO UPDATE SET n = tally.n + excluded.n, sum = tally.sum + excluded.sum

-- The highest id of any kind of record between two; a jump from kind to kind by the index.
-- name: store_highest_id
WITH RECURSIVE kinds (kind) AS (
    SELECT min(kind) FROM event
    UNION ALL
    SELECT (SELECT min(e.kind) FROM event e WHERE e.kind > kinds.kind) FROM kinds
    WHERE kinds.kind IS NOT NULL)
SELECT max((SELECT max(e.record) FROM event e
            WHERE e.kind = kinds.kind AND e.record >= $1 AND e.record < $2))
FROM kinds WHERE kinds.kind IS NOT NULL

-- name: store_setting
SELECT value FROM setting WHERE name = $1

-- name: key_epoch_all
SELECT class, epoch, created_at, wrapped FROM key_epoch ORDER BY class, epoch

-- name: key_epoch_insert
INSERT INTO key_epoch (class, epoch, created_at, wrapped) VALUES ($1, $2, $3, $4)

-- name: key_epoch_delete
DELETE FROM key_epoch WHERE class = $1 AND epoch < $2

-- name: vault_text_from
SELECT record, version, class, sealed FROM text
WHERE (record, version) > ($1, $2)
ORDER BY record, version LIMIT $3

-- name: vault_text_update
UPDATE text SET sealed = $1 WHERE record = $2 AND version = $3 AND sealed = $4

-- name: vault_person_from
SELECT record, role, sealed FROM person
WHERE (record, role) > ($1, $2)
ORDER BY record, role LIMIT $3

-- name: vault_person_update
UPDATE person SET sealed = $1 WHERE record = $2 AND role = $3 AND sealed = $4

-- name: vault_reporter_from
SELECT matter_id, sealed FROM reporter WHERE matter_id > $1 ORDER BY matter_id LIMIT $2

-- name: vault_reporter_update
UPDATE reporter SET sealed = $1 WHERE matter_id = $2 AND sealed = $3

-- name: blob_insert
INSERT INTO blob (name, matter_id, size, created_at, mac) VALUES ($1, $2, $3, $4, $5)

-- Without its row a file is swept.
-- name: blob_forget
DELETE FROM blob WHERE name = $1

-- name: blob_known
SELECT matter_id, size FROM blob WHERE name = $1

-- The names that begin with two signs, and the two signs that come behind.
-- name: blob_names
SELECT name FROM blob WHERE name >= $1 AND name < $2 ORDER BY name

-- name: blob_from
SELECT name, matter_id, size FROM blob WHERE name > $1 ORDER BY name LIMIT $2

-- name: blob_total
SELECT count(*), coalesce(sum(size), 0) FROM blob

-- How many events lie behind one, at most $2.
-- name: events_beyond
SELECT count(*) FROM (SELECT 1 FROM event WHERE id > $1 LIMIT $2) beyond
