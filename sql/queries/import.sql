-- Import: which rows of a source were taken before.

-- name: imported_of_source
SELECT key FROM imported WHERE source = $1
