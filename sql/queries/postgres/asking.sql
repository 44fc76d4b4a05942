-- What SQLite says of JSON, for matters kept in memory (../asking.sql).

-- name: kept_assigned
ELSE '' END, coalesce(doc_int(m.detail, 'assigned'), 0)
