-- Lists and search, where PostgreSQL says it otherwise.

-- name: list_scope_secret_unassigned
m.secret = 1 AND m.body = $1 AND coalesce(doc_int(m.detail, 'assigned'), 0) = 0

-- name: open_row
SELECT m.id, m.next_due, m.paused, m.secret, m.body, m.officer, m.registered_by,
       CASE WHEN m.waiting_for = 'leader' THEN 1 ELSE 0 END,
       CASE WHEN m.secret = 1 THEN coalesce(doc_int(m.detail, 'assigned'), 0) ELSE 0 END

-- name: list_sums
SELECT count(*), coalesce(sum(m.open), 0),
       coalesce(sum(CASE WHEN m.open = 1 AND m.paused = 0 AND m.next_due < $1 THEN 1 ELSE 0 END), 0),
       coalesce(sum(m.outcome = 'settled'), 0),
       coalesce(sum(coalesce(doc_int(m.detail, 'heads'), 1)), 0),
       coalesce(sum(m.amount_fen), 0), coalesce(sum(m.recovered_fen), 0),
       min(CASE WHEN m.open = 1 AND m.paused = 0 THEN m.next_due END)

-- Details are written without white space and codes hold no bracket, so that themes are cut out of the text: reading JSON costs as
-- much as all the rest of a row.
-- name: list_rows
SELECT m.id, m.number, m.kind, m.status, m.secret, m.open, m.version, m.title, m.respondent,
       m.consumer, m.channel, m.category, m.problem, m.received_at, m.registered_at, m.ended_at,
       m.body, m.officer, o.display, m.waiting_for, m.waiting_since, m.outcome, m.ground,
       m.amount_fen, m.recovered_fen, m.rating, m.paused, m.next_rule, m.next_due, m.pack,
       m.pack_revision, d.state, d.start, d.due_raw, d.due, d.seq, d.extensions, d.paused_days,
       d.provisional, m.group_id, CASE WHEN m.group_id IS NULL THEN 0 ELSE
           (SELECT count(*) FROM matter g WHERE g.group_id = m.group_id) END,
       CASE WHEN strpos(m.detail, '"themes":[') > 0 THEN split_part(split_part(m.detail, '"themes":', 2), ']', 1) || ']' END
FROM unnest(translate($1, '[]', '{}')::bigint[]) WITH ORDINALITY AS page (id, place)
     JOIN matter m ON m.id = page.id
     LEFT JOIN officer o ON o.id = m.officer
     LEFT JOIN LATERAL (SELECT * FROM deadline e WHERE e.matter_id = m.id AND e.rule = m.next_rule
                        ORDER BY e.seq DESC LIMIT 1) d ON true
WHERE true

-- name: list_row_marks
SELECT m.id, m.xmin::text::bigint, m.head, run.last,
       CASE WHEN m.group_id IS NULL THEN 0 ELSE (SELECT count(*) FROM matter g WHERE g.group_id = m.group_id) END
FROM (SELECT coalesce((SELECT CASE WHEN finished_at IS NULL THEN -1 ELSE id END FROM calendar_run ORDER BY id DESC LIMIT 1), 0) AS last OFFSET 0) run
     CROSS JOIN unnest(translate($1, '[]', '{}')::bigint[]) WITH ORDINALITY AS page (id, place)
     JOIN matter m ON m.id = page.id
WHERE true

-- name: list_rows_order
ORDER BY page.place

-- name: search_shown_page
SELECT s.id, s.text FROM unnest(translate($1, '[]', '{}')::bigint[]) WITH ORDINALITY AS page (id, place)
     JOIN idx.shown s ON s.id = page.id
ORDER BY page.place

-- name: search_matters
SELECT m.id, m.secret, m.body, m.category, m.problem, m.respondent, m.detail
FROM unnest(translate($1, '[]', '{}')::bigint[]) WITH ORDINALITY AS page (id, place) JOIN matter m ON m.id = page.id
ORDER BY page.place

-- name: search_texts
SELECT t.record, t.class, t.sealed
FROM json_each_text($1::json) WITH ORDINALITY AS page (id, version, place)
     JOIN text t ON t.record = page.id::bigint AND t.version = page.version::bigint
ORDER BY page.place

-- name: search_persons
SELECT p.record, p.role, p.sealed
FROM unnest(translate($1, '[]', '{}')::bigint[]) WITH ORDINALITY AS page (id, place) JOIN person p ON p.record = page.id
ORDER BY page.place, p.role

-- name: search_reporters
SELECT r.matter_id, 'reporter', r.sealed
FROM unnest(translate($1, '[]', '{}')::bigint[]) WITH ORDINALITY AS page (id, place) JOIN reporter r ON r.matter_id = page.id
ORDER BY page.place

