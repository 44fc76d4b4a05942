-- The first schema. Columns hold integers, text or bytes; instants are ms UTC, dates days since
-- 1970-01-01, money fen. event is the truth; tables marked "projection" are folded from it.

-- Trace of every act, append only. The hash covers the exact body bytes and the predecessor's hash.
CREATE TABLE event (
    id INTEGER PRIMARY KEY,          -- dense, given by the writer
    kind TEXT NOT NULL,              -- matter, body, officer, setting …
    record INTEGER NOT NULL,
    version INTEGER NOT NULL,        -- 1, 2, 3 … within (kind, record)
    act TEXT NOT NULL,
    actor_kind TEXT NOT NULL,        -- officer, party, public, system
    actor INTEGER NOT NULL,          -- officer id, 0 for the others
    on_behalf_of INTEGER NOT NULL,
    at INTEGER NOT NULL,             -- when it happened
    recorded_at INTEGER NOT NULL,    -- when it was recorded
    body BLOB NOT NULL,              -- JSON, exact bytes
    hash BLOB NOT NULL,
    UNIQUE (kind, record, version)
);

-- How many events there are and the sum of their hashes modulo 2^256, kept by the writer.
CREATE TABLE ledger (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    events INTEGER NOT NULL,
    last_event INTEGER NOT NULL,
    digest BLOB NOT NULL,            -- 32 bytes, little endian
    mac BLOB NOT NULL                -- keyed checksum of the three before
);

-- Projection: one row per enquiry, complaint or report.
CREATE TABLE matter (
    id INTEGER PRIMARY KEY,          -- receipt month << 28 | sequence
    number TEXT NOT NULL,            -- printed form of id
    kind TEXT NOT NULL,              -- complaint, report, enquiry
    version INTEGER NOT NULL,        -- of its last event
    head BLOB NOT NULL,              -- hash of its last event
    status TEXT NOT NULL,            -- state of the rule pack
    open INTEGER NOT NULL,           -- 1 until a final state
    secret INTEGER NOT NULL,         -- 1: seen only by those who work on this report
    body TEXT NOT NULL,              -- code of the responsible body
    officer INTEGER,                 -- who handles it
    first_officer INTEGER,           -- first asked (首问)
    registered_by INTEGER NOT NULL,  -- officer id, 0: the public
    channel TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    registered_at INTEGER NOT NULL,
    ended_at INTEGER,                -- when the outcome was decided; NULL before and after a reopening
    category TEXT,
    problem TEXT,
    amount_fen INTEGER NOT NULL,
    recovered_fen INTEGER NOT NULL,
    respondent TEXT,                 -- business as told; NULL for reports (sealed)
    respondent_key TEXT,             -- folded name, for matters against the same business
    title TEXT,                      -- first words of the masked facts; NULL for reports
    waiting_for TEXT NOT NULL,       -- unit, officer, consumer, business, tester, leader, nobody
    waiting_since INTEGER NOT NULL,
    next_rule TEXT,                  -- running deadline that ends first
    next_due INTEGER,                -- its date
    paused INTEGER NOT NULL,         -- 1 while the clock stands
    outcome TEXT,                    -- settled, refused, terminated, withdrawn, answered, filed, not_filed, no_power
    ground TEXT,                     -- NA1 …, T1 … of a refusal or termination
    told TEXT,                       -- decision on acceptance told: on_time, late; NULL not yet
    rating INTEGER,                  -- 1..5 by the consumer
    pin_generation INTEGER NOT NULL,
    pack TEXT,                       -- rule pack; NULL: received before any pack here
    pack_revision INTEGER,
    detail TEXT NOT NULL             -- JSON: the rest of the state, no text that a person wrote
);
CREATE INDEX matter_open_due ON matter (next_due, id) WHERE open = 1;
CREATE INDEX matter_body_due ON matter (body, next_due, id) WHERE open = 1;
CREATE INDEX matter_officer ON matter (officer, next_due, id) WHERE open = 1 AND officer IS NOT NULL;
CREATE INDEX matter_body_received ON matter (body, received_at, id);
CREATE INDEX matter_received ON matter (received_at, id);
CREATE INDEX matter_business ON matter (respondent_key, received_at) WHERE respondent_key IS NOT NULL;
CREATE INDEX matter_category ON matter (category, received_at) WHERE category IS NOT NULL;

