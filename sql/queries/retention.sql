-- Matters whose term of keeping may have ended, oldest end first: closed for good, of this pack, ended and at rest before
-- the cut, and with something that can still be taken away: their own, or the order that goes with them (retention_order;
-- what keeps an order leaves its matters out, so that none is looked at in vain). $1 pack, $2 ms UTC for persons and evidence, $6 for texts and
-- letters, $3 and $4 behind this end and id
-- name: retention_over
SELECT m.id, m.ended_at, m.waiting_since FROM matter m
WHERE m.open = 0 AND m.ended_at IS NOT NULL AND m.ended_at < $2 AND m.waiting_since < $2 AND m.pack = $1
    AND m.ended_at >= $3 AND (m.ended_at > $3 OR m.id > $4)
    AND (EXISTS (SELECT 1 FROM person p WHERE p.record = m.id) OR EXISTS (SELECT 1 FROM reporter r WHERE r.matter_id = m.id)
        OR EXISTS (SELECT 1 FROM scan s WHERE s.matter_id = m.id)
        OR EXISTS (SELECT 1 FROM work_order o WHERE o.id = m.order_id AND o.part <> 'in_progress'
            AND (EXISTS (SELECT 1 FROM person p WHERE p.record = o.id) OR EXISTS (SELECT 1 FROM reporter r WHERE r.matter_id = o.id)
                OR EXISTS (SELECT 1 FROM text t WHERE t.record = o.id))
            AND NOT EXISTS (SELECT 1 FROM event e WHERE e.kind = 'order' AND e.record = o.id AND e.at >= $2)
            AND NOT EXISTS (SELECT 1 FROM matter n WHERE n.order_id = o.id AND n.id <> m.id AND (n.open = 1
                OR EXISTS (SELECT 1 FROM record h WHERE h.kind = 'hold' AND h.key = n.number)
                OR ((coalesce(n.pack, '') <> $1 OR coalesce(n.ended_at, $2) >= $2 OR n.waiting_since >= $2)
                    AND NOT EXISTS (SELECT 1 FROM event e WHERE e.kind = 'matter' AND e.record = n.id AND e.act = 'purge')))))
        OR (m.ended_at < $6 AND m.waiting_since < $6 AND (EXISTS (SELECT 1 FROM text t WHERE t.record = m.id)
            OR EXISTS (SELECT 1 FROM letter l JOIN text t ON t.record = l.id WHERE l.matter_id = m.id)
            OR EXISTS (SELECT 1 FROM record v JOIN text t ON t.record = v.id WHERE v.kind = 'visit' AND v.key = m.number))))
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

-- One row as long as the matter is on no hold: the purge stands or falls with it. $1 id, $2 number
-- name: retention_unheld
UPDATE matter SET open = open WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM record WHERE kind = 'hold' AND key = $2)

-- The order of a matter, where it has something to take and goes now: done or returned, nothing done to it since the cut,
-- and each other matter of it closed, on no hold, and purged or over by the same term. $1 order, $2 matter, $3 pack, $4 cut
-- in ms UTC
-- name: retention_order
SELECT o.id FROM work_order o WHERE o.id = $1 AND o.part <> 'in_progress'
    AND (EXISTS (SELECT 1 FROM person p WHERE p.record = o.id) OR EXISTS (SELECT 1 FROM reporter r WHERE r.matter_id = o.id)
        OR EXISTS (SELECT 1 FROM text t WHERE t.record = o.id))
    AND NOT EXISTS (SELECT 1 FROM event e WHERE e.kind = 'order' AND e.record = o.id AND e.at >= $4)
    AND NOT EXISTS (SELECT 1 FROM matter n WHERE n.order_id = o.id AND n.id <> $2 AND (n.open = 1
        OR EXISTS (SELECT 1 FROM record h WHERE h.kind = 'hold' AND h.key = n.number)
        OR ((coalesce(n.pack, '') <> $3 OR coalesce(n.ended_at, $4) >= $4 OR n.waiting_since >= $4)
            AND NOT EXISTS (SELECT 1 FROM event e WHERE e.kind = 'matter' AND e.record = n.id AND e.act = 'purge'))))

-- One row as long as no other matter keeps the order: its purge stands or falls with it. As above.
-- name: retention_unkept
UPDATE work_order SET part = part WHERE id = $1
    AND NOT EXISTS (SELECT 1 FROM matter n WHERE n.order_id = $1 AND n.id <> $2 AND (n.open = 1
        OR EXISTS (SELECT 1 FROM record h WHERE h.kind = 'hold' AND h.key = n.number)
        OR ((coalesce(n.pack, '') <> $3 OR coalesce(n.ended_at, $4) >= $4 OR n.waiting_since >= $4)
            AND NOT EXISTS (SELECT 1 FROM event e WHERE e.kind = 'matter' AND e.record = n.id AND e.act = 'purge'))))

-- The return visit of a matter, by its number, where its texts are still there.
-- name: retention_visit
SELECT v.id FROM record v WHERE v.kind = 'visit' AND v.key = $1 AND EXISTS (SELECT 1 FROM text t WHERE t.record = v.id)

-- Imports that ended before a cut and of which the file's name or a report is still there, oldest first. $1 the cut's civil
-- date, $2 the same in ms UTC
-- name: retention_imports
SELECT r.id FROM record r WHERE r.kind = 'import' AND r.day < $1 AND r.status IN ('done', 'failed', 'cancelled')
    AND EXISTS (SELECT 1 FROM text t WHERE t.record = r.id)
    AND NOT EXISTS (SELECT 1 FROM event e WHERE e.kind = 'import' AND e.record = r.id AND e.at >= $2)
ORDER BY r.day, r.id LIMIT $3
