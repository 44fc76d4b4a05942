-- Clocks of cases and of entries are counted again at a notice, and watched like those of matters.
CREATE INDEX enforcement_case_runs ON enforcement_case (id) WHERE due < 2147483647;
CREATE INDEX entry_runs ON entry (id) WHERE due < 2147483647;
