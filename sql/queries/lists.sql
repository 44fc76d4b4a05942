-- Fragments of lists, counts, search and changes. insight/compose.c joins them: select, driver
-- (FROM and WHERE), filters, scope, order. $1, $2 … count within a fragment and are numbered anew
-- when it is added. Drivers name their index: a plan that cannot use it is an error, not a scan.

-- ---- what is selected ----

-- name: list_key_due
SELECT m.id, m.next_due

-- name: list_key_undated
SELECT m.id, 0

-- name: list_key_received
SELECT m.id, m.received_at

-- name: list_select_one
SELECT 1

-- ---- drivers ----

-- name: list_from_open_due
FROM matter m INDEXED BY matter_open_due WHERE m.open = 1

-- name: list_from_body_due
FROM matter m INDEXED BY matter_body_due WHERE m.open = 1 AND m.body = $1

-- name: list_from_officer_due
FROM matter m INDEXED BY matter_officer WHERE m.open = 1 AND m.officer = $1

-- name: list_from_received
FROM matter m INDEXED BY matter_received WHERE m.received_at >= $1 AND m.received_at < $2

-- name: list_from_body_received
FROM matter m INDEXED BY matter_body_received WHERE m.body = $1

-- name: list_from_officer_received
FROM matter m INDEXED BY matter_officer_received WHERE m.officer = $1

-- name: list_from_open_registered
FROM matter m INDEXED BY matter_open_due
WHERE m.open = 1 AND m.registered_by = $1 AND m.registered_by > 0

-- name: list_from_registered
FROM matter m INDEXED BY matter_registered WHERE m.registered_by = $1 AND m.registered_by > 0

-- name: list_from_status
FROM matter m INDEXED BY matter_status WHERE m.status = $1

-- name: list_from_category
FROM matter m INDEXED BY matter_category WHERE m.category = $1

-- name: list_from_business
FROM matter m INDEXED BY matter_business WHERE m.respondent_key = $1

-- name: list_from_confirmed
FROM matter m INDEXED BY matter_confirmed WHERE m.business = $1

-- name: list_from_group
FROM matter m INDEXED BY matter_group WHERE m.group_id = $1

-- name: list_from_ended
FROM matter m INDEXED BY matter_ended WHERE m.ended_at IS NOT NULL

-- name: list_from_closed_waiting
FROM matter m INDEXED BY matter_closed_waiting
WHERE m.open = 0 AND m.waiting_for <> 'nobody' AND m.waiting_for = $1

-- name: list_from_id
FROM matter m WHERE m.id = $1

-- ---- filters ----

-- name: list_if_open
AND m.open = 1

-- name: list_if_closed
AND m.open = 0

-- name: list_if_kind
AND m.kind = $1

-- name: list_if_status
AND m.status = $1

-- name: list_if_body
AND m.body = $1

-- name: list_if_reach
AND m.body IN (SELECT code FROM body WHERE path >= $1 AND path < $2)

-- name: list_if_not_reach
AND m.body NOT IN (SELECT code FROM body WHERE path >= $1 AND path < $2)

-- name: list_if_officer
AND m.officer = $1

-- name: list_if_not_officer
AND (m.officer IS NULL OR m.officer <> $1)

-- name: list_if_unassigned
AND m.officer IS NULL AND m.open = 1

-- name: list_if_category
AND (m.category = $1 OR (m.category >= $2 AND m.category < $3))

-- name: list_if_problem
AND (m.problem = $1 OR (m.problem >= $2 AND m.problem < $3))

-- name: list_if_channel
AND m.channel = $1

-- name: list_if_waiting_for
AND m.waiting_for = $1

-- name: list_if_business
AND m.respondent_key = $1

-- name: list_if_confirmed
AND m.business = $1

-- name: list_if_group
AND m.group_id = $1

-- name: list_if_outcome
AND m.outcome = $1

-- name: list_if_late
AND m.open = 1 AND m.paused = 0 AND m.next_due < $1

-- name: list_if_today
AND m.open = 1 AND m.paused = 0 AND m.next_due >= $1 AND m.next_due <= $1

-- name: list_if_soon
AND m.open = 1 AND m.paused = 0 AND m.next_due > $1 AND m.next_due <= $2

-- name: list_if_later
AND m.open = 1 AND m.paused = 0 AND (m.next_due > $1 OR m.next_due IS NULL)

-- name: list_if_paused
AND m.open = 1 AND m.paused = 1

-- name: list_if_received_from
AND m.received_at >= $1

