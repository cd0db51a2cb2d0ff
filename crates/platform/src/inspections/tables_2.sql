-- Frozen at opening: what each organisation's derived standard left out of the edition asked, with its reason (comply or
-- explain). Its people are not asked; an auditor or a probe may judge it all the same.
CREATE TABLE cycle_exclusion (
    cycle_id TEXT NOT NULL REFERENCES cycle (id), organisation_id TEXT NOT NULL REFERENCES organisation (id),
    requirement_id TEXT NOT NULL, reason TEXT NOT NULL,
    PRIMARY KEY (cycle_id, organisation_id, requirement_id)
);
