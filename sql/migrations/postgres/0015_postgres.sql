-- Events lie in partitions by range of the record id, which carries its time: one per year for matters
-- (month of receipt << 28), one per year for other records (ms << 10). What fits into none of them
-- (bodies, officers, matters of long ago) lies in event_rest.
CREATE TABLE event_rest (LIKE event);
INSERT INTO event_rest SELECT * FROM event;
DROP TABLE event;
CREATE TABLE event (
    LIKE event_rest,
    PRIMARY KEY (id, record),        -- id alone is unique by the way it is made (event_id)
    UNIQUE (kind, record, version)
) PARTITION BY RANGE (record);
CREATE INDEX event_at ON event (at, record) WHERE kind = 'matter';
ALTER TABLE event ATTACH PARTITION event_rest DEFAULT;

-- Makes the partitions of these years that are missing and tells how many it made. Rows that lie in
-- event_rest already move; then readers wait.
CREATE FUNCTION event_partitions(first_year BIGINT, last_year BIGINT) RETURNS BIGINT LANGUAGE plpgsql AS $$
DECLARE
    part RECORD;
    waiting BOOLEAN;
    made BIGINT := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(4202026, 3);
    FOR part IN
        SELECT 'event_matter_' || y AS name, ((y - 2000) * 12) << 28 AS low, ((y - 1999) * 12) << 28 AS high
        FROM generate_series(first_year, last_year) y
        UNION ALL
        SELECT 'event_record_' || y, (extract(epoch FROM make_date(y::int, 1, 1))::bigint * 1000) << 10,
               (extract(epoch FROM make_date(y::int + 1, 1, 1))::bigint * 1000) << 10
        FROM generate_series(first_year, last_year) y
    LOOP
        CONTINUE WHEN to_regclass(part.name) IS NOT NULL;
        SELECT EXISTS (SELECT 1 FROM event_rest WHERE record >= part.low AND record < part.high) INTO waiting;
        IF waiting THEN
            LOCK TABLE event IN ACCESS EXCLUSIVE MODE;
        END IF;
        EXECUTE format('CREATE TABLE %I (LIKE event INCLUDING STORAGE)', part.name);
        EXECUTE format('WITH moved AS (DELETE FROM event_rest WHERE record >= %s AND record < %s RETURNING *) '
                       'INSERT INTO %I SELECT * FROM moved', part.low, part.high, part.name);
        EXECUTE format('ALTER TABLE event ATTACH PARTITION %I FOR VALUES FROM (%s) TO (%s)',
                       part.name, part.low, part.high);
        made := made + 1;
    END LOOP;
    RETURN made;
END $$;

-- The last event that no event can come in front of any more. Every view asks for it, so its plan is kept.
CREATE FUNCTION event_position() RETURNS BIGINT LANGUAGE plpgsql STABLE AS $$
DECLARE
    cut CONSTANT BIGINT := event_cut();
BEGIN
    RETURN coalesce((SELECT max(id) FROM event WHERE id < cut), 0);
END $$;

SELECT event_partitions(2024, extract(year FROM now())::bigint + 1);

-- Hits by the index of words, newest first. The planner takes a walk over the table for it when it
-- guesses wrong, so the ways around the index are closed.
CREATE FUNCTION idx.hits(query TSQUERY, below BIGINT) RETURNS SETOF BIGINT LANGUAGE plpgsql STABLE
    SET enable_seqscan = off SET enable_indexscan = off SET enable_indexonlyscan = off AS $$
BEGIN
    RETURN QUERY SELECT w.id FROM idx.word w WHERE w.doc @@ query AND w.id + 0 < below ORDER BY w.id DESC;
END $$;
-- What was added lately lies beside the index, and every search reads it through.
ALTER INDEX idx.word_doc SET (gin_pending_list_limit = 256);
ALTER INDEX idx.business_doc SET (gin_pending_list_limit = 256);
