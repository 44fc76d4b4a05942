-- Orders: rows of the projection, lists and counts. The alias is m, and the columns are named as
-- those of matters, so that the fragments of the scope (lists.sql) fit.

-- name: work_order_put
INSERT INTO work_order (id, system, number, status, part, waiting_for, secret, body, officer,
    registered_by, assigned, received_day, due, import, row, matters)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
ON CONFLICT (id) DO UPDATE SET status = excluded.status, part = excluded.part,
    waiting_for = excluded.waiting_for, secret = excluded.secret, body = excluded.body,
    officer = excluded.officer, assigned = excluded.assigned, due = excluded.due,
    matters = excluded.matters

-- name: work_order_by_id
SELECT id, system, number, status, part, waiting_for, secret, body, officer, registered_by,
    assigned, received_day, due, import, row, matters
FROM work_order WHERE id = $1

-- name: order_rows
SELECT m.id, m.received_day, m.due, m.row FROM

-- name: order_counts
SELECT m.part, m.status, count(*), sum(m.due < $1), sum(m.due = $2), sum(m.due > $3 AND m.due <= $4) FROM

-- name: order_from
(SELECT *, json_object('assigned', assigned) AS detail FROM work_order) m WHERE 1 = 1

-- name: order_if_import
AND m.import = $1

-- name: order_if_status
AND m.status = $1

-- name: order_if_part
AND m.part = $1

-- name: order_if_system
AND m.system = $1

-- name: order_if_number
AND m.number >= $1 AND m.number < $2

-- name: order_if_below
AND m.body IN (SELECT code FROM body WHERE path >= $1 AND path < $2)

-- name: order_if_from
AND m.received_day >= $1

-- name: order_if_to
AND m.received_day <= $1

-- name: order_if_due_before
AND m.part = 'in_progress' AND m.due < $1

-- name: order_if_due_between
AND m.part = 'in_progress' AND m.due >= $1 AND m.due <= $2

-- name: order_if_due_after
AND m.part = 'in_progress' AND m.due > $1

-- name: order_by_received
AND (m.received_day, m.id) < ($1, $2) ORDER BY m.received_day DESC, m.id DESC LIMIT $3

-- name: order_by_due
AND (m.due, m.id) > ($1, $2) ORDER BY m.due, m.id LIMIT $3

-- name: order_by_row
AND (coalesce(m.row, 0), m.id) > ($1, $2) ORDER BY coalesce(m.row, 0), m.id LIMIT $3

-- name: order_group
GROUP BY m.part, m.status

-- name: order_matters
SELECT id, open FROM matter WHERE order_id = $1 ORDER BY id

-- name: order_open_matters
SELECT count(*), coalesce(sum(open), 0) FROM matter WHERE order_id = $1
