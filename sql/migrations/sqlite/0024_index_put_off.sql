-- Secondary indexes that the filling of a new store dropped and has not made again yet.
CREATE TABLE index_put_off (name TEXT PRIMARY KEY, definition TEXT NOT NULL) WITHOUT ROWID;
