-- Enforcement cases: rows for lists, counts and the watch over due dates. Projection of records of
-- kind "case", from their state alone.
CREATE TABLE enforcement_case (
    id INTEGER PRIMARY KEY,          -- of the record
    status TEXT NOT NULL,            -- state of packs/rules/case-2018.json
    part TEXT NOT NULL,              -- in_hand, decided, closed: exactly one at any time
    waiting_for TEXT NOT NULL,
    body TEXT NOT NULL,
    number TEXT,                     -- as the body numbers it
    violation TEXT,                  -- code of packs/codes/violations.json
    outcome TEXT,                    -- penalised, not_penalised, dismissed, transferred
    due_rule TEXT,                   -- the clock that runs out first
    officer INTEGER,                 -- the first named …
    second INTEGER,                  -- … and the second
    registered_by INTEGER NOT NULL,
    filed_day INTEGER NOT NULL,
    decided_day INTEGER,
    closed_day INTEGER,
    due INTEGER NOT NULL,            -- its day; 2147483647: no clock runs
    fine_fen INTEGER NOT NULL,
    income_fen INTEGER NOT NULL,     -- illegal income confiscated
    goods_fen INTEGER NOT NULL,      -- value of the goods confiscated
    paid_fen INTEGER NOT NULL,
    from_report INTEGER NOT NULL     -- 1: filed from a report
);
CREATE INDEX enforcement_case_due ON enforcement_case (due, id);
CREATE INDEX enforcement_case_filed ON enforcement_case (filed_day, body);
