-- Diary: what a day brought, by body.

-- name: diary_received
SELECT kind, channel, count(*) FROM matter WHERE body = $1 AND received_at >= $2 AND received_at < $3
GROUP BY kind, channel ORDER BY kind, channel

-- By the day: a body has had far more matters than all bodies together end on one.
-- name: diary_ended
SELECT kind, coalesce(outcome, ''), count(*) FROM matter INDEXED BY matter_ended
WHERE body = $1 AND ended_at >= $2 AND ended_at < $3 AND ended_at IS NOT NULL
GROUP BY kind, outcome ORDER BY kind, outcome

-- name: diary_counted_to
SELECT max(day) FROM record
WHERE kind = 'diary' AND body = $1 AND status IN ('open', 'closed') AND day <= $2