-- name: list_if_received_until
AND m.received_at < $1

-- name: list_if_ended_from
AND m.ended_at >= $1

-- name: list_if_ended_until
AND m.ended_at < $1

-- ---- scope: what may() lets the actor see, one alternative each (rules/may.h may_scope) ----

-- name: list_scope_begin
AND (

-- name: list_scope_or
OR

-- name: list_scope_end
)

-- name: list_scope_open_all
m.secret = 0

-- name: list_scope_open_subtree
m.secret = 0 AND m.body IN (SELECT code FROM body WHERE path >= $1 AND path < $2)

-- name: list_scope_open_registered
m.secret = 0 AND m.registered_by = $1

-- name: list_scope_open_assigned
m.secret = 0 AND m.officer = $1

-- name: list_scope_secret_all
m.secret = 1

-- name: list_scope_secret_subtree
m.secret = 1 AND m.body IN (SELECT code FROM body WHERE path >= $1 AND path < $2)

-- name: list_scope_secret_registered
m.secret = 1 AND m.registered_by = $1

-- name: list_scope_secret_assigned
m.secret = 1 AND m.officer = $1

-- name: list_scope_secret_unassigned
m.secret = 1 AND m.body = $1 AND coalesce(json_extract(m.detail, '$.assigned'), 0) = 0

-- name: list_scope_secret_for_leader
m.secret = 1 AND m.waiting_for = 'leader'
AND m.body IN (SELECT code FROM body WHERE path >= $1 AND path < $2)

-- ---- order and place: behind the key of the last row ----

-- name: list_order_due
AND m.next_due IS NOT NULL AND (m.next_due, m.id) > ($1, $2) ORDER BY m.next_due, m.id LIMIT $3

-- name: list_order_due_desc
AND m.next_due IS NOT NULL AND (m.next_due, m.id) < ($1, $2)
ORDER BY m.next_due DESC, m.id DESC LIMIT $3

-- name: list_order_undated
AND m.next_due IS NULL AND m.id > $1 ORDER BY m.id LIMIT $2

-- name: list_order_received
AND (m.received_at, m.id) > ($1, $2) ORDER BY m.received_at, m.id LIMIT $3

-- name: list_order_received_desc
AND (m.received_at, m.id) < ($1, $2) ORDER BY m.received_at DESC, m.id DESC LIMIT $3

-- name: list_order_id
AND m.id > $1 ORDER BY m.id LIMIT $2

-- name: list_limit
LIMIT $1

-- name: list_offset
OFFSET $1

-- ---- counts ----

-- name: list_count_begin
SELECT count(*) FROM (

-- name: list_count_end
) found

-- name: list_levels
SELECT coalesce(sum(CASE WHEN m.paused = 0 AND m.next_due < $1 THEN 1 ELSE 0 END), 0),
       coalesce(sum(CASE WHEN m.paused = 0 AND m.next_due = $1 THEN 1 ELSE 0 END), 0),
       coalesce(sum(CASE WHEN m.paused = 0 AND m.next_due > $1 AND m.next_due <= $2 THEN 1
                         ELSE 0 END), 0),
       coalesce(sum(CASE WHEN m.paused = 0 AND (m.next_due > $2 OR m.next_due IS NULL) THEN 1
                         ELSE 0 END), 0),
       coalesce(sum(CASE WHEN m.paused <> 0 THEN 1 ELSE 0 END), 0),
       coalesce(sum(CASE WHEN m.waiting_for = 'leader' THEN 1 ELSE 0 END), 0),
       coalesce(sum(CASE WHEN m.officer IS NULL THEN 1 ELSE 0 END), 0)

-- An open matter as it is kept in memory (insight/kept_open.h): from its index alone, but for reports.
-- name: open_row
SELECT m.id, m.next_due, m.paused, m.secret, m.body, m.officer, m.registered_by,
       CASE WHEN m.waiting_for = 'leader' THEN 1 ELSE 0 END,
       CASE WHEN m.secret = 1 THEN coalesce(json_extract(m.detail, '$.assigned'), 0) ELSE 0 END

-- How far the last run over open clocks came, which moves due days without an event of the matter.
-- name: clock_run_last
SELECT id, finished_at FROM calendar_run ORDER BY id DESC LIMIT 1

