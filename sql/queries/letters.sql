-- Letters: rows beside their records.

-- name: letter_insert
INSERT INTO letter (id, matter_id, body, series, year, n, code, status)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)

-- name: letter_update
UPDATE letter SET status = $2 WHERE id = $1

-- name: letter_row
SELECT matter_id, body, series, year, n, code, status FROM letter WHERE id = $1

-- name: letter_last
SELECT max(n) FROM letter WHERE body = $1 AND series = $2 AND year = $3

-- name: letters_of_matter
SELECT id FROM letter WHERE matter_id = $1 ORDER BY id DESC

-- name: letter_by_code
SELECT id FROM letter WHERE code = $1
