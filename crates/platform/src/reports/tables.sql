-- One report of one organisation on one cycle; `kind` is organisation (security report) or annual (of the whole).
-- `state` is draft, commented, approved, submitted or published and speaks of `version`, the newest one. What was approved
-- and what is published are versions of their own: a later draft changes neither.
CREATE TABLE report (
    id TEXT PRIMARY KEY, cycle_id TEXT NOT NULL, organisation_id TEXT NOT NULL REFERENCES organisation (id), kind TEXT NOT NULL,
    state TEXT NOT NULL, version BIGINT NOT NULL, approved_version BIGINT, published_version BIGINT,
    created_at TEXT NOT NULL, updated_at TEXT NOT NULL, published_at TEXT, UNIQUE (cycle_id, organisation_id, kind)
);
CREATE INDEX report_organisation ON report (organisation_id);

-- Every save is a version; none is ever changed. `texts` are the words people wrote, by field; `tree` is the whole report as
-- data, frozen; `digest` is the SHA-256 of `tree`.
CREATE TABLE report_version (
    report_id TEXT NOT NULL REFERENCES report (id), version BIGINT NOT NULL, texts TEXT NOT NULL, tree TEXT NOT NULL,
    digest TEXT NOT NULL, saved_by TEXT NOT NULL, saved_at TEXT NOT NULL,
    PRIMARY KEY (report_id, version)
);

-- Who approved, submitted or published which version.
CREATE TABLE report_decision (
    id TEXT PRIMARY KEY, report_id TEXT NOT NULL REFERENCES report (id), version BIGINT NOT NULL, digest TEXT NOT NULL,
    decision TEXT NOT NULL, note TEXT NOT NULL, decided_by TEXT NOT NULL, decided_at TEXT NOT NULL
);
CREATE INDEX report_decision_report ON report_decision (report_id, decided_at);

-- Remarks of advisors, on a section or the whole; `nominated` recommends the effort described as a good practice.
CREATE TABLE report_comment (
    id TEXT PRIMARY KEY, report_id TEXT NOT NULL REFERENCES report (id), version BIGINT NOT NULL, section TEXT NOT NULL,
    body TEXT NOT NULL, nominated BIGINT NOT NULL, written_by TEXT NOT NULL, written_at TEXT NOT NULL
);
CREATE INDEX report_comment_report ON report_comment (report_id, written_at);

-- Counts that no other area holds: training, outsourcing, drills. `fact` is a key of reports::fact::FACTS.
CREATE TABLE report_fact (
    cycle_id TEXT NOT NULL, organisation_id TEXT NOT NULL REFERENCES organisation (id), fact TEXT NOT NULL, value BIGINT NOT NULL,
    entered_by TEXT NOT NULL, entered_at TEXT NOT NULL,
    PRIMARY KEY (cycle_id, organisation_id, fact)
);

-- Incidents as the report tells them. `class` and `prevention_state` are keys of reports::fact.
CREATE TABLE report_incident (
    id TEXT PRIMARY KEY, cycle_id TEXT NOT NULL, organisation_id TEXT NOT NULL REFERENCES organisation (id), code TEXT NOT NULL,
    class TEXT NOT NULL, title_ja TEXT NOT NULL, title_en TEXT NOT NULL, detected_on TEXT NOT NULL, responded_on TEXT NOT NULL,
    recovered_on TEXT NOT NULL, affected BIGINT, prevention_ja TEXT NOT NULL, prevention_en TEXT NOT NULL,
    prevention_state TEXT NOT NULL, entered_by TEXT NOT NULL, entered_at TEXT NOT NULL,
    UNIQUE (cycle_id, organisation_id, code)
);
