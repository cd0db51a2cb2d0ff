-- One asking: by a person, by the schedule, or an import of what others measured. `asked` is the JSON of run.rs `Asked`.
CREATE TABLE measure_run (
    id TEXT PRIMARY KEY, organisation_id TEXT NOT NULL REFERENCES organisation (id), origin TEXT NOT NULL, whole BIGINT NOT NULL,
    asked TEXT NOT NULL, asked_by TEXT NOT NULL, state TEXT NOT NULL, job_id TEXT, created_at TEXT NOT NULL, started_at TEXT,
    finished_at TEXT, targets BIGINT NOT NULL, done BIGINT NOT NULL, met BIGINT NOT NULL, not_met BIGINT NOT NULL,
    not_applicable BIGINT NOT NULL, could_not_measure BIGINT NOT NULL
);
CREATE INDEX measure_run_newest ON measure_run (created_at);
CREATE INDEX measure_run_open ON measure_run (organisation_id, state);

-- One measured fact; rows are only ever added. `origin` is run, organisation, target and check of a probe, or the hash of an
-- imported record: a second run of the same job or import adds nothing.
CREATE TABLE observation (
    id TEXT PRIMARY KEY, organisation_id TEXT NOT NULL REFERENCES organisation (id), system_id TEXT REFERENCES system (id),
    target TEXT NOT NULL, check_id TEXT NOT NULL, verdict TEXT NOT NULL, in_force BIGINT NOT NULL, reason_code TEXT NOT NULL,
    reason TEXT NOT NULL, notes TEXT NOT NULL, value TEXT NOT NULL, observed_ja TEXT NOT NULL, observed_en TEXT NOT NULL,
    expected_ja TEXT NOT NULL, expected_en TEXT NOT NULL, remedy TEXT NOT NULL, who_ja TEXT NOT NULL, who_en TEXT NOT NULL,
    command TEXT NOT NULL, evidence_hash TEXT NOT NULL, rule_id TEXT NOT NULL, rule_version TEXT NOT NULL, clause TEXT NOT NULL,
    vantage TEXT NOT NULL, at TEXT NOT NULL, lists TEXT NOT NULL, source TEXT NOT NULL,
    run_id TEXT NOT NULL REFERENCES measure_run (id), origin TEXT NOT NULL UNIQUE
);
CREATE INDEX observation_history ON observation (organisation_id, target, at);
CREATE INDEX observation_at ON observation (at);
CREATE INDEX observation_run ON observation (run_id);

-- What was heard, word for word: kept apart so that lists need not read it.
CREATE TABLE observation_evidence (id TEXT PRIMARY KEY REFERENCES observation (id), raw TEXT NOT NULL);

-- The newest observation of each target × check, and the last one that was met or not met under a rule in force: drawn from
-- `observation`, so that a page need not read the history.
CREATE TABLE observation_newest (
    organisation_id TEXT NOT NULL REFERENCES organisation (id), target TEXT NOT NULL, check_id TEXT NOT NULL,
    observation_id TEXT NOT NULL REFERENCES observation (id), at TEXT NOT NULL, decided TEXT, decided_at TEXT,
    PRIMARY KEY (organisation_id, target, check_id)
);
