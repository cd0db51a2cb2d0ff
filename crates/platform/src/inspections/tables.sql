-- A cycle: `kind` is regular or urgent; `state` is draft, announced, open, closed, evaluated or published. The rules are kept
-- as data with the cycle, so that what was opened is evaluated by the rules it was opened with.
CREATE TABLE cycle (
    id TEXT PRIMARY KEY, code TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, urgent_reason TEXT NOT NULL, period TEXT NOT NULL,
    name_ja TEXT NOT NULL, name_en TEXT NOT NULL, fiscal_year BIGINT NOT NULL, edition_id TEXT NOT NULL,
    opens_on TEXT NOT NULL, closes_on TEXT NOT NULL, state TEXT NOT NULL,
    claim_rule TEXT NOT NULL, grade_rule TEXT NOT NULL, sample_rule TEXT NOT NULL, sample_seed BIGINT,
    created_at TEXT NOT NULL, announced_at TEXT, opened_at TEXT, closed_at TEXT, evaluated_at TEXT, published_at TEXT
);

-- What is asked. `roles` is the roles asked, in order, joined by commas.
CREATE TABLE cycle_item (
    cycle_id TEXT NOT NULL REFERENCES cycle (id), requirement_id TEXT NOT NULL, code TEXT NOT NULL, position BIGINT NOT NULL,
    roles TEXT NOT NULL, applies_to TEXT NOT NULL, priority BIGINT NOT NULL, self_inspected BIGINT NOT NULL, audited BIGINT NOT NULL,
    priority_inspected BIGINT NOT NULL,
    PRIMARY KEY (cycle_id, requirement_id)
);

-- Which organisations take part. `revision` rises with every change of an answer; an approval names the revision it approved.
-- `taking` is 1 while answers are taken.
CREATE TABLE cycle_organisation (
    cycle_id TEXT NOT NULL REFERENCES cycle (id), organisation_id TEXT NOT NULL REFERENCES organisation (id), revision BIGINT NOT NULL,
    taking BIGINT NOT NULL, PRIMARY KEY (cycle_id, organisation_id)
);

-- People who can be asked; they belong to an organisation, not to a cycle.
CREATE TABLE respondent (
    id TEXT PRIMARY KEY, organisation_id TEXT NOT NULL REFERENCES organisation (id), code TEXT NOT NULL, name TEXT NOT NULL,
    email TEXT NOT NULL, section TEXT NOT NULL, roles TEXT NOT NULL, active BIGINT NOT NULL, UNIQUE (organisation_id, code)
);
CREATE INDEX respondent_email ON respondent (email);

-- For which systems a person answers.
CREATE TABLE respondent_system (
    respondent_id TEXT NOT NULL REFERENCES respondent (id), system_id TEXT NOT NULL REFERENCES system (id),
    PRIMARY KEY (respondent_id, system_id)
);

-- Frozen at opening: who is asked, in which turn among the colleagues of a role (`duties` is role:turn:colleagues, joined by
-- commas; the first is the principal role), and how many questions. `answered` and `fulfilled` count that person's answers.
CREATE TABLE cycle_respondent (
    cycle_id TEXT NOT NULL REFERENCES cycle (id), respondent_id TEXT NOT NULL REFERENCES respondent (id),
    organisation_id TEXT NOT NULL REFERENCES organisation (id), role TEXT NOT NULL, duties TEXT NOT NULL, asked BIGINT NOT NULL,
    answered BIGINT NOT NULL, fulfilled BIGINT NOT NULL,
    PRIMARY KEY (cycle_id, respondent_id)
);
CREATE INDEX cycle_respondent_organisation ON cycle_respondent (cycle_id, organisation_id, role, asked, answered, fulfilled);

-- Frozen at opening: who answers in which role for which system.
CREATE TABLE cycle_system (
    cycle_id TEXT NOT NULL REFERENCES cycle (id), organisation_id TEXT NOT NULL, system_id TEXT NOT NULL REFERENCES system (id),
    role TEXT NOT NULL, respondent_id TEXT NOT NULL REFERENCES respondent (id),
    PRIMARY KEY (cycle_id, system_id, role, respondent_id)
);
CREATE INDEX cycle_system_respondent ON cycle_system (cycle_id, respondent_id);

-- Frozen at opening: how many answers are asked for.
CREATE TABLE cycle_denominator (
    cycle_id TEXT NOT NULL REFERENCES cycle (id), organisation_id TEXT NOT NULL, requirement_id TEXT NOT NULL, role TEXT NOT NULL,
    asked BIGINT NOT NULL,
    PRIMARY KEY (cycle_id, organisation_id, requirement_id, role)
);

-- Personal links: only hashes. Several may be valid at a time, because a reminder must not break the first mail.
CREATE TABLE respondent_link (
    hash TEXT PRIMARY KEY, cycle_id TEXT NOT NULL REFERENCES cycle (id), respondent_id TEXT NOT NULL REFERENCES respondent (id),
    created_at TEXT NOT NULL
);

