-- Figures: cells of the tallies, and the same counted from the matters. Fragments, as lists.sql.

-- The bodies that count; behind it what they have in the tallies.
-- name: figure_reach
WITH RECURSIVE reach AS (SELECT code FROM body b WHERE 1 = 1

-- name: figure_if_below
AND b.path >= $1 AND b.path < $2

-- name: figure_if_own
AND b.code = $1

-- Month by month (or day by day) and body by body along the key of tally.
-- name: figure_cells
), p (x) AS (SELECT $1 UNION ALL SELECT x + 1 FROM p WHERE x < $2)
SELECT t.value, t.body, t.period, t.n, t.sum
FROM p CROSS JOIN reach CROSS JOIN tally t
WHERE t.measure = $3 AND t.dimension = $4 AND t.grain = $5 AND t.period = p.x AND t.body = reach.code

-- Those of all bodies: one stretch of the key for each month (or day).
-- name: figure_cells_all
SELECT t.value, t.body, t.period, t.n, t.sum FROM tally t
WHERE t.period >= $1 AND t.period <= $2 AND t.measure = $3 AND t.dimension = $4 AND t.grain = $5

-- name: figure_cells_by_value
), p (x) AS (SELECT $1 UNION ALL SELECT x + 1 FROM p WHERE x < $2)
SELECT t.value, '', 0, sum(t.n), sum(t.sum)
FROM p CROSS JOIN reach CROSS JOIN tally t
WHERE t.measure = $3 AND t.dimension = $4 AND t.grain = $5 AND t.period = p.x AND t.body = reach.code

-- name: figure_group_value
GROUP BY t.value

-- name: figure_bodies
SELECT code, path, parent FROM body WHERE path >= $1 AND path < $2 ORDER BY path

-- name: figure_all_bodies
SELECT code, path, kind, division FROM body

-- ---- from the matters, where no tally is kept ----

-- name: figure_facts
SELECT m.id, m.kind, m.body, m.status, m.outcome, m.ground, m.told, m.channel, m.category,
       m.problem, m.rating, m.amount_fen, m.recovered_fen, m.received_at, m.ended_at, m.officer,
       m.respondent_key, m.business, m.division

-- name: figure_facts_detail
, json_extract(m.detail, '$.themes'), json_extract(m.detail, '$.heads'),
  json_extract(m.detail, '$.accepted_at'), json_extract(m.detail, '$.told_at'),
  json_extract(m.detail, '$.offer.state'), json_extract(m.detail, '$.settlement.version'),
  json_extract(m.detail, '$.from_complaint'),
  json_extract(m.detail, '$.disclosure.state'),
  json_extract(m.detail, '$.consents.disclosure'),
  json_extract(m.detail, '$.police') IS NOT NULL, json_extract(m.detail, '$.assigned_at')

-- name: figure_remedies
SELECT kind, amount_fen, payer FROM remedy WHERE matter_id = $1 AND version = $2 ORDER BY seq

-- The last clock of each rule.
-- name: figure_clocks
SELECT d.rule, d.state FROM deadline d
WHERE d.matter_id = $1 AND d.seq = (SELECT max(l.seq) FROM deadline l
                                    WHERE l.matter_id = d.matter_id AND l.rule = d.rule)

-- name: figure_order_ended_desc
AND (m.ended_at, m.id) < ($1, $2) ORDER BY m.ended_at DESC, m.id DESC LIMIT $3

-- name: figure_if_no_reports
AND m.kind <> 'report'

-- The business as the latest complaint told it.
-- name: figure_told_name
SELECT respondent FROM matter INDEXED BY matter_business WHERE respondent_key = $1
ORDER BY received_at DESC LIMIT 1

-- name: figure_number
SELECT number FROM matter WHERE id = $1

-- ---- as things stood ----

-- Matters received in some months to which something happened after an instant.
-- name: figure_changed_since
SELECT DISTINCT record FROM event INDEXED BY event_at
WHERE kind = 'matter' AND at > $1 AND record >= $2 AND record < $3

-- To which something was recorded after an event.
-- name: figure_changed_since_event
SELECT DISTINCT record FROM event
WHERE id > $1 AND kind = 'matter' AND record >= $2 AND record < $3

-- name: figure_events_of
SELECT id, at, body FROM event WHERE kind = 'matter' AND record = $1 ORDER BY version

-- ---- pasts: what each event changed, kept in index.db (insight/past.h) ----

-- How far they came, a mark of that event, and its hash here: NULL where there is no such event.
-- name: past_position
SELECT p.value, m.value, e.hash
FROM idx.meta p JOIN idx.meta m ON m.name = $2 LEFT JOIN event e ON e.id = p.value
WHERE p.name = $1

-- name: past_rows
SELECT id, facts FROM idx.past WHERE id >= $1 AND id < $2 ORDER BY id

-- The few behind what the index has: read from there, not by an index of all.
-- name: past_events
SELECT id, record, at, body FROM event NOT INDEXED
WHERE id > $1 AND kind = 'matter' AND record >= $2 AND record < $3 ORDER BY id

-- For the job.
-- name: past_events_next
SELECT id, record, at, body, hash, kind FROM event WHERE id > $1 ORDER BY id LIMIT $2

-- The earliest id of what ended in a period: ids begin with the month of receipt.
-- name: past_first_ended
SELECT min(id) FROM matter INDEXED BY matter_ended WHERE ended_at >= $1 AND ended_at < $2
