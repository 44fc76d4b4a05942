-- Where the business trades: the division of the matter's place, by which figures know districts. It stands behind the
-- columns there were.
ALTER TABLE matter ADD COLUMN division TEXT; -- of six or nine digits; NULL: not recorded

-- Of what is there already nothing is recorded: its months without a division are those of its kind.
INSERT INTO tally (measure, dimension, grain, period, body, value, n, sum)
SELECT measure, 'division', grain, period, body, value || '|', n, sum FROM tally
WHERE measure = 'received' AND dimension = 'total' AND grain = 'm';
