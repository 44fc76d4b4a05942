-- The watch for groups looks at the open complaints of a business with every new one against it; of a business with
-- thousands that are closed it must not read those.
CREATE INDEX matter_business_open ON matter (respondent_key, received_at)
    WHERE respondent_key IS NOT NULL AND kind = 'complaint' AND secret = 0 AND (open = 1 OR group_id IS NOT NULL);