-- Projection: clocks. Old ones stay when a matter is reopened (seq counts).
CREATE TABLE deadline (
    matter_id INTEGER NOT NULL,
    rule TEXT NOT NULL,              -- id in the rule pack: D1, D2 …
    seq INTEGER NOT NULL,
    state TEXT NOT NULL,             -- running, paused, met, missed, cancelled
    start INTEGER NOT NULL,          -- civil date, itself not counted
    due_raw INTEGER NOT NULL,        -- before rolling over days off
    due INTEGER NOT NULL,
    extensions INTEGER NOT NULL,
    paused_days INTEGER NOT NULL,
    provisional INTEGER NOT NULL,    -- 1: reaches into a year without a published calendar
    met_at INTEGER,
    PRIMARY KEY (matter_id, rule, seq)
) WITHOUT ROWID;

-- Projection: what a settlement gives.
CREATE TABLE remedy (
    matter_id INTEGER NOT NULL,
    version INTEGER NOT NULL,        -- of the settling event
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL,
    amount_fen INTEGER NOT NULL,
    paid_by TEXT,
    PRIMARY KEY (matter_id, version, seq)
) WITHOUT ROWID;

-- Projection: matters that belong together, one row per direction.
CREATE TABLE link (
    matter_id INTEGER NOT NULL,
    other_id INTEGER NOT NULL,
    relation TEXT NOT NULL,          -- split_from, split_to, same_facts, related
    PRIMARY KEY (matter_id, other_id, relation)
) WITHOUT ROWID;

-- Sealed texts of one event: facts, reasons, notes. The event keeps the commitment.
CREATE TABLE text (
    matter_id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    class TEXT NOT NULL,             -- text or report: which key
    salt BLOB NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (matter_id, version)
) WITHOUT ROWID;

-- Sealed persons of complaints and enquiries.
CREATE TABLE person (
    matter_id INTEGER NOT NULL,
    role TEXT NOT NULL,              -- consumer, proxy
    version INTEGER NOT NULL,        -- of the event that holds the commitment
    salt BLOB NOT NULL,
    sealed BLOB NOT NULL,
    phone_index BLOB,                -- keyed, for the same person's matters
    id_index BLOB,
    PRIMARY KEY (matter_id, role)
);
CREATE INDEX person_phone ON person (phone_index) WHERE phone_index IS NOT NULL;
CREATE INDEX person_id ON person (id_index) WHERE id_index IS NOT NULL;

-- Sealed reporters: a table, a key and an index key of their own.
CREATE TABLE reporter (
    matter_id INTEGER PRIMARY KEY,
    version INTEGER NOT NULL,
    salt BLOB NOT NULL,
    sealed BLOB NOT NULL,
    phone_index BLOB
);

-- Sealed files; the SHA-256 of the plain bytes stands in the event alone.
CREATE TABLE blob (
    name TEXT PRIMARY KEY,
    matter_id INTEGER NOT NULL,
    size INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    mac BLOB NOT NULL
) WITHOUT ROWID;

-- Counts and sums by month (and by day for totals per kind), moved by every act.
CREATE TABLE tally (
    measure TEXT NOT NULL,
    dimension TEXT NOT NULL,
    grain TEXT NOT NULL,             -- m month, d day
    period INTEGER NOT NULL,         -- month index since 2000-01, or civil date
    body TEXT NOT NULL,
    value TEXT NOT NULL,
    n INTEGER NOT NULL,
    sum INTEGER NOT NULL,
    PRIMARY KEY (measure, dimension, grain, period, body, value)
) WITHOUT ROWID;

-- Work for jobs, left by acts in the same transaction.
CREATE TABLE queue (
    id INTEGER PRIMARY KEY,
    job TEXT NOT NULL,
    record INTEGER NOT NULL,
    not_before INTEGER NOT NULL,
    queued_at INTEGER NOT NULL,
    mac BLOB NOT NULL                -- keyed checksum of the columns before, without id
);
CREATE INDEX queue_job ON queue (job, not_before, id);

