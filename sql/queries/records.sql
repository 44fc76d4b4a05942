-- Records other than matters.

-- name: record_insert
INSERT INTO record (id, kind, version, head, body, status, day, key, state)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)

-- name: record_update
UPDATE record SET version = $3, head = $4, body = $5, status = $6, day = $7, key = $8, state = $9
WHERE id = $1 AND kind = $2 AND version = $3 - 1

-- name: record_by_id
SELECT id, version, head, state, body, status, day, key FROM record WHERE id = $1 AND kind = $2

-- name: record_by_key
SELECT id, version, head, state, body, status, day, key FROM record WHERE key = $1 AND kind = $2

-- Fragments of a list, newest day first.
-- name: record_list
SELECT id, version, head, state FROM record WHERE kind = $1 AND (day, id) < ($2, $3) AND day >= $4

-- name: record_if_body
AND body = $1

-- name: record_if_below
AND (body IS NULL OR body IN (SELECT code FROM body WHERE path >= $1 AND path < $2))

-- name: record_if_status
AND status = $1

-- name: record_list_order
ORDER BY day DESC, id DESC LIMIT $1

-- name: record_kind_of
SELECT kind FROM record WHERE id = $1

-- name: record_ids_of_kind
SELECT id FROM record WHERE kind = $1 ORDER BY id
