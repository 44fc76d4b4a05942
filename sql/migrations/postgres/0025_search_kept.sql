-- Daemons keep in memory which documents have some words, and follow what is written (insight/kept_hits.h): each document says by which
-- transaction. Whoever asks for those at or behind the oldest transaction that was under way in the view before misses none.
ALTER TABLE idx.word ADD COLUMN at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE idx.word ALTER COLUMN at SET DEFAULT pg_current_xact_id()::text::bigint;
CREATE FUNCTION idx.word_written() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    NEW.at := pg_current_xact_id()::text::bigint;
    RETURN NEW;
END $$;
CREATE TRIGGER word_written BEFORE UPDATE ON idx.word FOR EACH ROW EXECUTE FUNCTION idx.word_written();
CREATE INDEX word_at ON idx.word (at);
-- Documents that are taken away leave no row that says so; this happens when the index is made anew, and to few besides. Then all is
-- read again.
CREATE FUNCTION idx.word_gone() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO idx.meta (name, value) SELECT 'word_gone', pg_current_xact_id()::text::bigint WHERE EXISTS (SELECT 1 FROM gone)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value;
    RETURN NULL;
END $$;
CREATE TRIGGER word_gone AFTER DELETE ON idx.word REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION idx.word_gone();
CREATE FUNCTION idx.word_cleared() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO idx.meta (name, value) SELECT 'word_gone', pg_current_xact_id()::text::bigint
    ON CONFLICT (name) DO UPDATE SET value = excluded.value;
    RETURN NULL;
END $$;
CREATE TRIGGER word_cleared AFTER TRUNCATE ON idx.word FOR EACH STATEMENT EXECUTE FUNCTION idx.word_cleared();
-- The documents of a query by 4,096 ids, two bytes each; always by the index of words.
CREATE FUNCTION idx.places(query TSQUERY) RETURNS TABLE (block BIGINT, places BYTEA) LANGUAGE plpgsql STABLE
    SET enable_seqscan = off SET enable_indexscan = off SET enable_indexonlyscan = off AS $$
BEGIN
    RETURN QUERY SELECT w.id >> 12, string_agg(int2send((w.id & 4095)::int2), ''::bytea) FROM idx.word w WHERE w.doc @@ query GROUP BY 1;
END $$;
