-- Indexes for lists in order of receipt and for the matters ended in a period.
CREATE INDEX matter_ended ON matter (ended_at, id) WHERE ended_at IS NOT NULL;
CREATE INDEX matter_status ON matter (status, received_at);
CREATE INDEX matter_officer_received ON matter (officer, received_at) WHERE officer IS NOT NULL;
CREATE INDEX matter_registered ON matter (registered_by, received_at) WHERE registered_by > 0;
