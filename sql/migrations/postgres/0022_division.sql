-- instead: the cells of what is there already are added as those of acts are.
ALTER TABLE matter ADD COLUMN division TEXT COLLATE "C";
INSERT INTO tally_delta (measure, dimension, grain, period, body, value, n, sum)
SELECT measure, 'division', grain, period, body, value || '|', n, sum FROM tally
WHERE measure = 'received' AND dimension = 'total' AND grain = 'm';
