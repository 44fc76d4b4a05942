-- Queue rows: work that acts leave for jobs.

-- name: queue_insert
INSERT INTO queue (job, record, not_before, queued_at, mac) VALUES ($1, $2, $3, $4, $5)

-- name: queue_take
SELECT id, record, queued_at FROM queue
WHERE job = $1 AND not_before <= $2
ORDER BY not_before, id LIMIT $3

-- name: queue_row
SELECT job, record, queued_at FROM queue WHERE id = $1

-- name: queue_delete
DELETE FROM queue WHERE id = $1

-- name: queue_pass
DELETE FROM queue WHERE job = $1 AND record > $2

-- name: queue_put_off
UPDATE queue SET not_before = $2, mac = $3 WHERE id = $1

-- name: queue_oldest
SELECT min(queued_at) FROM (SELECT queued_at FROM queue WHERE job = $1 AND not_before <= $2
                            ORDER BY not_before, id LIMIT 1000) first
