-- What `verify` reads. Rows with a checksum: record to name, the covered columns in their order,
-- the checksum last.

-- name: verify_event
SELECT id, kind, record, version, act, actor_kind, actor, on_behalf_of, at, recorded_at, body, hash
FROM event ORDER BY kind, record, version

-- name: verify_event_ids
SELECT id FROM event ORDER BY id

-- name: verify_head_matter
SELECT id, version, head FROM matter ORDER BY id

-- name: verify_head_body
SELECT id, version, head FROM body ORDER BY id

-- name: verify_head_officer
SELECT id, version, head FROM officer ORDER BY id

-- name: verify_text
SELECT record, version, class, salt, sealed FROM text ORDER BY record, version

-- name: verify_person
SELECT record, version, role, salt, sealed FROM person ORDER BY record, version, role

-- name: verify_reporter
SELECT matter_id, version, 'reporter', salt, sealed FROM reporter ORDER BY matter_id

-- name: verify_head_record
SELECT id, version, head, kind FROM record ORDER BY kind, id

-- Of a matter, or of the record with that id.
-- name: verify_event_body
SELECT body FROM event
WHERE kind = coalesce((SELECT kind FROM record WHERE id = $1), 'matter') AND record = $1 AND version = $2

-- name: verify_mac_blob
SELECT matter_id, name, matter_id, size, created_at, mac FROM blob

-- name: verify_mac_queue
SELECT id, job, record, not_before, queued_at, mac FROM queue

-- name: verify_mac_idempotency
SELECT 0, principal, route, key, body_hash, created_at, result, mac FROM idempotency

-- name: verify_mac_password
SELECT officer_id, officer_id, hash, changed_at, mac FROM password

-- name: verify_mac_session
SELECT officer_id, token, officer_id, csrf, created_at, seen_at, expires_at, address, mac
FROM session

-- name: verify_mac_access
SELECT id, at, officer_id, matter_id, what, reason, mac FROM access

-- name: verify_mac_alias
SELECT 0, alias, body, confidence, support, mac FROM alias

-- name: verify_mac_imported
SELECT matter_id, source, key, matter_id, mac FROM imported

-- name: verify_mac_revision
SELECT revision, kind, name, revision, content, hash, used_at, mac FROM revision

-- name: verify_mac_setting
SELECT 0, name, value, mac FROM setting

-- name: verify_mac_calendar_run
SELECT id, id, calendar, revision, position, total, done, moved, after, started_at, finished_at, mac
FROM calendar_run

-- name: verify_mac_calendar_moved
SELECT matter_id, run, matter_id, rule, seq, old_raw, old_due, new_raw, new_due, mac FROM calendar_moved
