-- A search among the matters of one state walks them from the newest down.
CREATE INDEX matter_status_id ON matter (status, id) INCLUDE (secret, body);