-- Answers to requests that may be sent again, kept seven days.
CREATE TABLE idempotency (
    principal TEXT NOT NULL,         -- officer id, or public
    route TEXT NOT NULL,
    key TEXT NOT NULL,
    body_hash BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    result TEXT NOT NULL,            -- JSON: ids only, the answer is made again from them
    mac BLOB NOT NULL,
    PRIMARY KEY (principal, route, key)
) WITHOUT ROWID;
CREATE INDEX idempotency_created ON idempotency (created_at);

-- Projection: the tree of bodies.
CREATE TABLE body (
    id INTEGER PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    parent TEXT,                     -- code
    path TEXT NOT NULL UNIQUE,       -- /420202/42020201/
    kind TEXT NOT NULL,              -- bureau, branch, station
    name_zh TEXT NOT NULL,
    name_en TEXT NOT NULL,
    division TEXT,                   -- six-digit code
    streets TEXT NOT NULL,           -- JSON list of nine-digit codes
    address TEXT,
    phone TEXT,
    valid_from INTEGER NOT NULL,
    valid_to INTEGER,
    successor TEXT,
    version INTEGER NOT NULL,
    head BLOB NOT NULL
);

-- Projection: staff. The password's hash is not part of an event.
CREATE TABLE officer (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,       -- for signing in
    display TEXT NOT NULL,
    body TEXT NOT NULL,
    roles INTEGER NOT NULL,          -- bits, rules/may.h
    valid_from INTEGER NOT NULL,
    valid_to INTEGER,                -- set when disabled
    successor INTEGER,
    version INTEGER NOT NULL,
    head BLOB NOT NULL
);

CREATE TABLE password (
    officer_id INTEGER PRIMARY KEY,
    hash TEXT NOT NULL,              -- argon2id
    changed_at INTEGER NOT NULL,
    mac BLOB NOT NULL
);

CREATE TABLE session (
    token BLOB PRIMARY KEY,          -- hash of the cookie
    officer_id INTEGER NOT NULL,
    csrf BLOB NOT NULL,              -- hash of the token sent back on writes
    created_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    address TEXT NOT NULL,
    mac BLOB NOT NULL
) WITHOUT ROWID;

-- Who looked at what. Append only, kept at least six months.
CREATE TABLE access (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    officer_id INTEGER NOT NULL,
    matter_id INTEGER NOT NULL,
    what TEXT NOT NULL,              -- read, reveal:consumer, reveal:reporter, list …
    reason TEXT,
    mac BLOB NOT NULL
);
CREATE INDEX access_matter ON access (matter_id, at);

-- Address aliases that lead to a body (imported).
CREATE TABLE alias (
    alias TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    confidence INTEGER NOT NULL,     -- thousandths
    support INTEGER NOT NULL,
    mac BLOB NOT NULL
) WITHOUT ROWID;

-- Rows already taken from a file: the same file twice adds nothing.
CREATE TABLE imported (
    source TEXT NOT NULL,
    key TEXT NOT NULL,
    matter_id INTEGER NOT NULL,
    mac BLOB NOT NULL,
    PRIMARY KEY (source, key)
) WITHOUT ROWID;

-- Rule packs and calendars in use, as they were.
CREATE TABLE revision (
    kind TEXT NOT NULL,              -- pack, calendar, indicator
    name TEXT NOT NULL,
    revision INTEGER NOT NULL,
    content TEXT NOT NULL,
    hash BLOB NOT NULL,
    used_at INTEGER NOT NULL,
    mac BLOB NOT NULL,
    PRIMARY KEY (kind, name, revision)
);

CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    mac BLOB NOT NULL
) WITHOUT ROWID;

-- Data keys, wrapped by the master key. Class "fixed" is the root of the keys that do not rotate.
CREATE TABLE key_epoch (
    class TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    wrapped BLOB NOT NULL,
    PRIMARY KEY (class, epoch)
) WITHOUT ROWID;
