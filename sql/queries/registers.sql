-- Registers: rows of the projection of entries, lists, counts, figures. In lists the alias is m and
-- the columns are named as those of matters, so that the fragments of the scope (lists.sql) fit.

-- name: entry_put
INSERT INTO entry (id, register, year, n, number, status, open, body, secret, officer,
    registered_by, day, due, code, shown)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
ON CONFLICT (id) DO UPDATE SET status = excluded.status, open = excluded.open,
    body = excluded.body, secret = excluded.secret, officer = excluded.officer,
    day = excluded.day, due = excluded.due, code = excluded.code, shown = excluded.shown

-- name: entry_by_id
SELECT id, register, year, n, number, status, open, body, secret, officer, registered_by, day, due,
    code, shown
FROM entry WHERE id = $1

-- name: entry_by_number
SELECT id FROM entry WHERE register = $1 AND number = $2

-- name: entry_by_code
SELECT id FROM entry WHERE code = $1 AND shown = 1

-- name: entry_last_number
SELECT coalesce(max(n), 0) FROM entry WHERE register = $1 AND year = $2

-- Nothing but whether it is there: one row, or none.
-- name: entry_number_there
UPDATE entry SET n = n WHERE register = $1 AND year = $2 AND n = $3

-- ---- what entries are found by ----

-- name: entry_value_put
INSERT INTO entry_value (register, field, value, day, id, sum) VALUES ($1, $2, $3, $4, $5, $6)

-- name: entry_value_drop
DELETE FROM entry_value
WHERE register = $1 AND field = $2 AND value = $3 AND day = $4 AND id = $5

-- name: entry_value_has
SELECT sum FROM entry_value
WHERE register = $1 AND field = $2 AND value = $3 AND day = $4 AND id = $5

-- The newest that hold a value, with their state.
-- name: entry_with_value
SELECT m.id, m.day, m.status FROM entry_value v CROSS JOIN entry m
WHERE v.register = $1 AND v.field = $2 AND v.value = $3 AND m.id = v.id
ORDER BY v.day DESC, v.id DESC LIMIT $4

-- name: entry_newest_of
SELECT m.id, m.status FROM entry m INDEXED BY entry_day WHERE m.register = $1 ORDER BY m.day DESC, m.id DESC LIMIT $2

-- name: entry_value_count
SELECT count(*) FROM entry_value

-- name: entry_link_put
INSERT INTO entry_link (id, field, kind, other) VALUES ($1, $2, $3, $4)

-- name: entry_link_drop
DELETE FROM entry_link WHERE id = $1 AND field = $2 AND kind = $3 AND other = $4

-- name: entry_links_from
SELECT field, kind, other FROM entry_link WHERE id = $1 ORDER BY field, kind, other

-- name: entry_linked
SELECT 1 FROM entry_link WHERE kind = $1 AND other = $2 LIMIT 1

-- name: entry_links_to
SELECT l.id, l.field, e.register, e.number FROM entry_link l JOIN entry e ON e.id = l.id
WHERE l.kind = $1 AND l.other = $2 ORDER BY e.day DESC, l.id DESC LIMIT $3

-- name: entry_unique_put
INSERT INTO entry_unique (register, rule, key, id) VALUES ($1, $2, $3, $4)

-- name: entry_unique_drop
DELETE FROM entry_unique WHERE register = $1 AND rule = $2 AND key = $3 AND id = $4

-- name: entry_unique_owner
SELECT id FROM entry_unique WHERE register = $1 AND rule = $2 AND key = $3

-- name: entry_balance_open
INSERT INTO entry_balance (register, balance, body, key, n) VALUES ($1, $2, $3, $4, 0)
ON CONFLICT (register, balance, body, key) DO NOTHING

-- name: entry_balance_add
UPDATE entry_balance SET n = n + $5 WHERE register = $1 AND balance = $2 AND body = $3 AND key = $4

-- Never below zero; taking less away is always possible.
-- name: entry_balance_take
UPDATE entry_balance SET n = n + $5
WHERE register = $1 AND balance = $2 AND body = $3 AND key = $4 AND (n + $5 >= 0 OR $5 >= 0)

-- name: entry_balance_of
SELECT n FROM entry_balance WHERE register = $1 AND balance = $2 AND body = $3 AND key = $4

-- name: entry_balance_all
SELECT register, balance, body, key, n FROM entry_balance

-- name: entry_balances
SELECT e.body, e.key, e.n FROM entry_balance e
WHERE e.register = $1 AND e.balance = $2
AND (e.body = '' OR e.body IN (SELECT code FROM body WHERE path >= $3 AND path < $4))
ORDER BY e.body, e.key

-- What a sample is drawn from: matters of a body and below ($3 … $4) closed between two instants, no
-- report that is secret. $1 … $2
-- name: entry_draw_matters
SELECT m.id, m.number FROM matter m INDEXED BY matter_ended
WHERE m.ended_at >= $1 AND m.ended_at < $2 AND m.secret = 0
AND m.body IN (SELECT code FROM body WHERE path >= $3 AND path < $4)

