-- Matters that are dealt with together (table record, kind group); changed by the matter's own acts.
ALTER TABLE matter ADD COLUMN group_id INTEGER; -- record id; NULL: none
CREATE INDEX matter_group ON matter (group_id, received_at, id) WHERE group_id IS NOT NULL;

-- Projection: matters named in a group's record without belonging to it: proposed, dismissed,
-- suggested later.
CREATE TABLE group_candidate (
    matter_id INTEGER NOT NULL,
    group_id INTEGER NOT NULL,
    PRIMARY KEY (matter_id, group_id)
) WITHOUT ROWID;
CREATE INDEX group_candidate_group ON group_candidate (group_id);
