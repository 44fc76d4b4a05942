-- Registers, where PostgreSQL says it otherwise.

-- Cells are added up over bodies.
-- name: entry_cells
SELECT v.value, min(m.body), count(*), sum(v.sum)
FROM entry_value v CROSS JOIN entry m
WHERE v.register = $1 AND v.field = $2 AND v.day >= $3 AND v.day <= $4 AND m.id = v.id