-- The same, each consumer once: of his matters closed in these days the one filed last stands for him.
-- name: entry_draw_people
SELECT m.id, m.number FROM matter m INDEXED BY matter_ended
WHERE m.ended_at >= $1 AND m.ended_at < $2 AND m.secret = 0
AND m.body IN (SELECT code FROM body WHERE path >= $3 AND path < $4)
AND NOT EXISTS (SELECT 1 FROM person p JOIN person q ON q.phone_index = p.phone_index JOIN matter o ON o.id = q.record
    WHERE p.record = m.id AND p.role = 'consumer' AND q.role = 'consumer' AND q.record > m.id
    AND o.ended_at >= $1 AND o.ended_at < $2 AND o.secret = 0
    AND o.body IN (SELECT code FROM body WHERE path >= $3 AND path < $4))

-- The businesses that such matters are about, a merged one as that into which it went.
-- name: entry_draw_businesses
SELECT DISTINCT CASE WHEN r.status = 'merged' THEN json_extract(r.state, '$.into') ELSE r.id END
FROM matter m INDEXED BY matter_ended JOIN record r ON r.id = m.business
WHERE m.ended_at >= $1 AND m.ended_at < $2 AND m.secret = 0
AND m.body IN (SELECT code FROM body WHERE path >= $3 AND path < $4)

-- Entries of a register: of a body, of those below it ($2 … $3) and of those above.
-- name: entry_draw_entries
SELECT e.id, e.number, e.status FROM entry e JOIN body b ON b.code = e.body
WHERE e.register = $1 AND ((b.path >= $2 AND b.path < $3) OR substr($2, 1, length(b.path)) = b.path)

-- ---- lists ----

-- name: entry_rows
SELECT m.id, m.day, m.due FROM

-- name: entry_from_day
(SELECT *, '{}' AS detail FROM entry INDEXED BY entry_day) m WHERE m.register = $1

-- name: entry_from_status
(SELECT *, '{}' AS detail FROM entry INDEXED BY entry_status) m WHERE m.register = $1 AND m.status = $2

-- name: entry_from_open
(SELECT *, '{}' AS detail FROM entry INDEXED BY entry_open) m WHERE m.register = $1 AND m.open = $2

-- name: entry_from_due
(SELECT *, '{}' AS detail FROM entry INDEXED BY entry_due) m WHERE m.register = $1

-- name: entry_from_body
(SELECT *, '{}' AS detail FROM entry INDEXED BY entry_body) m WHERE m.register = $1 AND m.body = b.code

-- name: entry_from_body_status
(SELECT *, '{}' AS detail FROM entry INDEXED BY entry_body_status) m
WHERE m.register = $1 AND m.body = b.code AND m.status = $2

-- name: entry_from_body_open
(SELECT *, '{}' AS detail FROM entry INDEXED BY entry_body_open) m
WHERE m.register = $1 AND m.body = b.code AND m.open = $2

-- name: entry_from_number
(SELECT *, '{}' AS detail FROM entry) m WHERE m.register = $1 AND m.number = $2

-- name: entry_from_value
entry_value v CROSS JOIN (SELECT *, '{}' AS detail FROM entry) m
WHERE v.register = $1 AND v.field = $2 AND v.value = $3 AND m.id = v.id

-- name: entry_from_shown
(SELECT * FROM entry INDEXED BY entry_shown) m WHERE m.register = $1 AND m.shown = 1

-- Body by body along the index, then the newest of all: for a part of the tree.
-- name: entry_bodies_begin
SELECT m.id, m.day, m.due FROM body b CROSS JOIN entry m
WHERE b.path >= $1 AND b.path < $2 AND m.id IN (SELECT m.id FROM

-- name: entry_bodies_end
) ORDER BY

-- name: entry_bodies_down
m.day DESC, m.id DESC LIMIT $1

-- name: entry_bodies_up
m.day, m.id LIMIT $1

-- name: entry_if_status
AND m.status = $1

-- name: entry_if_open
AND m.open = $1

-- name: entry_if_value
AND EXISTS (SELECT 1 FROM entry_value x WHERE x.register = m.register AND x.field = $1
    AND x.value = $2 AND x.day = m.day AND x.id = m.id)

-- name: entry_if_below
AND m.body IN (SELECT code FROM body WHERE path >= $1 AND path < $2)

-- name: entry_if_from
AND m.day >= $1

-- name: entry_if_to
AND m.day <= $1

-- name: entry_if_value_from
AND v.day >= $1

-- name: entry_if_value_to
AND v.day <= $1

-- name: entry_if_due_before
AND m.due < $1

-- name: entry_if_due_between
AND m.due >= $1 AND m.due <= $2

-- name: entry_if_due_after
AND m.due > $1 AND m.due < 2147483647

-- name: entry_down
AND (m.day, m.id) < ($1, $2) ORDER BY m.day DESC, m.id DESC LIMIT $3

