-- Orders passed on from outside (12345): rows for lists and counts.

-- Projection of records of kind "order", from their state alone.
CREATE TABLE work_order (
    id INTEGER PRIMARY KEY,          -- of the record
    system TEXT NOT NULL,            -- where it came from
    number TEXT NOT NULL,            -- its number there
    status TEXT NOT NULL,            -- state of packs/orders
    part TEXT NOT NULL,              -- in_progress, done, returned: exactly one at any time
    waiting_for TEXT NOT NULL,
    secret INTEGER NOT NULL,         -- 1: it holds a report
    body TEXT NOT NULL,
    officer INTEGER,                 -- who signed for it
    registered_by INTEGER NOT NULL,  -- who brought the sheet in
    assigned INTEGER NOT NULL,       -- 1: left the intake
    received_day INTEGER NOT NULL,
    due INTEGER NOT NULL,            -- last day, as the other system says; 2147483647: it said none
    import INTEGER,                  -- record of the import it came with
    row INTEGER,                     -- in that sheet
    matters INTEGER NOT NULL         -- how many stand for it
);
CREATE UNIQUE INDEX work_order_number ON work_order (system, number);
CREATE INDEX work_order_received ON work_order (received_day, id, part, status, body, secret);
CREATE INDEX work_order_body ON work_order (body, received_day, id);
CREATE INDEX work_order_due ON work_order (part, due, id);
CREATE INDEX work_order_import ON work_order (import, row) WHERE import IS NOT NULL;

-- The order that a matter stands for.
ALTER TABLE matter ADD COLUMN order_id INTEGER;
CREATE INDEX matter_order ON matter (order_id) WHERE order_id IS NOT NULL;
