-- Figures: cells of the tallies, and the same counted from the matters. Fragments, as lists.sql.

-- Month by month (or day by day) and body by body along the key of tally.
-- name: figure_cells
WITH RECURSIVE p (x) AS (SELECT $1 UNION ALL SELECT x + 1 FROM p WHERE x < $2)
SELECT t.value, t.body, t.period, t.n, t.sum
FROM p CROSS JOIN body b CROSS JOIN tally t
WHERE t.measure = $3 AND t.dimension = $4 AND t.grain = $5 AND t.period = p.x AND t.body = b.code

-- name: figure_cells_by_value
WITH RECURSIVE p (x) AS (SELECT $1 UNION ALL SELECT x + 1 FROM p WHERE x < $2)
SELECT t.value, '', 0, sum(t.n), sum(t.sum)
FROM p CROSS JOIN body b CROSS JOIN tally t
WHERE t.measure = $3 AND t.dimension = $4 AND t.grain = $5 AND t.period = p.x AND t.body = b.code

-- name: figure_if_below
AND b.path >= $1 AND b.path < $2

-- name: figure_if_own
AND b.code = $1

-- name: figure_group_value
GROUP BY t.value

-- name: figure_bodies
SELECT code, path, parent FROM body WHERE path >= $1 AND path < $2 ORDER BY path

-- Open matters of each body: all, late, today, soon, waiting for a leader, with nobody.
-- name: figure_open_by_body
SELECT m.body, count(*),
       coalesce(sum(CASE WHEN m.paused = 0 AND m.next_due < $1 THEN 1 ELSE 0 END), 0),
       coalesce(sum(CASE WHEN m.paused = 0 AND m.next_due = $1 THEN 1 ELSE 0 END), 0),
       coalesce(sum(CASE WHEN m.paused = 0 AND m.next_due > $1 AND m.next_due <= $2 THEN 1
                         ELSE 0 END), 0),
       coalesce(sum(CASE WHEN m.waiting_for = 'leader' THEN 1 ELSE 0 END), 0),
       coalesce(sum(CASE WHEN m.officer IS NULL THEN 1 ELSE 0 END), 0)

-- name: figure_group_body
GROUP BY m.body

-- ---- from the matters, where no tally is kept ----

-- name: figure_count_begin
SELECT m.kind, m.body,

-- name: figure_day_received
(m.received_at + $1) / 86400000,

-- name: figure_day_ended
(m.ended_at + $1) / 86400000,

-- name: figure_no_day
0,

-- name: figure_no_value
''

-- name: figure_count_numbers
, count(*), coalesce(sum(

-- name: figure_no_sum
0

-- name: figure_count_end
), 0)

-- name: figure_count_group
GROUP BY 1, 2, 3, 4

-- name: figure_col_kind
m.kind

-- name: figure_col_status
m.status

-- name: figure_col_outcome
m.outcome

-- name: figure_col_ground
m.ground

-- name: figure_col_told
m.told

-- name: figure_col_channel
m.channel

-- name: figure_col_category
m.category

-- name: figure_col_problem
m.problem

-- name: figure_col_rating
coalesce(m.rating, 0)

-- name: figure_col_amount_fen
m.amount_fen

-- name: figure_col_recovered_fen
m.recovered_fen

-- name: figure_and
AND

-- name: figure_or
OR

-- name: figure_open
(

-- name: figure_close
)

-- name: figure_is
= $1

-- name: figure_from
>= $1

-- name: figure_before
< $1

-- name: figure_up_to
<= $1

-- name: figure_set
<> ''

-- name: figure_key_ended
SELECT m.id, m.ended_at

-- name: figure_order_ended_desc
AND (m.ended_at, m.id) < ($1, $2) ORDER BY m.ended_at DESC, m.id DESC LIMIT $3

-- name: figure_if_no_reports
AND m.kind <> 'report'

-- name: figure_number
SELECT number FROM matter WHERE id = $1