-- name: entry_up
AND (m.day, m.id) > ($1, $2) ORDER BY m.day, m.id LIMIT $3

-- name: entry_value_down
AND (v.day, v.id) < ($1, $2) ORDER BY v.day DESC, v.id DESC LIMIT $3

-- name: entry_value_up
AND (v.day, v.id) > ($1, $2) ORDER BY v.day, v.id LIMIT $3

-- name: entry_by_due
AND (m.due, m.id) > ($1, $2) ORDER BY m.due, m.id LIMIT $3

-- ---- counts ----

-- name: entry_counts
SELECT m.status, count(*), sum(m.open), sum(m.due < $1) FROM

-- name: entry_group_status
GROUP BY m.status

-- ---- figures ----

-- Of the entries themselves, for days that no tally keeps.
-- name: entry_cells
SELECT v.value, m.body, count(*), sum(v.sum)
FROM entry_value v CROSS JOIN entry m
WHERE v.register = $1 AND v.field = $2 AND v.day >= $3 AND v.day <= $4 AND m.id = v.id

-- name: entry_cells_below
AND m.body IN (SELECT code FROM body WHERE path >= $1 AND path < $2)

-- name: entry_group_value
GROUP BY v.value ORDER BY v.value

-- How often something was done at one place.
-- name: entry_done
SELECT count(*) FROM entry_value v
WHERE v.register = $1 AND v.field = $2 AND v.value = $3 AND v.day >= $4 AND v.day <= $5

-- name: entry_shown_count
SELECT count(*) FROM entry INDEXED BY entry_shown WHERE register = $1 AND shown = 1

-- How many stand in each state: a tally of no period.
-- name: entry_status_counts
SELECT t.value, sum(t.n)
FROM body b CROSS JOIN tally t
WHERE t.measure = $1 AND t.dimension = 'status' AND t.grain = 'a' AND t.period = 0
    AND t.body = b.code AND b.path >= $2 AND b.path < $3
GROUP BY t.value

-- name: entry_late_count
SELECT count(*) FROM entry m INDEXED BY entry_due
WHERE m.register = $1 AND m.due < $2
    AND m.body IN (SELECT code FROM body WHERE path >= $3 AND path < $4)

-- What the entries of a register that link to another one by a field add to a measure: how many, the
-- sum, the largest, and how many have more than $5 (sums in 1/10,000).
-- name: entry_gather
SELECT count(*), coalesce(sum(v.sum), 0), coalesce(max(v.sum), 0),
    coalesce(sum(CASE WHEN v.sum > $5 THEN 1 ELSE 0 END), 0)
FROM entry_link l JOIN entry e ON e.id = l.id
JOIN entry_value v ON v.register = e.register AND v.field = $2 AND v.value = '' AND v.day = e.day AND v.id = e.id
WHERE l.kind = 'entry' AND l.other = $3 AND l.field = $4 AND e.register = $1

-- The same of the entries that share a value by which the register is filtered.
-- name: entry_gather_alike
SELECT count(*), coalesce(sum(v.sum), 0), coalesce(max(v.sum), 0),
    coalesce(sum(CASE WHEN v.sum > $5 THEN 1 ELSE 0 END), 0)
FROM entry_value f
JOIN entry_value v ON v.register = f.register AND v.field = $2 AND v.value = '' AND v.day = f.day AND v.id = f.id
WHERE f.register = $1 AND f.field = $4 AND f.value = $3

-- name: entry_gather_ids
SELECT e.id
FROM entry_link l JOIN entry e ON e.id = l.id
JOIN entry_value v ON v.register = e.register AND v.field = $2 AND v.value = '' AND v.day = e.day AND v.id = e.id
WHERE l.kind = 'entry' AND l.other = $3 AND l.field = $4 AND e.register = $1 AND e.id > $5
ORDER BY e.id LIMIT 500

-- name: entry_links_count
SELECT count(*) FROM entry_link l JOIN entry e ON e.id = l.id
WHERE l.kind = 'entry' AND l.other = $1 AND l.field = $2 AND e.register = $3

-- What anybody may see of the entries of a register that link to another one.
-- name: entry_links_shown
SELECT e.id FROM entry_link l JOIN entry e ON e.id = l.id
WHERE l.kind = 'entry' AND l.other = $1 AND l.field = $2 AND e.register = $3 AND e.shown = 1
ORDER BY e.day DESC, e.id DESC LIMIT $4

-- What may be chosen with a one-time code.
-- name: entry_links_open
SELECT e.id, e.status FROM entry_link l JOIN entry e ON e.id = l.id
WHERE l.kind = 'entry' AND l.other = $1 AND l.field = $2 AND e.register = $3
ORDER BY e.day, e.id LIMIT $4

-- In the order in which entries are numbered, behind one of them.
-- name: entry_ids_after
SELECT id, year, n FROM entry WHERE register = $1 AND (year, n) > ($2, $3) ORDER BY year, n LIMIT $4

-- name: entry_count_after
SELECT count(*) FROM entry WHERE register = $1 AND (year, n) > ($2, $3)
