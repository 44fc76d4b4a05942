-- What still has files of its own: asked of each matter whose retention may have ended.
CREATE INDEX scan_owner ON scan (matter_id);
