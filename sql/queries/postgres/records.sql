-- Businesses, figures, groups and visits, where PostgreSQL says it otherwise: JSON members.

-- name: business_by_words
SELECT b.id FROM idx.business b WHERE b.doc @@ $1::tsquery ORDER BY b.id LIMIT $2

-- name: business_merged_into
SELECT id, state FROM record WHERE kind = 'business' AND status = 'merged'
AND doc_int(state, 'into') = $1 ORDER BY id

-- name: facts_begin
SELECT m.kind, coalesce(m.outcome, ''), coalesce(m.ground, ''), coalesce(m.told, ''), m.open,
       m.id / 268435456, count(*), sum(m.amount_fen), sum(m.recovered_fen),
       sum(coalesce(doc_int(m.detail, 'performed'), 0)),
       sum(coalesce(doc_int(m.detail, 'consents', 'disclosure'), 0)),
       sum((coalesce(doc_text(m.detail, 'disclosure', 'state'), '') = 'disclosed')::int),
       sum((coalesce(doc_text(m.detail, 'disclosure', 'state'), '') = 'exempt')::int)

-- name: figure_facts_detail
, doc_text(m.detail, 'themes'), doc_int(m.detail, 'heads'),
  doc_int(m.detail, 'accepted_at'), doc_int(m.detail, 'told_at'),
  doc_text(m.detail, 'offer', 'state'), doc_int(m.detail, 'settlement', 'version'),
  doc_int(m.detail, 'from_complaint'),
  doc_text(m.detail, 'disclosure', 'state'), doc_int(m.detail, 'consents', 'disclosure'),
  (doc_text(m.detail, 'police') IS NOT NULL)::int, doc_int(m.detail, 'assigned_at')

-- name: groups_of_business
SELECT id FROM record WHERE kind = 'group' AND status IN ('open', 'decided')
AND doc_text(state, 'respondent_key') = $1 ORDER BY id DESC LIMIT 20

-- name: visit_rates
SELECT r.body, count(*),
       sum(doc_text(r.state, 'result') IS NOT NULL),
       sum(doc_text(r.state, 'result') = 'reached'),
       sum(doc_text(r.state, 'result') = 'no_answer'),
       sum(doc_text(r.state, 'result') = 'refused'),
       sum(doc_text(r.state, 'satisfaction') IS NOT NULL),
       sum(doc_int(r.state, 'satisfaction') >= $5),
       sum(doc_text(r.state, 'opinion') IS NOT NULL),
       sum(r.status = 'answered'),
       sum(r.status = 'dropped')
FROM record r JOIN body b ON b.code = r.body
WHERE r.kind = 'visit' AND r.day >= $3 AND r.day <= $4 AND b.path >= $1 AND b.path < $2
GROUP BY r.body ORDER BY min(b.path)

-- name: visit_count_opinions
SELECT count(*) FROM record r JOIN matter m ON m.id = doc_int(r.state, 'matter_id')
WHERE r.kind = 'visit' AND r.status = 'opinion' AND m.officer = $1

-- name: visit_opinions_of
SELECT r.id FROM record r JOIN matter m ON m.id = doc_int(r.state, 'matter_id')
WHERE r.kind = 'visit' AND r.status = 'opinion' AND m.officer = $1 ORDER BY r.day, r.id LIMIT $2
