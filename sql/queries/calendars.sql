-- Kept revisions of packs and calendars, and counting open clocks again.

-- name: revisions_of
SELECT name, revision, content FROM revision WHERE kind = $1 ORDER BY name, revision

-- name: calendar_run_put
INSERT INTO calendar_run (id, calendar, revision, position, total, done, moved, after, started_at, finished_at, mac)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)

-- One step of a run, from where it stood: nobody else may have made it meanwhile.
-- name: calendar_run_step
UPDATE calendar_run SET calendar = $2, revision = $3, position = $4, total = $5, done = $6, moved = $7,
       after = $8, started_at = $9, finished_at = $10, mac = $11
WHERE id = $1 AND finished_at IS NULL AND after = $12 AND position = $13

-- name: calendar_run_last
SELECT id, calendar, revision, position, total, done, moved, after, started_at, finished_at
FROM calendar_run ORDER BY id DESC LIMIT 1

-- A record (case, entry) counts as one, by its first date.
-- name: open_clocks_count
SELECT (SELECT count(*) FROM deadline WHERE state IN ('running', 'paused'))
     + (SELECT count(*) FROM enforcement_case WHERE due < 2147483647)
     + (SELECT count(*) FROM entry WHERE due < 2147483647)

-- Those registered by the events up to $3: under a rush of filings there would be no end to the others, and
-- they are among those touched. Ids of matters come before all others.
-- name: open_clock_records
SELECT id, kind FROM (
    SELECT id, kind FROM (SELECT DISTINCT matter_id AS id, 'matter' AS kind FROM deadline d
        WHERE matter_id > $1 AND state IN ('running', 'paused') AND EXISTS (SELECT 1 FROM event e
            WHERE e.kind = 'matter' AND e.record = d.matter_id AND e.version = 1 AND e.id <= $3)
        ORDER BY matter_id LIMIT $2) m
    UNION ALL
    SELECT id, kind FROM (SELECT id, 'case' AS kind FROM enforcement_case c
        WHERE id > $1 AND due < 2147483647 AND EXISTS (SELECT 1 FROM event e
            WHERE e.kind = 'case' AND e.record = c.id AND e.version = 1 AND e.id <= $3)
        ORDER BY id LIMIT $2) c
    UNION ALL
    SELECT id, kind FROM (SELECT id, 'entry' AS kind FROM entry n
        WHERE id > $1 AND due < 2147483647 AND EXISTS (SELECT 1 FROM event e
            WHERE e.kind = 'entry' AND e.record = n.id AND e.version = 1 AND e.id <= $3)
        ORDER BY id LIMIT $2) e) u
ORDER BY id LIMIT $2

-- Those that an act touched while the run went on: it may have counted by the calendar before. Page by
-- page in order of the record, so the index by record is the right one however many were touched.
-- name: clock_records_touched
SELECT DISTINCT record, kind FROM event
WHERE id > $4 AND id <= $3 AND kind IN ('matter', 'case', 'entry') AND record > $1 ORDER BY record LIMIT $2

-- name: clock_move
UPDATE deadline SET due_raw = $4, due = $5, paused_days = $6, provisional = $7
WHERE matter_id = $1 AND rule = $2 AND seq = $3

-- The matter must be as it was when its clocks were counted.
-- name: matter_due_move
UPDATE matter SET next_rule = $3, next_due = $4 WHERE id = $1 AND version = $2

-- The record must be as it was when its clocks were counted.
-- name: case_due_move
UPDATE enforcement_case SET due_rule = $3, due = $4
WHERE id = $1 AND EXISTS (SELECT 1 FROM record r WHERE r.id = $1 AND r.version = $2)

-- name: entry_due_move
UPDATE entry SET due = $3
WHERE id = $1 AND EXISTS (SELECT 1 FROM record r WHERE r.id = $1 AND r.version = $2)

-- name: case_due
SELECT due FROM enforcement_case WHERE id = $1

-- name: entry_due
SELECT due FROM entry WHERE id = $1

-- name: calendar_moved_put
INSERT INTO calendar_moved (run, matter_id, rule, seq, old_raw, old_due, new_raw, new_due, mac)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (run, matter_id, rule, seq) DO NOTHING

-- name: calendar_moved_of
SELECT matter_id, rule, seq, old_raw, old_due, new_raw, new_due FROM calendar_moved
WHERE run = $1 AND (matter_id, rule, seq) > ($2, $3, $4) ORDER BY matter_id, rule, seq LIMIT $5