-- name: list_sums
SELECT count(*), coalesce(sum(m.open), 0),
       coalesce(sum(CASE WHEN m.open = 1 AND m.paused = 0 AND m.next_due < $1 THEN 1 ELSE 0 END), 0),
       coalesce(sum(m.outcome = 'settled'), 0),
       coalesce(sum(coalesce(json_extract(m.detail, '$.heads'), 1)), 0),
       coalesce(sum(m.amount_fen), 0), coalesce(sum(m.recovered_fen), 0),
       min(CASE WHEN m.open = 1 AND m.paused = 0 THEN m.next_due END)

-- name: list_group_begin
SELECT cell, count(*) FROM (

-- name: list_group_end
) found GROUP BY cell

-- Each status in use, looked up one after the other, and how many of it were received at or behind ($1, $2).
-- name: list_each_status_begin
WITH RECURSIVE used (status) AS (
    SELECT min(status) FROM matter
    UNION ALL
    SELECT (SELECT min(n.status) FROM matter n WHERE n.status > used.status) FROM used
    WHERE used.status IS NOT NULL)
SELECT used.status, (
    SELECT count(*) FROM matter m WHERE m.status = used.status AND (m.received_at, m.id) >= ($1, $2)

-- name: list_each_status_end
) FROM used WHERE used.status IS NOT NULL

-- name: list_cell_status
SELECT m.status AS cell

-- name: list_cell_kind
SELECT m.kind AS cell

-- name: list_cell_waiting_for
SELECT m.waiting_for AS cell

-- name: list_cell_body
SELECT m.body AS cell

-- name: list_cell_category
SELECT coalesce(m.category, '') AS cell

-- name: list_cell_channel
SELECT m.channel AS cell

-- name: list_cell_outcome
SELECT coalesce(m.outcome, '') AS cell

-- The month is in the high bits of the id (rules/number.h).
-- name: list_cell_month
SELECT m.id / 268435456 AS cell

-- ---- rows ----

-- A page in the order of its ids ($1: a JSON list), each with the clock that ends first.
-- name: list_rows
SELECT m.id, m.number, m.kind, m.status, m.secret, m.open, m.version, m.title, m.respondent,
       m.consumer, m.channel, m.category, m.problem, m.received_at, m.registered_at, m.ended_at,
       m.body, m.officer, o.display, m.waiting_for, m.waiting_since, m.outcome, m.ground,
       m.amount_fen, m.recovered_fen, m.rating, m.paused, m.next_rule, m.next_due, m.pack,
       m.pack_revision, d.state, d.start, d.due_raw, d.due, d.seq, d.extensions, d.paused_days,
       d.provisional, m.group_id, CASE WHEN m.group_id IS NULL THEN 0 ELSE
           (SELECT count(*) FROM matter g INDEXED BY matter_group WHERE g.group_id = m.group_id) END,
       json_extract(m.detail, '$.themes')
FROM json_each($1) page CROSS JOIN matter m ON m.id = page.value
     LEFT JOIN officer o ON o.id = m.officer
     LEFT JOIN deadline d ON d.matter_id = m.id AND d.rule = m.next_rule AND d.seq =
         (SELECT max(e.seq) FROM deadline e WHERE e.matter_id = m.id AND e.rule = m.next_rule)
WHERE true

-- Whether the rows known are still those of the database (insight/kept_list.h): the transaction that wrote each, its last event's hash,
-- the last run over open clocks (-1: one is under way) and how many belong to its group.
-- name: list_row_marks
SELECT m.id, 0, m.head, 0, 0 FROM json_each($1) page CROSS JOIN matter m ON m.id = page.value WHERE true

-- Rows come in the order of the ids by themselves; PostgreSQL must be told.
-- name: list_rows_order

-- name: list_row_consumer
SELECT sealed FROM person WHERE record = $1 AND role = 'consumer'

-- ---- bodies and categories a stream is made for ----

-- name: list_body_path
SELECT path FROM body WHERE code = $1

-- name: list_reach
SELECT code FROM body WHERE path >= $1 AND path < $2 LIMIT $3

-- The next code in use behind $1 and before $2: jumps along the index instead of reading it.
-- name: list_category_next
SELECT category FROM matter INDEXED BY matter_category
WHERE category > $1 AND category < $2 ORDER BY category LIMIT 1

-- name: list_category_exists
SELECT category FROM matter INDEXED BY matter_category WHERE category = $1 LIMIT 1

-- ---- search (SQLite: FTS5 in index.db) ----

-- name: search_hits
FROM idx.word w CROSS JOIN matter m ON m.id = w.rowid WHERE w.word MATCH $1 AND w.rowid < $2

-- name: search_order
ORDER BY w.rowid DESC LIMIT $1

