-- Counts of a list by one or two columns (insight/cross.c) and the filters its cells need beyond
-- those of lists.sql. Joined as there: select, a column, a column, driver, filters, scope.

-- ---- filters ----

-- name: list_if_no_officer
AND m.officer IS NULL

-- name: list_if_category_alone
AND m.category = $1

-- name: list_if_no_category
AND m.category IS NULL

-- name: list_if_problem_alone
AND m.problem = $1

-- name: list_if_no_problem
AND m.problem IS NULL

-- name: list_if_no_business
AND m.business IS NULL

-- name: list_if_no_outcome
AND m.outcome IS NULL

-- The text is looked through first: most matters do not have the theme, and reading JSON costs more.
-- name: list_if_theme
AND instr(m.detail, '"' || $1 || '"') > 0
AND EXISTS (SELECT 1 FROM json_each(m.detail, '$.themes') t WHERE t.value = $1)

-- name: list_if_no_theme
AND coalesce(json_extract(m.detail, '$.themes'), '[]') = '[]'

-- ---- columns ----

-- name: cross_select
SELECT

-- name: cross_and
,

-- name: cross_nothing
''

-- name: cross_kind
m.kind

-- name: cross_status
m.status

-- name: cross_waiting_for
m.waiting_for

-- name: cross_body
m.body

-- name: cross_officer
coalesce(CAST(m.officer AS TEXT), '')

-- name: cross_channel
m.channel

-- name: cross_category
coalesce(m.category, '')

-- name: cross_problem
coalesce(m.problem, '')

-- name: cross_business
coalesce(CAST(m.business AS TEXT), '')

-- name: cross_outcome
coalesce(m.outcome, '')

-- The list of codes as JSON.
-- name: cross_theme
coalesce(json_extract(m.detail, '$.themes'), '')

-- Days since 1970 in the installation's zone; $1 is its offset in ms.
-- name: cross_day
CAST((m.received_at + $1) / 86400000 AS TEXT)

-- name: cross_due
CASE WHEN m.open = 0 THEN 'ended' WHEN m.paused <> 0 THEN 'paused'
     WHEN m.next_due IS NULL OR m.next_due > $2 THEN 'later' WHEN m.next_due < $1 THEN 'late'
     WHEN m.next_due = $1 THEN 'today' ELSE 'soon' END

-- Of open ones: the index of what is due has all of this, whether one is open it does not have.
-- name: cross_due_open
CASE WHEN m.paused <> 0 THEN 'paused' WHEN m.next_due IS NULL OR m.next_due > $2 THEN 'later'
     WHEN m.next_due < $1 THEN 'late' WHEN m.next_due = $1 THEN 'today' ELSE 'soon' END

-- name: cross_bodies
SELECT code, path FROM body ORDER BY path

-- ---- matters kept in memory for counts (insight/kept_matters.h): numbers, then texts in the order of enum kept_text ----

-- Themes (cross_theme) and the mark are looked for in the text first: most matters have neither, and reading JSON costs more.
-- name: kept_begin
SELECT m.id, m.received_at, m.open, m.secret, m.officer, m.registered_by, m.business,
       m.kind, m.body, m.status, m.waiting_for, m.channel, coalesce(m.category, ''), coalesce(m.problem, ''),
       coalesce(m.outcome, ''), CASE WHEN m.detail LIKE '%"themes"%' THEN

-- name: kept_assigned
ELSE '' END, CASE WHEN m.detail LIKE '%"assigned"%' THEN coalesce(json_extract(m.detail, '$.assigned'), 0) ELSE 0 END

-- name: kept_from
FROM matter m

-- name: kept_from_id
FROM matter m WHERE m.id = $1

-- The matters that events behind one touched: read from there, not by an index of all events of matters.
-- name: kept_changed
SELECT DISTINCT record FROM event NOT INDEXED WHERE id > $1 AND kind = 'matter'

-- ---- states of matters kept in memory for searches (insight/kept_states.h) ----

-- name: states_all
SELECT m.id, m.status FROM matter m INDEXED BY matter_status WHERE m.status >= ''

-- name: states_changed
SELECT e.record, m.status FROM (SELECT DISTINCT record FROM event NOT INDEXED WHERE id > $1 AND kind = 'matter') e
LEFT JOIN matter m ON m.id = e.record
