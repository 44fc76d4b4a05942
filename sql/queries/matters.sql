-- Matters and what hangs on them. Column order of matter_by_id, matter_insert and matter_update is
-- the order of `matter_columns` in src/work/matter_columns.c; tests/unit/test_work.c compares.

-- name: matter_by_id
SELECT id, number, kind, version, head, status, open, secret, body, officer, first_officer,
       registered_by, channel, received_at, registered_at, ended_at, category, problem, division,
       amount_fen, recovered_fen, respondent, respondent_key, business, title, consumer, waiting_for,
       waiting_since, next_rule, next_due, paused, group_id, outcome, ground, told, rating,
       pin_generation, pack,
       pack_revision, order_id, detail
FROM matter WHERE id = $1

-- name: matter_insert
INSERT INTO matter (id, number, kind, version, head, status, open, secret, body, officer,
       first_officer, registered_by, channel, received_at, registered_at, ended_at, category, problem,
       division, amount_fen, recovered_fen, respondent, respondent_key, business, title, consumer,
       waiting_for, waiting_since, next_rule, next_due, paused, group_id, outcome, ground, told,
       rating, pin_generation, pack, pack_revision, order_id, detail)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
        $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40,
        $41)

-- Acts that move nothing an index holds: the common case costs no index entry.
-- name: matter_update_plain
UPDATE matter SET version = $3, head = $4, status = $5, secret = $6, first_officer = $7,
       registered_by = $8, channel = $9, registered_at = $10, ended_at = $11, problem = $12,
       division = $13, amount_fen = $14, recovered_fen = $15, respondent = $16, title = $17,
       consumer = $18, waiting_for = $19, waiting_since = $20, next_rule = $21, paused = $22,
       outcome = $23, ground = $24, told = $25, rating = $26, pin_generation = $27, pack = $28,
       pack_revision = $29, detail = $30
WHERE id = $1 AND version = $2

-- name: matter_update_indexed
UPDATE matter SET open = $2, body = $3, officer = $4, received_at = $5, category = $6,
       respondent_key = $7, business = $8, next_due = $9, group_id = $10, order_id = $11
WHERE id = $1

-- name: clocks_of
SELECT rule, seq, state, start, due_raw, due, extensions, paused_days, provisional, met_at
FROM deadline WHERE matter_id = $1 ORDER BY rule, seq

