-- Sealed files, in parts, so that daemons share nothing but the database. They are written before the
-- row of `blob` that makes them known; without one they are swept.
CREATE TABLE blob_part (
    name TEXT COLLATE "C" NOT NULL,
    part BIGINT NOT NULL,            -- 0, 1, 2 …
    written_at BIGINT NOT NULL,
    bytes BYTEA NOT NULL,
    PRIMARY KEY (name, part)
);
-- They are sealed, so compressing would gain nothing.
ALTER TABLE blob_part ALTER COLUMN bytes SET STORAGE EXTERNAL;