-- name: search_range
SELECT w.rowid FROM idx.word w WHERE w.word MATCH $1 AND w.rowid >= $2 AND w.rowid <= $3
ORDER BY w.rowid DESC

-- name: search_hit
SELECT w.rowid FROM idx.word w WHERE w.word MATCH $1 AND w.rowid = $2

-- Where the index gives hits in no order (PostgreSQL): the newest documents one by one, from $3 of
-- search_newest_from up to below $2; the oldest of so many of them; what lies below, by the index; and
-- which of some ids, a JSON array, are hits.
-- name: search_newest
FROM idx.word w CROSS JOIN matter m ON m.id = w.rowid WHERE w.word MATCH $1 AND w.rowid < $2

-- name: search_newest_from
AND w.rowid >= $1

-- name: search_newest_order
ORDER BY w.rowid DESC LIMIT $1

-- name: search_floor
SELECT rowid FROM idx.word WHERE rowid < $1 ORDER BY rowid DESC LIMIT 1 OFFSET $2

-- name: search_deep
FROM idx.word w CROSS JOIN matter m ON m.id = w.rowid WHERE w.word MATCH $1 AND w.rowid < $2

-- name: search_deep_order
ORDER BY w.rowid DESC LIMIT $1

-- How many of the documents from $3 up to below $2 are hits, and about how many documents there are.
-- name: search_density
SELECT count(*), (SELECT count(*) FROM idx.shown) FROM idx.word w
WHERE w.word MATCH $1 AND w.rowid < $2 AND w.rowid >= $3

-- The matters of a filter that keeps to one state, each looked up among the documents.
-- name: search_of_status
FROM matter m JOIN idx.word w ON w.rowid = m.id WHERE w.word MATCH $1 AND m.id < $2

-- name: search_of_status_order
ORDER BY m.id DESC LIMIT $1

-- Documents kept in memory by what they have (insight/kept_hits.h), on PostgreSQL alone: up to $2 of those written by transaction $1 or
-- later, and which of the queries $3 to $5 they have, each with the oldest transaction under way and the last that took documents away;
-- and the documents of a query by 4,096 ids, unless the index of words is being made.
-- name: search_written
SELECT $1, 0, w.rowid, 0, 0, 0 FROM idx.word w WHERE w.rowid = $2 AND $3 = $4 AND $4 = $5

-- name: search_places
SELECT 0, 0, 1, w.rowid >> 12, w.rowid FROM idx.word w WHERE w.word MATCH $1

-- Those of some ids, a JSON array, that fit.
-- name: search_fitting
FROM matter m WHERE m.id IN (SELECT value FROM json_each($1))

-- name: search_among
SELECT w.rowid FROM idx.word w WHERE w.word MATCH $1 AND w.rowid IN (SELECT value FROM json_each($2))
ORDER BY w.rowid DESC

-- name: search_shown
SELECT text FROM idx.shown WHERE id = $1

-- In the order of the ids.
-- name: search_shown_page
SELECT s.id, s.text FROM json_each($1) page CROSS JOIN idx.shown s ON s.id = page.value

-- name: search_phone
FROM matter m WHERE m.id IN (SELECT record FROM person WHERE phone_index = $1) AND m.id < $2

-- name: search_phone_order
ORDER BY m.id DESC LIMIT $1

-- What the documents of a page of matters are made of, in its order; of texts the page says which version each has.
-- name: search_matters
SELECT m.id, m.secret, m.body, m.category, m.problem, m.respondent, m.detail
FROM json_each($1) page CROSS JOIN matter m ON m.id = page.value

-- name: search_texts
SELECT t.record, t.class, t.sealed
FROM json_each($1) page CROSS JOIN text t ON t.record = CAST(page.key AS INTEGER) AND t.version = page.value

-- name: search_persons
SELECT p.record, p.role, p.sealed FROM json_each($1) page CROSS JOIN person p ON p.record = page.value

-- name: search_reporters
SELECT r.matter_id, 'reporter', r.sealed FROM json_each($1) page CROSS JOIN reporter r ON r.matter_id = page.value

-- ---- changes ----

-- name: feed_events
SELECT e.id, e.recorded_at, m.id, m.number, m.version
FROM (SELECT id, kind, record, recorded_at FROM event WHERE id > $1 ORDER BY id LIMIT $2) e
LEFT JOIN matter m ON e.kind = 'matter' AND m.id = e.record

-- name: feed_order
ORDER BY e.id
