-- Bodies, officers, passwords, sessions, settings, aliases.

-- name: bodies_all
SELECT id, code, parent, path, kind, name_zh, name_en, division, streets, address, phone, valid_from,
       valid_to, version, head
FROM body ORDER BY path

-- name: body_insert
INSERT INTO body (id, code, parent, path, kind, name_zh, name_en, division, streets, address, phone,
                  valid_from, valid_to, successor, version, head)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, NULL, NULL, 1, $13)

-- name: body_end
UPDATE body SET valid_to = $3, successor = $4, version = $5, head = $6 WHERE id = $1 AND version = $2

-- name: body_version
SELECT id, version, head FROM body WHERE code = $1

-- name: body_next_id
SELECT coalesce(max(id), 0) + 1 FROM body

-- name: officer_insert
INSERT INTO officer (id, name, display, body, roles, valid_from, valid_to, successor, version, head)
VALUES ($1, $2, $3, $4, $5, $6, NULL, NULL, 1, $7)

-- name: officer_next_id
SELECT coalesce(max(id), 0) + 1 FROM officer

-- name: officer_end
UPDATE officer SET valid_to = $3, successor = $4, version = $5, head = $6 WHERE id = $1 AND version = $2

-- name: officer_by_id
SELECT id, name, display, body, roles, valid_to, version, head FROM officer WHERE id = $1

-- name: officer_by_name
SELECT id, name, display, body, roles, valid_to, version, head FROM officer WHERE name = $1

-- Open matters are counted in the bodies whose path lies in $3 … $4, reports only where $5 is 1.
-- name: officers_within
SELECT o.id, o.name, o.display, o.body, o.roles, o.valid_to,
       (SELECT count(*) FROM matter m WHERE m.officer = o.id AND m.open = 1 AND m.secret <= $5
        AND m.body IN (SELECT code FROM body WHERE path >= $3 AND path < $4))
FROM officer o JOIN body b ON b.code = o.body
WHERE b.path >= $1 AND b.path < $2 AND o.valid_to IS NULL ORDER BY b.path, o.id

-- name: password_put
INSERT INTO password (officer_id, hash, changed_at, mac) VALUES ($1, $2, $3, $4)
ON CONFLICT (officer_id) DO UPDATE SET hash = excluded.hash, changed_at = excluded.changed_at,
    mac = excluded.mac

-- name: password_get
SELECT hash FROM password WHERE officer_id = $1

-- name: session_insert
INSERT INTO session (token, officer_id, csrf, created_at, seen_at, expires_at, address, mac)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)

-- name: session_get
SELECT s.created_at, s.seen_at, s.expires_at, s.address,
       o.id, o.name, o.display, o.body, o.roles, o.valid_to, o.version, o.head
FROM session s JOIN officer o ON o.id = s.officer_id WHERE s.token = $1

-- name: session_seen
UPDATE session SET seen_at = $5, mac = $8
WHERE token = $1 AND officer_id = $2 AND csrf = $3 AND created_at = $4 AND expires_at = $6
      AND address = $7

-- name: session_delete
DELETE FROM session WHERE token = $1

-- name: session_delete_officer
DELETE FROM session WHERE officer_id = $1

-- name: session_expire
DELETE FROM session WHERE expires_at < $1 OR seen_at < $2

-- name: setting_all
SELECT name, value FROM setting ORDER BY name

-- name: setting_put
INSERT INTO setting (name, value, mac) VALUES ($1, $2, $3)
ON CONFLICT (name) DO UPDATE SET value = excluded.value, mac = excluded.mac

-- name: alias_all
SELECT alias, body, confidence, support FROM alias ORDER BY alias

-- name: alias_put
INSERT INTO alias (alias, body, confidence, support, mac) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (alias) DO UPDATE SET body = excluded.body, confidence = excluded.confidence,
    support = excluded.support, mac = excluded.mac

-- name: revision_put
INSERT INTO revision (kind, name, revision, content, hash, used_at, mac)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT DO NOTHING

-- name: officers_all
SELECT id, name, display, body, roles, valid_from, valid_to, version, head FROM officer ORDER BY id

-- Changes when what a setup is made from does (work/setup.h).
-- name: setup_mark
SELECT (SELECT coalesce(sum(version), 0) FROM body) * 1000000
    + (SELECT count(*) FROM revision) * 1000 + (SELECT count(*) FROM alias)

-- name: staff_events
SELECT record, version, act, body, hash FROM event WHERE kind = $1 ORDER BY record, version
