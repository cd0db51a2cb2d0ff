-- What the centre (or council) asks an organisation to mend. One recommendation, one requirement in one organisation.
-- `origin` is evaluation, incident or other; `cycle_id` is the cycle in which it is pursued now and moves when it is carried
-- over, `first_cycle_id` the one it came from. `checks` are the measurements that can close it, joined by commas. `because`
-- holds the drafted reasons as JSON, so that a later reader sees what it rested on.
CREATE TABLE recommendation (
    id TEXT PRIMARY KEY, code TEXT NOT NULL UNIQUE, organisation_id TEXT NOT NULL REFERENCES organisation (id),
    origin TEXT NOT NULL, origin_note TEXT NOT NULL, cycle_id TEXT, first_cycle_id TEXT, requirement_id TEXT,
    requirement_code TEXT NOT NULL, checks TEXT NOT NULL, priority BIGINT NOT NULL, title TEXT NOT NULL, body TEXT NOT NULL,
    because TEXT NOT NULL, issuer TEXT NOT NULL, due_on TEXT NOT NULL, state TEXT NOT NULL, created_at TEXT NOT NULL,
    issued_at TEXT, since TEXT, closed_at TEXT, closed_by TEXT, proof TEXT, reopened BIGINT NOT NULL, updated_at TEXT NOT NULL
);
CREATE INDEX recommendation_organisation ON recommendation (organisation_id, state);
CREATE INDEX recommendation_cycle ON recommendation (cycle_id, state);

-- The organisation's answers. A plan sent again is a new version; none is overwritten.
CREATE TABLE plan (
    id TEXT PRIMARY KEY, recommendation_id TEXT NOT NULL REFERENCES recommendation (id), version BIGINT NOT NULL,
    summary TEXT NOT NULL, owner TEXT NOT NULL, owner_email TEXT NOT NULL, due_on TEXT NOT NULL, submitted_by TEXT NOT NULL,
    submitted_at TEXT NOT NULL, decision TEXT NOT NULL, decision_note TEXT NOT NULL, decided_by TEXT NOT NULL, decided_at TEXT,
    UNIQUE (recommendation_id, version)
);
CREATE TABLE plan_step (
    plan_id TEXT NOT NULL REFERENCES plan (id), position BIGINT NOT NULL, words TEXT NOT NULL, due_on TEXT NOT NULL, done_on TEXT,
    PRIMARY KEY (plan_id, position)
);

-- Everything that happened to a recommendation, in order; nothing is taken out.
CREATE TABLE recommendation_history (
    recommendation_id TEXT NOT NULL REFERENCES recommendation (id), seq BIGINT NOT NULL, at TEXT NOT NULL, who TEXT NOT NULL,
    verb TEXT NOT NULL, state TEXT NOT NULL, note TEXT NOT NULL, PRIMARY KEY (recommendation_id, seq)
);

-- Exceptions (例外措置): `exception` is a word of SQL, hence the name. `state` is asked, approved, refused or withdrawn; that
-- one has expired follows from its date and is never stored.
CREATE TABLE exemption (
    id TEXT PRIMARY KEY, organisation_id TEXT NOT NULL REFERENCES organisation (id), requirement_id TEXT,
    requirement_code TEXT NOT NULL, system_id TEXT, reason TEXT NOT NULL, instead TEXT NOT NULL, expires_on TEXT NOT NULL,
    state TEXT NOT NULL, asked_by TEXT NOT NULL, asked_at TEXT NOT NULL, decided_by TEXT NOT NULL, decided_at TEXT,
    decision_note TEXT NOT NULL
);
CREATE INDEX exemption_organisation ON exemption (organisation_id, requirement_code);
