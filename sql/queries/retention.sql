-- Matters whose term of keeping may have ended, oldest end first: closed for good, of this pack, ended and at rest before
-- the cut, and with something that can still be taken away. $1 pack, $2 ms UTC, $3 and $4 behind this end and id
-- name: retention_over
SELECT m.id, m.ended_at, m.waiting_since FROM matter m
WHERE m.open = 0 AND m.ended_at IS NOT NULL AND m.ended_at < $2 AND m.waiting_since < $2 AND m.pack = $1
    AND m.ended_at >= $3 AND (m.ended_at > $3 OR m.id > $4)
    AND (EXISTS (SELECT 1 FROM person p WHERE p.record = m.id) OR EXISTS (SELECT 1 FROM reporter r WHERE r.matter_id = m.id)
        OR EXISTS (SELECT 1 FROM scan s WHERE s.matter_id = m.id))
ORDER BY m.ended_at, m.id LIMIT $5

-- name: person_forget
DELETE FROM person WHERE record = $1

-- name: reporter_forget
DELETE FROM reporter WHERE matter_id = $1

-- name: scan_forget
DELETE FROM scan WHERE name = $1
