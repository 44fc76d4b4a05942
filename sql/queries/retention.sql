-- Matters whose term of keeping may have ended, oldest end first: closed for good, of this pack, ended and at rest before
-- the cut, and with something that can still be taken away. $1 pack, $2 ms UTC for persons and evidence, $6 for texts and
-- letters, $3 and $4 behind this end and id
-- name: retention_over
SELECT m.id, m.ended_at, m.waiting_since FROM matter m
WHERE m.open = 0 AND m.ended_at IS NOT NULL AND m.ended_at < $2 AND m.waiting_since < $2 AND m.pack = $1
    AND m.ended_at >= $3 AND (m.ended_at > $3 OR m.id > $4)
    AND (EXISTS (SELECT 1 FROM person p WHERE p.record = m.id) OR EXISTS (SELECT 1 FROM reporter r WHERE r.matter_id = m.id)
        OR EXISTS (SELECT 1 FROM scan s WHERE s.matter_id = m.id)
        OR (m.ended_at < $6 AND m.waiting_since < $6 AND (EXISTS (SELECT 1 FROM text t WHERE t.record = m.id)
            OR EXISTS (SELECT 1 FROM letter l JOIN text t ON t.record = l.id WHERE l.matter_id = m.id))))
ORDER BY m.ended_at, m.id LIMIT $5

-- name: person_forget
DELETE FROM person WHERE record = $1

-- name: reporter_forget
DELETE FROM reporter WHERE matter_id = $1

-- name: scan_forget
DELETE FROM scan WHERE name = $1

-- name: text_forget
DELETE FROM text WHERE record = $1

-- name: text_count
SELECT count(*) FROM text WHERE record = $1

-- Letters of a matter whose text is still there.
-- name: retention_letters
SELECT l.id FROM letter l WHERE l.matter_id = $1 AND EXISTS (SELECT 1 FROM text t WHERE t.record = l.id) ORDER BY l.id DESC

-- How many are over, no further than $4. $1 pack, $2 and $3 ms UTC as $2 and $6 above
-- name: retention_count
SELECT count(*) FROM (SELECT m.id FROM matter m
WHERE m.open = 0 AND m.ended_at IS NOT NULL AND m.ended_at < $2 AND m.waiting_since < $2 AND m.pack = $1
    AND (EXISTS (SELECT 1 FROM person p WHERE p.record = m.id) OR EXISTS (SELECT 1 FROM reporter r WHERE r.matter_id = m.id)
        OR EXISTS (SELECT 1 FROM scan s WHERE s.matter_id = m.id)
        OR (m.ended_at < $3 AND m.waiting_since < $3 AND (EXISTS (SELECT 1 FROM text t WHERE t.record = m.id)
            OR EXISTS (SELECT 1 FROM letter l JOIN text t ON t.record = l.id WHERE l.matter_id = m.id))))
LIMIT $4) AS over_now

-- One row as long as the matter is on no hold: the purge stands or falls with it. $1 id, $2 number
-- name: retention_unheld
UPDATE matter SET open = open WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM record WHERE kind = 'hold' AND key = $2)
