-- Indexes for reading. The queue's holds every column that queues are counted and filtered by, and
-- that of receipt those that never change, so that both are read without touching the rows.
DROP INDEX matter_open_due;
CREATE INDEX matter_open_due ON matter (next_due, id, paused, secret, body, officer, registered_by,
    waiting_for, kind, status, category, channel) WHERE open = 1;
DROP INDEX matter_received;
CREATE INDEX matter_received ON matter (received_at, id, kind, channel, secret, body);
-- Matters ended in a period, in a state, handled or registered by an officer.
CREATE INDEX matter_ended ON matter (ended_at, id) WHERE ended_at IS NOT NULL;
CREATE INDEX matter_status ON matter (status, received_at);
CREATE INDEX matter_officer_received ON matter (officer, received_at) WHERE officer IS NOT NULL;
CREATE INDEX matter_registered ON matter (registered_by, received_at) WHERE registered_by > 0;
-- The few that are closed and yet wait for somebody (a withdrawn complaint, to be archived).
CREATE INDEX matter_closed_waiting ON matter (waiting_for, received_at)
    WHERE open = 0 AND waiting_for <> 'nobody';
