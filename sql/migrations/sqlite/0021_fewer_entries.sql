-- Each filing altered a page of its own in this index, a sixth of what a commit writes. The watch for groups finds the open
-- complaints of a business among those of the last months in matter_business.
DROP INDEX matter_business_open;
