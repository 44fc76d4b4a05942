-- Groups of matters.

-- name: group_size
SELECT count(*) FROM matter INDEXED BY matter_group WHERE group_id = $1

-- name: group_matters
SELECT id FROM matter INDEXED BY matter_group WHERE group_id = $1 ORDER BY id LIMIT $2

-- name: group_candidates_clear
DELETE FROM group_candidate WHERE group_id = $1

-- name: group_candidate_insert
INSERT INTO group_candidate (matter_id, group_id) VALUES ($1, $2)

-- name: group_candidates_of
SELECT matter_id FROM group_candidate WHERE group_id = $1 ORDER BY matter_id

-- The groups that name a matter, and how they stand.
-- name: group_candidacies
SELECT c.group_id, r.status FROM group_candidate c JOIN record r ON r.id = c.group_id
WHERE c.matter_id = $1 ORDER BY c.group_id

-- A group must still take members when a matter joins it.
-- name: group_of_matter
SELECT group_id FROM matter WHERE id = $1

-- name: group_events_after
SELECT id, record FROM event NOT INDEXED WHERE id > $1 AND kind = 'matter' ORDER BY id LIMIT $2

-- name: group_last_event
SELECT coalesce(max(id), 0) FROM event

-- name: group_matter_key
SELECT respondent_key FROM matter
WHERE id = $1 AND kind = 'complaint' AND secret = 0 AND open = 1 AND respondent_key IS NOT NULL

-- Complaints against one business that are open, or belong to a group, received at most $3 ms before the newest that was
-- told of it; the newest first.
-- name: group_matters_of_business
SELECT id, received_at, body, coalesce(group_id, 0), category, respondent FROM matter INDEXED BY matter_business
WHERE respondent_key = $1 AND received_at >= (SELECT max(received_at) FROM matter WHERE respondent_key = $1) - $3
AND kind = 'complaint' AND secret = 0 AND (open = 1 OR group_id IS NOT NULL)
ORDER BY received_at DESC LIMIT $2

-- Open groups against one business.
-- name: groups_of_business
SELECT id FROM record WHERE kind = 'group' AND status IN ('open', 'decided')
AND json_extract(state, '$.respondent_key') = $1 ORDER BY id DESC LIMIT 20

-- name: matter_respondent_key
SELECT respondent_key FROM matter WHERE id = $1
