-- Evidence: what the virus scanner said.

-- name: scan_put
INSERT INTO scan (name, matter_id, state, engine, found, at, mac) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (name) DO UPDATE SET state = excluded.state, engine = excluded.engine,
    found = excluded.found, at = excluded.at, mac = excluded.mac

-- name: scan_get
SELECT state, found, at FROM scan WHERE name = $1

-- name: scan_waiting
SELECT name, matter_id FROM scan WHERE state = 'waiting' ORDER BY at LIMIT $1

-- name: scan_older
SELECT s.name, s.matter_id FROM scan s JOIN blob b ON b.name = s.name
WHERE s.state IN ('clean', 'infected') AND s.at < $1 AND s.engine <> $2 AND b.created_at >= $3
ORDER BY s.at LIMIT $4

-- name: scan_lag
SELECT min(b.created_at) FROM scan s JOIN blob b ON b.name = s.name WHERE s.state = 'waiting'

-- name: verify_mac_scan
SELECT 0, name, matter_id, state, engine, found, at, mac FROM scan
