-- Registers: projection of records of kind "entry", from their state and the register's definition.
CREATE TABLE entry (
    id INTEGER PRIMARY KEY,          -- of the record
    register TEXT NOT NULL,          -- id of the definition (packs/registers)
    year INTEGER NOT NULL,           -- numbered without gaps per register and year
    n INTEGER NOT NULL,
    number TEXT NOT NULL,            -- as printed
    status TEXT NOT NULL,
    open INTEGER NOT NULL,           -- 1: work is still to do
    body TEXT NOT NULL,
    secret INTEGER NOT NULL,         -- 1: a register whose parties are secret
    officer INTEGER,                 -- whom its first field of an officer names
    registered_by INTEGER NOT NULL,
    day INTEGER NOT NULL,            -- by which it counts, civil date
    due INTEGER NOT NULL,            -- the first of its clocks; 2147483647: none runs
    code TEXT,                       -- of its public page
    shown INTEGER NOT NULL,          -- 1: it stands in a public state
    UNIQUE (register, year, n),
    UNIQUE (register, number)
);
CREATE INDEX entry_day ON entry (register, day, id);
CREATE INDEX entry_body ON entry (register, body, day, id);
CREATE INDEX entry_body_status ON entry (register, body, status, day, id);
CREATE INDEX entry_body_open ON entry (register, body, open, day, id);
CREATE INDEX entry_status ON entry (register, status, day, id);
CREATE INDEX entry_open ON entry (register, open, day, id);
CREATE INDEX entry_due ON entry (register, due, id);
CREATE UNIQUE INDEX entry_code ON entry (code) WHERE code IS NOT NULL;
CREATE INDEX entry_shown ON entry (register, day, id) WHERE shown = 1;

-- What an entry is found by: values of filters ("result"), words ("?"), the measures that count it
-- ("#batches", and "#batches.category" with the value), the frequencies it counts for ("~patrol"
-- with the place).
CREATE TABLE entry_value (
    register TEXT NOT NULL,
    field TEXT NOT NULL,
    value TEXT NOT NULL,
    day INTEGER NOT NULL,
    id INTEGER NOT NULL,
    sum INTEGER NOT NULL,            -- what it adds to a measure, in 1/10,000; else 0
    PRIMARY KEY (register, field, value, day, id)
) WITHOUT ROWID;

CREATE TABLE entry_link (
    id INTEGER NOT NULL,             -- the entry that links
    field TEXT NOT NULL,
    kind TEXT NOT NULL,              -- matter, business, case, entry
    other INTEGER NOT NULL,
    PRIMARY KEY (id, field, kind, other)
) WITHOUT ROWID;
CREATE INDEX entry_link_other ON entry_link (kind, other, id);

-- What may be there once only.
CREATE TABLE entry_unique (
    register TEXT NOT NULL,
    rule TEXT NOT NULL,
    key TEXT NOT NULL,               -- the values as JSON
    id INTEGER NOT NULL,
    PRIMARY KEY (register, rule, key)
) WITHOUT ROWID;

-- Stocks and funds: moved by the acts that change them.
CREATE TABLE entry_balance (
    register TEXT NOT NULL,
    balance TEXT NOT NULL,
    body TEXT NOT NULL,              -- '' where one number holds for all bodies
    key TEXT NOT NULL,               -- the values it is kept by, as JSON
    n INTEGER NOT NULL,              -- in 1/10,000
    PRIMARY KEY (register, balance, body, key)
) WITHOUT ROWID;