-- name: clock_put
INSERT INTO deadline (matter_id, rule, seq, state, start, due_raw, due, extensions, paused_days,
                      provisional, met_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (matter_id, rule, seq) DO UPDATE SET state = excluded.state, start = excluded.start,
    due_raw = excluded.due_raw, due = excluded.due, extensions = excluded.extensions,
    paused_days = excluded.paused_days, provisional = excluded.provisional, met_at = excluded.met_at

-- name: remedies_of
SELECT version, seq, kind, amount_fen, paid_by, payer FROM remedy WHERE matter_id = $1 ORDER BY version, seq

-- name: remedy_insert
INSERT INTO remedy (matter_id, version, seq, kind, amount_fen, paid_by, payer)
VALUES ($1, $2, $3, $4, $5, $6, $7)

-- name: links_of
SELECT l.other_id, l.relation, m.number, m.kind, m.secret, m.status, m.title
FROM link l JOIN matter m ON m.id = l.other_id WHERE l.matter_id = $1 ORDER BY l.other_id

-- name: link_insert
INSERT INTO link (matter_id, other_id, relation) VALUES ($1, $2, $3)
ON CONFLICT DO NOTHING

-- name: text_insert
INSERT INTO text (record, version, class, salt, sealed) VALUES ($1, $2, $3, $4, $5)

-- name: text_get
SELECT class, sealed FROM text WHERE record = $1 AND version = $2

-- name: texts_of
SELECT version, class, sealed FROM text WHERE record = $1 ORDER BY version

-- name: person_put
INSERT INTO person (record, role, version, salt, sealed, phone_index, id_index)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (record, role) DO UPDATE SET version = excluded.version, salt = excluded.salt,
    sealed = excluded.sealed, phone_index = excluded.phone_index, id_index = excluded.id_index

-- name: person_get
SELECT sealed FROM person WHERE record = $1 AND role = $2

-- name: reporter_put
INSERT INTO reporter (matter_id, version, salt, sealed, phone_index) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (matter_id) DO UPDATE SET version = excluded.version, salt = excluded.salt,
    sealed = excluded.sealed, phone_index = excluded.phone_index

-- name: reporter_get
SELECT sealed FROM reporter WHERE matter_id = $1

-- name: events_of
SELECT id, version, act, actor_kind, actor, on_behalf_of, at, recorded_at, body, hash
FROM event WHERE kind = $1 AND record = $2 ORDER BY version

-- name: matter_ids_after
SELECT id FROM matter WHERE id > $1 ORDER BY id LIMIT $2

-- name: event_records_after
SELECT DISTINCT record FROM event WHERE kind = $1 AND record > $2 ORDER BY record LIMIT $3

-- name: idempotency_get
SELECT body_hash, result FROM idempotency WHERE principal = $1 AND route = $2 AND key = $3

-- name: idempotency_insert
INSERT INTO idempotency (principal, route, key, body_hash, created_at, result, mac)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT DO NOTHING

-- name: idempotency_expire
DELETE FROM idempotency WHERE created_at < $1

-- name: access_insert
INSERT INTO access (at, officer_id, matter_id, what, reason, mac) VALUES ($1, $2, $3, $4, $5, $6)

-- Of the bodies whose path lies in $3 … $4; of all where $3 is empty. What was taken out as a whole
-- has no matter and counts as of the officer's body.
-- name: access_newest
SELECT a.id, a.at, a.officer_id, a.matter_id, a.what, a.reason, o.display,
    coalesce(m.number, w.system || ' ' || w.number, e.number), e.register
FROM access a LEFT JOIN officer o ON o.id = a.officer_id LEFT JOIN matter m ON m.id = a.matter_id
    LEFT JOIN work_order w ON w.id = a.matter_id LEFT JOIN entry e ON e.id = a.matter_id
WHERE a.id < $1 AND ($3 = '' OR CASE WHEN a.matter_id = 0 THEN o.body ELSE coalesce(m.body, w.body, e.body) END
                       IN (SELECT code FROM body WHERE path >= $3 AND path < $4))
ORDER BY a.id DESC LIMIT $2

-- name: access_of_matter
SELECT a.id, a.at, a.officer_id, a.matter_id, a.what, a.reason, o.display,
    coalesce(m.number, w.system || ' ' || w.number, e.number), e.register
FROM access a LEFT JOIN officer o ON o.id = a.officer_id LEFT JOIN matter m ON m.id = a.matter_id
    LEFT JOIN work_order w ON w.id = a.matter_id LEFT JOIN entry e ON e.id = a.matter_id
WHERE a.matter_id = $5 AND a.id < $1
  AND ($3 = '' OR coalesce(m.body, w.body, e.body) IN (SELECT code FROM body WHERE path >= $3 AND path < $4))
ORDER BY a.id DESC LIMIT $2

-- name: person_matters_by_phone
SELECT m.id FROM person p JOIN matter m ON m.id = p.record
WHERE p.phone_index = $1 ORDER BY p.record DESC LIMIT $2

-- name: person_matters_count
SELECT m.kind, count(*) FROM person p JOIN matter m ON m.id = p.record
WHERE p.phone_index = $1 GROUP BY m.kind

-- name: business_matters
SELECT id FROM matter WHERE respondent_key = $1 ORDER BY received_at DESC LIMIT $2

-- name: business_counts
SELECT count(*), coalesce(sum(outcome = 'settled'), 0), coalesce(sum(open), 0)
FROM matter WHERE respondent_key = $1

-- name: imported_get
SELECT matter_id FROM imported WHERE source = $1 AND key = $2

-- name: imported_insert
INSERT INTO imported (source, key, matter_id, mac) VALUES ($1, $2, $3, $4)
ON CONFLICT DO NOTHING

-- name: tally_all
SELECT measure, dimension, grain, period, body, value, n, sum FROM tally

-- name: links_from
SELECT other_id, relation FROM link WHERE matter_id = $1 ORDER BY other_id, relation

-- name: matter_rows_without_events
SELECT m.id FROM matter m WHERE NOT EXISTS
    (SELECT 1 FROM event e WHERE e.kind = 'matter' AND e.record = m.id)

-- name: person_indexes
SELECT role, phone_index, id_index FROM person WHERE record = $1

-- name: reporter_index
SELECT 'reporter', phone_index, NULL FROM reporter WHERE matter_id = $1
