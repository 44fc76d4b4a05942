-- Registers, where PostgreSQL says it otherwise.

-- Cells are added up over bodies.
-- name: entry_cells
SELECT v.value, min(m.body), count(*), sum(v.sum)
FROM entry_value v CROSS JOIN entry m
WHERE v.register = $1 AND v.field = $2 AND v.day >= $3 AND v.day <= $4 AND m.id = v.id

-- name: entry_draw_businesses
SELECT DISTINCT CASE WHEN r.status = 'merged' THEN doc_int(r.state, 'into') ELSE r.id END
FROM matter m JOIN record r ON r.id = m.business
WHERE m.ended_at >= $1 AND m.ended_at < $2 AND m.secret = 0
AND m.body IN (SELECT code FROM body WHERE path >= $3 AND path < $4)