-- What people claim. `system_id` is empty where the whole organisation is meant. `claim` is spelled as engine::facts::Claim.
CREATE TABLE answer (
    id TEXT PRIMARY KEY, cycle_id TEXT NOT NULL REFERENCES cycle (id), organisation_id TEXT NOT NULL, respondent_id TEXT NOT NULL,
    requirement_id TEXT NOT NULL, system_id TEXT NOT NULL, role TEXT NOT NULL, claim TEXT NOT NULL, reason TEXT NOT NULL,
    note TEXT NOT NULL, evidence_hash TEXT, evidence_name TEXT, version BIGINT NOT NULL, answered_at TEXT NOT NULL,
    UNIQUE (cycle_id, respondent_id, requirement_id, system_id)
);
CREATE INDEX answer_counting ON answer (cycle_id, organisation_id, requirement_id, system_id, role, claim);

-- What an answer was before it changed.
CREATE TABLE answer_version (
    answer_id TEXT NOT NULL REFERENCES answer (id), version BIGINT NOT NULL, claim TEXT NOT NULL, reason TEXT NOT NULL,
    note TEXT NOT NULL, evidence_hash TEXT, evidence_name TEXT, answered_at TEXT NOT NULL,
    PRIMARY KEY (answer_id, version)
);

-- The CISO's approvals. One is in force while its revision is the organisation's.
CREATE TABLE submission (
    id TEXT PRIMARY KEY, cycle_id TEXT NOT NULL REFERENCES cycle (id), organisation_id TEXT NOT NULL REFERENCES organisation (id),
    revision BIGINT NOT NULL, digest TEXT NOT NULL, comment TEXT NOT NULL, approved_by TEXT NOT NULL, approved_at TEXT NOT NULL
);
CREATE INDEX submission_cycle ON submission (cycle_id, organisation_id, revision);

-- Reminded on which day: once a day at most.
CREATE TABLE reminder (
    cycle_id TEXT NOT NULL REFERENCES cycle (id), respondent_id TEXT NOT NULL REFERENCES respondent (id), day TEXT NOT NULL,
    PRIMARY KEY (cycle_id, respondent_id, day)
);

-- Priority inspection: `class` is terminal, web-server or mail-server.
CREATE TABLE priority_unit (
    id TEXT PRIMARY KEY, cycle_id TEXT NOT NULL REFERENCES cycle (id), organisation_id TEXT NOT NULL REFERENCES organisation (id),
    requirement_id TEXT NOT NULL, class TEXT NOT NULL, held BIGINT NOT NULL, done BIGINT NOT NULL, note TEXT NOT NULL,
    version BIGINT NOT NULL, entered_by TEXT NOT NULL, entered_at TEXT NOT NULL,
    UNIQUE (cycle_id, organisation_id, requirement_id, class)
);
CREATE TABLE priority_unit_version (
    priority_unit_id TEXT NOT NULL REFERENCES priority_unit (id), version BIGINT NOT NULL, held BIGINT NOT NULL, done BIGINT NOT NULL,
    note TEXT NOT NULL, entered_by TEXT NOT NULL, entered_at TEXT NOT NULL,
    PRIMARY KEY (priority_unit_id, version)
);

-- What was drawn for audit, with the claim as it was drawn.
CREATE TABLE audit_sample (
    cycle_id TEXT NOT NULL REFERENCES cycle (id), organisation_id TEXT NOT NULL REFERENCES organisation (id),
    requirement_id TEXT NOT NULL, system_id TEXT NOT NULL, priority BIGINT NOT NULL, claim TEXT NOT NULL, drawn_at TEXT NOT NULL,
    PRIMARY KEY (cycle_id, organisation_id, requirement_id, system_id)
);

-- The auditor's own verdict, spelled as engine::facts::Finding; it stands beside the claim.
CREATE TABLE finding (
    id TEXT PRIMARY KEY, cycle_id TEXT NOT NULL REFERENCES cycle (id), organisation_id TEXT NOT NULL REFERENCES organisation (id),
    requirement_id TEXT NOT NULL, system_id TEXT NOT NULL, verdict TEXT NOT NULL, note TEXT NOT NULL,
    evidence_hash TEXT, evidence_name TEXT, version BIGINT NOT NULL, auditor TEXT NOT NULL, found_at TEXT NOT NULL,
    UNIQUE (cycle_id, organisation_id, requirement_id, system_id)
);
CREATE TABLE finding_version (
    finding_id TEXT NOT NULL REFERENCES finding (id), version BIGINT NOT NULL, verdict TEXT NOT NULL, note TEXT NOT NULL,
    evidence_hash TEXT, evidence_name TEXT, auditor TEXT NOT NULL, found_at TEXT NOT NULL,
    PRIMARY KEY (finding_id, version)
);
