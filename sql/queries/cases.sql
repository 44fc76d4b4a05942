-- Enforcement cases: rows of the projection, lists and counts. The alias is m, and the columns are
-- named as those of matters, so that the fragments of the scope (lists.sql) fit.

-- name: case_put
INSERT INTO enforcement_case (id, status, part, waiting_for, body, number, violation, outcome,
    due_rule, officer, second, registered_by, filed_day, decided_day, closed_day, due, fine_fen,
    income_fen, goods_fen, paid_fen, from_report)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
    $21)
ON CONFLICT (id) DO UPDATE SET status = excluded.status, part = excluded.part,
    waiting_for = excluded.waiting_for, outcome = excluded.outcome, due_rule = excluded.due_rule,
    officer = excluded.officer, second = excluded.second, decided_day = excluded.decided_day,
    closed_day = excluded.closed_day, due = excluded.due, fine_fen = excluded.fine_fen,
    income_fen = excluded.income_fen, goods_fen = excluded.goods_fen, paid_fen = excluded.paid_fen

-- name: case_by_id
SELECT id, status, part, waiting_for, body, number, violation, outcome, due_rule, officer, second,
    registered_by, filed_day, decided_day, closed_day, due, fine_fen, income_fen, goods_fen,
    paid_fen, from_report
FROM enforcement_case WHERE id = $1

-- name: case_rows
SELECT m.id, m.due FROM

-- name: case_counts
SELECT m.part, m.status, count(*), sum(m.due < $1), sum(m.due = $2), sum(m.due > $3 AND m.due <= $4),
    sum(m.fine_fen), sum(m.income_fen), sum(m.goods_fen), sum(m.paid_fen) FROM

-- name: case_from
(SELECT *, 0 AS secret, '{}' AS detail FROM enforcement_case) m WHERE 1 = 1

-- name: case_if_status
AND m.status = $1

-- name: case_if_part
AND m.part = $1

-- name: case_if_outcome
AND m.outcome = $1

-- name: case_if_violation
AND m.violation = $1

-- name: case_if_mine
AND (m.officer = $1 OR m.second = $2)

-- name: case_if_below
AND m.body IN (SELECT code FROM body WHERE path >= $1 AND path < $2)

-- name: case_if_from
AND m.filed_day >= $1

-- name: case_if_to
AND m.filed_day <= $1

-- name: case_if_due_before
AND m.due < $1

-- name: case_if_due_between
AND m.due >= $1 AND m.due <= $2

-- name: case_if_due_after
AND m.due > $1

-- name: case_by_due
AND (m.due, m.id) > ($1, $2) ORDER BY m.due, m.id LIMIT $3

-- name: case_group
GROUP BY m.part, m.status
