-- Return visits (work/visit*.c). A visit is a record of kind "visit" whose key is the number of its
-- matter, so that none is drawn twice; a day's draw is a record of kind "sample" whose key is the day.

-- What was closed between two instants and never drawn, no report; whether it was followed up by
-- itself. $1 … $2
-- name: visit_pool
SELECT m.id, m.number, m.kind, m.status, m.body, m.outcome,
       CASE WHEN EXISTS (SELECT 1 FROM event e WHERE e.kind = 'matter' AND e.record = m.id
                         AND e.act = 'follow_up') THEN 1 ELSE 0 END
FROM matter m INDEXED BY matter_ended
WHERE m.ended_at >= $1 AND m.ended_at < $2 AND m.secret = 0
  AND NOT EXISTS (SELECT 1 FROM record v WHERE v.kind = 'visit' AND v.key = m.number)
ORDER BY m.id

-- The last day that was drawn.
-- name: visit_last_day
SELECT max(day) FROM record WHERE kind = 'sample'

-- Counts of the bodies at and below $1 … $2, visits drawn on the days $3 … $4; $5: satisfied from.
-- name: visit_rates
SELECT r.body, count(*),
       sum(CASE WHEN json_extract(r.state, '$.result') IS NOT NULL THEN 1 ELSE 0 END),
       sum(CASE WHEN json_extract(r.state, '$.result') = 'reached' THEN 1 ELSE 0 END),
       sum(CASE WHEN json_extract(r.state, '$.result') = 'no_answer' THEN 1 ELSE 0 END),
       sum(CASE WHEN json_extract(r.state, '$.result') = 'refused' THEN 1 ELSE 0 END),
       sum(CASE WHEN json_extract(r.state, '$.satisfaction') IS NOT NULL THEN 1 ELSE 0 END),
       sum(CASE WHEN json_extract(r.state, '$.satisfaction') >= $5 THEN 1 ELSE 0 END),
       sum(CASE WHEN json_extract(r.state, '$.opinion') IS NOT NULL THEN 1 ELSE 0 END),
       sum(CASE WHEN r.status = 'answered' THEN 1 ELSE 0 END),
       sum(CASE WHEN r.status = 'dropped' THEN 1 ELSE 0 END)
FROM record r JOIN body b ON b.code = r.body
WHERE r.kind = 'visit' AND r.day >= $3 AND r.day <= $4 AND b.path >= $1 AND b.path < $2
GROUP BY r.body ORDER BY min(b.path)

-- Visits of one status at and below $1 … $2, and opinions for one officer.
-- name: visit_count_status
SELECT count(*) FROM record r JOIN body b ON b.code = r.body
WHERE r.kind = 'visit' AND r.status = $3 AND b.path >= $1 AND b.path < $2

-- name: visit_count_opinions
SELECT count(*) FROM record r JOIN matter m ON m.id = json_extract(r.state, '$.matter_id')
WHERE r.kind = 'visit' AND r.status = 'opinion' AND m.officer = $1

-- name: visit_opinions_of
SELECT r.id FROM record r JOIN matter m ON m.id = json_extract(r.state, '$.matter_id')
WHERE r.kind = 'visit' AND r.status = 'opinion' AND m.officer = $1 ORDER BY r.day, r.id LIMIT $2
