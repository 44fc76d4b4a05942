-- Statements that PostgreSQL says otherwise. All others are those of the folder above.

-- $1 is the event's place among those of its set. What event_id() does: a function in SQL is planned anew with each call.
-- name: event_insert
INSERT INTO event (id, kind, record, version, act, actor_kind, actor, on_behalf_of, at,
    recorded_at, body, hash)
VALUES ((SELECT base FROM event_clock WHERE id = 1) + pg_current_xact_id()::text::bigint * 4096 + $1 - 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id

-- name: store_position
SELECT event_position()

-- name: group_last_event
SELECT event_position()

-- event_cut() is asked once, not for each partition.
-- name: group_events_after
SELECT id, record FROM event WHERE id > $1 AND id < (SELECT event_cut()) AND kind = 'matter' ORDER BY id LIMIT $2

-- name: past_events_next
SELECT id, record, at, body, hash, kind FROM event WHERE id > $1 AND id < (SELECT event_cut()) ORDER BY id LIMIT $2

-- name: feed_events
SELECT e.id, e.recorded_at, m.id, m.number, m.version
FROM (SELECT id, kind, record, recorded_at FROM event WHERE id > $1 AND id < (SELECT event_cut())
      ORDER BY id LIMIT $2) e
LEFT JOIN matter m ON e.kind = 'matter' AND m.id = e.record

-- Acts append; pg_fold.c adds up.
-- name: tally_add
INSERT INTO tally_delta (measure, dimension, grain, period, body, value, n, sum)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)

-- name: tally_all
SELECT measure, dimension, grain, period, body, value, sum(n), sum(sum) FROM tally
GROUP BY 1, 2, 3, 4, 5, 6

-- name: figure_reach
WITH reach AS MATERIALIZED (SELECT code FROM body b WHERE true

-- Cells of few bodies are read month by month (or day by day) along the key, between the first and the last code; of an eighth of
-- all bodies or more in one go. IS TRUE makes of the bodies a table that is looked up, not one to begin with: joined freely, the planner
-- reads all cells of a measure again for each body. The array keeps it from taking the months for a thousand and from making a new plan
-- each time for that.
-- name: figure_cells
), span AS MATERIALIZED (
    SELECT min(code) AS low, max(code) AS high, count(*) * 8 >= (SELECT count(*) FROM body) AS wide FROM reach)
SELECT t.value, t.body, t.period, t.n, t.sum
FROM span CROSS JOIN LATERAL (
         SELECT $1::bigint AS first, $2::bigint AS last WHERE span.wide
         UNION ALL SELECT x, x FROM unnest(ARRAY(SELECT generate_series($1::bigint, $2::bigint))) x WHERE NOT span.wide) p
     CROSS JOIN LATERAL (
         SELECT body, period, value, n, sum FROM tally
         WHERE measure = $3 AND dimension = $4 AND grain = $5 AND period >= p.first AND period <= p.last
             AND body >= span.low AND body <= span.high OFFSET 0) t
WHERE (t.body IN (SELECT code FROM reach)) IS TRUE

-- name: figure_cells_by_value
), span AS MATERIALIZED (
    SELECT min(code) AS low, max(code) AS high, count(*) * 8 >= (SELECT count(*) FROM body) AS wide FROM reach)
SELECT t.value, '', 0, sum(t.n), sum(t.sum)
FROM span CROSS JOIN LATERAL (
         SELECT $1::bigint AS first, $2::bigint AS last WHERE span.wide
         UNION ALL SELECT x, x FROM unnest(ARRAY(SELECT generate_series($1::bigint, $2::bigint))) x WHERE NOT span.wide) p
     CROSS JOIN LATERAL (
         SELECT body, period, value, n, sum FROM tally
         WHERE measure = $3 AND dimension = $4 AND grain = $5 AND period >= p.first AND period <= p.last
             AND body >= span.low AND body <= span.high OFFSET 0) t
WHERE (t.body IN (SELECT code FROM reach)) IS TRUE

-- Rows leased to another daemon are left out; leases last a minute.
-- name: queue_take
WITH taken AS (
    UPDATE queue SET leased_until = $2 + 60000 WHERE id IN (
        SELECT id FROM queue WHERE job = $1 AND not_before <= $2 AND leased_until <= $2
        ORDER BY not_before, id LIMIT $3 FOR UPDATE SKIP LOCKED)
    RETURNING id, record, queued_at, not_before)
SELECT id, record, queued_at FROM taken ORDER BY not_before, id

-- name: queue_put_off
UPDATE queue SET not_before = $2, mac = $3, leased_until = 0 WHERE id = $1

-- Here others write too: settings count by what they say.
-- name: setup_mark
SELECT (SELECT coalesce(sum(version), 0)::bigint FROM body) * 1000000 + (SELECT count(*) FROM revision) * 1000
    + (SELECT count(*) + coalesce(sum(confidence + support), 0)::bigint FROM alias)
    # (SELECT hashtextextended(coalesce(string_agg(name || '=' || value, chr(10) ORDER BY name), ''), 0) FROM setting)