-- name: search_hits
FROM idx.word w CROSS JOIN matter m WHERE m.id = w.id AND w.doc @@ $1::tsquery AND w.id < $2

-- name: search_order
ORDER BY w.id DESC LIMIT $1

-- Not the operator @@, for which the planner might ask the index: these are to be read one by one. OFFSET 0
-- keeps it from reading all matters of a filter to meet a few hits: each hit's matter is looked up.
-- name: search_newest
FROM idx.word w CROSS JOIN LATERAL (SELECT * FROM matter WHERE matter.id = w.id OFFSET 0) m
WHERE ts_match_vq(w.doc, $1::tsquery) AND w.id < $2

-- name: search_newest_from
AND w.id >= $1

-- name: search_newest_order
ORDER BY w.id DESC LIMIT $1

-- name: search_floor
SELECT id FROM idx.word WHERE id < $1 ORDER BY id DESC LIMIT 1 OFFSET $2

-- The function's rows come in order, so that only those are looked up that fill the page.
-- name: search_deep
FROM idx.hits($1::tsquery, $2) WITH ORDINALITY w (id, place)
     CROSS JOIN LATERAL (SELECT * FROM matter WHERE matter.id = w.id OFFSET 0) m
WHERE true

-- name: search_deep_order
ORDER BY w.place LIMIT $1

-- name: search_density
SELECT count(*), (SELECT reltuples::bigint FROM pg_class WHERE oid = 'idx.word'::regclass)
FROM idx.word w WHERE ts_match_vq(w.doc, $1::tsquery) AND w.id < $2 AND w.id >= $3

-- By the index of states and ids.
-- name: search_of_status
FROM matter m CROSS JOIN LATERAL (SELECT 1 FROM idx.word d WHERE d.id = m.id AND ts_match_vq(d.doc, $1::tsquery) OFFSET 0) w
WHERE m.id < $2

-- What lies beyond the last transaction there is comes from another server, by a copy of the tables: it is not new.
-- name: search_written
SELECT now.cut, coalesce((SELECT value FROM idx.meta WHERE name = 'word_gone'), 0), w.id, w.a, w.b, w.c
FROM (SELECT pg_snapshot_xmin(s)::text::bigint AS cut, pg_snapshot_xmax(s)::text::bigint AS ahead FROM pg_current_snapshot() s) now
     LEFT JOIN LATERAL (
         SELECT id, ts_match_vq(doc, $3::tsquery) AS a, ts_match_vq(doc, $4::tsquery) AS b, ts_match_vq(doc, $5::tsquery) AS c
         FROM idx.word WHERE at >= $1 AND at < now.ahead ORDER BY at LIMIT $2) w ON true

-- name: search_places
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint, coalesce((SELECT value FROM idx.meta WHERE name = 'word_gone'), 0),
       to_regclass('idx.word_doc') IS NOT NULL, p.block, p.places
FROM (SELECT 1) one LEFT JOIN LATERAL (
    SELECT block, places FROM idx.places($1::tsquery) WHERE to_regclass('idx.word_doc') IS NOT NULL) p ON true

-- name: search_fitting
FROM unnest(translate($1, '[]', '{}')::bigint[]) AS asked (id)
     CROSS JOIN LATERAL (SELECT * FROM matter WHERE matter.id = asked.id OFFSET 0) m
WHERE true

-- name: search_among
SELECT w.id FROM unnest(translate($2, '[]', '{}')::bigint[]) AS asked (id) JOIN idx.word w ON w.id = asked.id
WHERE ts_match_vq(w.doc, $1::tsquery) ORDER BY w.id DESC

-- name: search_range
SELECT w.id FROM idx.word w WHERE w.doc @@ $1::tsquery AND w.id >= $2 AND w.id <= $3 ORDER BY w.id DESC

-- name: search_hit
SELECT w.id FROM idx.word w WHERE w.doc @@ $1::tsquery AND w.id = $2

-- name: order_from
(SELECT *, '{"assigned":' || assigned || '}' AS detail FROM work_order) m WHERE 1 = 1

-- The index of categories is for its driver: through an OR the planner reads and sorts all of them.
-- name: list_if_category
AND (m.category = $1 OR (m.category || '' >= $2 AND m.category || '' < $3))

-- name: list_if_theme
AND position('"' || $1 || '"' IN m.detail) > 0
AND EXISTS (SELECT 1 FROM json_array_elements_text(m.detail::json -> 'themes') t (value) WHERE t.value = $1)

-- name: list_if_no_theme
AND coalesce(doc_text(m.detail, 'themes'), '[]') = '[]'

-- name: cross_theme
coalesce(doc_text(m.detail, 'themes'), '')
