-- Saved summaries: records of kind "summary" with two sealed files each.

-- name: summary_number
SELECT number FROM matter WHERE id = $1

-- What was done to a matter since a summary was made.
-- name: summary_events_since
SELECT act, actor_kind, actor, at, recorded_at FROM event
WHERE kind = 'matter' AND record = $1 AND id > $2 ORDER BY id LIMIT 5
