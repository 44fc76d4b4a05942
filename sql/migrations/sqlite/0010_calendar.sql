-- Counting open clocks again after a calendar changed: how far it came, so that a restart goes on.
CREATE TABLE calendar_run (
    id INTEGER PRIMARY KEY,
    calendar TEXT NOT NULL,
    revision TEXT NOT NULL,          -- counted to
    position INTEGER NOT NULL,       -- last event when it began; matters touched since are looked at twice
    total INTEGER NOT NULL,          -- open clocks when it began
    done INTEGER NOT NULL,
    moved INTEGER NOT NULL,          -- clocks whose due date moved
    after INTEGER NOT NULL,          -- last matter looked at
    started_at INTEGER NOT NULL,
    finished_at INTEGER,             -- NULL while it goes on
    mac BLOB NOT NULL
);

-- What a run moved. Made again by no fold: it is the trace of a change, beside its event.
CREATE TABLE calendar_moved (
    run INTEGER NOT NULL,
    matter_id INTEGER NOT NULL,
    rule TEXT NOT NULL,
    seq INTEGER NOT NULL,
    old_raw INTEGER NOT NULL,        -- civil dates
    old_due INTEGER NOT NULL,
    new_raw INTEGER NOT NULL,
    new_due INTEGER NOT NULL,
    mac BLOB NOT NULL,
    PRIMARY KEY (run, matter_id, rule, seq)
);
