-- The watch over due dates.

-- Open matters past their date that have not been announced for that clock and date yet.
-- name: due_unannounced
SELECT m.id, m.next_rule, m.next_due FROM matter m
WHERE m.open = 1 AND m.next_due < $1
  AND NOT EXISTS (SELECT 1 FROM event e WHERE e.kind = 'late' AND e.record = m.id
                  AND e.act = m.next_rule AND e.at = m.next_due)
ORDER BY m.next_due, m.id LIMIT $2

-- Cases likewise: their ids are never those of matters.
-- name: case_due_unannounced
SELECT m.id, m.due_rule, m.due FROM enforcement_case m
WHERE m.due < $1
  AND NOT EXISTS (SELECT 1 FROM event e WHERE e.kind = 'late' AND e.record = m.id
                  AND e.act = m.due_rule AND e.at = m.due)
ORDER BY m.due, m.id LIMIT $2

-- name: late_count
SELECT count(*) FROM matter WHERE open = 1 AND next_due < $1

-- name: index_waiting_count
SELECT count(*) FROM queue WHERE job = 'index'

-- name: late_last
SELECT version, hash FROM event WHERE kind = 'late' AND record = $1 ORDER BY version DESC LIMIT 1
