-- The watch for groups looks at the open complaints of a business with every new one against it; of a business with
-- thousands that are closed it must not read those.
CREATE INDEX matter_business_open ON matter (respondent_key, received_at)
    WHERE respondent_key IS NOT NULL AND kind = 'complaint' AND secret = 0 AND (open = 1 OR group_id IS NOT NULL);

-- Lists by what few matters have (a channel, an outcome) walk one of these two and look at the matter itself only where the
-- index does not already say no.
DROP INDEX matter_received;
CREATE INDEX matter_received ON matter (received_at, id, kind, channel, secret, body, outcome, problem);
DROP INDEX matter_body_received;
CREATE INDEX matter_body_received ON matter (body, received_at, id, kind, channel, secret, outcome, problem);
