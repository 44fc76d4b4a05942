-- SQLite's indexes end in the id by themselves. Here it stands in them, so that a page of a list is found
-- in the index alone; with what an officer's own scope asks for, so is his.
DROP INDEX matter_status;
CREATE INDEX matter_status ON matter (status, received_at, id) INCLUDE (secret, body);
DROP INDEX matter_category;
CREATE INDEX matter_category ON matter (category, received_at, id) INCLUDE (secret, body) WHERE category IS NOT NULL;
DROP INDEX matter_officer_received;
CREATE INDEX matter_officer_received ON matter (officer, received_at, id) WHERE officer IS NOT NULL;
DROP INDEX matter_registered;
CREATE INDEX matter_registered ON matter (registered_by, received_at, id) WHERE registered_by > 0;
DROP INDEX matter_closed_waiting;
CREATE INDEX matter_closed_waiting ON matter (waiting_for, received_at, id) WHERE open = 0 AND waiting_for <> 'nobody';
DROP INDEX matter_business;
CREATE INDEX matter_business ON matter (respondent_key, received_at, id) WHERE respondent_key IS NOT NULL;
