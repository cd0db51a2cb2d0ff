-- What a system's manager says it uses where nobody sees it. `exchangeable` is yes (1), no (0) or not said; `gone_on` is its last
-- day, planned or past. A line entered by mistake is withdrawn, never removed.
CREATE TABLE crypto_use (
    id TEXT PRIMARY KEY, system_id TEXT NOT NULL REFERENCES system (id), purpose TEXT NOT NULL, algorithm TEXT NOT NULL,
    exchangeable BIGINT, gone_on TEXT, note TEXT NOT NULL, declared_by TEXT NOT NULL, declared_at TEXT NOT NULL,
    withdrawn BIGINT NOT NULL, UNIQUE (system_id, purpose, algorithm)
);

-- Which observation of each target × check was read last, and which one its rows in `crypto_found` come from: one that could not
-- measure says nothing, so that what was seen before stays.
CREATE TABLE crypto_read (
    organisation_id TEXT NOT NULL REFERENCES organisation (id), target TEXT NOT NULL, check_id TEXT NOT NULL,
    observation_id TEXT NOT NULL, shown_by TEXT NOT NULL, PRIMARY KEY (organisation_id, target, check_id)
);
-- What the newest evidence of each target × check shows.
CREATE TABLE crypto_found (
    observation_id TEXT NOT NULL REFERENCES observation (id), organisation_id TEXT NOT NULL REFERENCES organisation (id),
    target TEXT NOT NULL, algorithm TEXT NOT NULL, place TEXT NOT NULL, host TEXT NOT NULL, at TEXT NOT NULL,
    PRIMARY KEY (observation_id, algorithm, place, host)
);
CREATE INDEX crypto_found_organisation ON crypto_found (organisation_id);

-- The dated plan: `purpose` empty means every use without a line of its own.
CREATE TABLE crypto_rule (
    id TEXT PRIMARY KEY, algorithm TEXT NOT NULL, purpose TEXT NOT NULL, successor TEXT NOT NULL, no_new_from TEXT, gone_by TEXT,
    note TEXT NOT NULL, withdrawn BIGINT NOT NULL, UNIQUE (algorithm, purpose)
);
CREATE TABLE crypto_exception (
    rule_id TEXT NOT NULL REFERENCES crypto_rule (id), system_id TEXT NOT NULL REFERENCES system (id), until_on TEXT NOT NULL,
    reason TEXT NOT NULL, granted_by TEXT NOT NULL, granted_at TEXT NOT NULL, PRIMARY KEY (rule_id, system_id)
);

-- An algorithm was broken, and whom it hits: `subject` is a system's id, or `domains:` with the id of the organisation whose domains
-- belong to no system. Rows are only added, so that nobody is told twice.
CREATE TABLE compromise (
    id TEXT PRIMARY KEY, algorithm TEXT NOT NULL, known_on TEXT NOT NULL, severity TEXT NOT NULL, words_ja TEXT NOT NULL,
    words_en TEXT NOT NULL, due_on TEXT NOT NULL, recorded_by TEXT NOT NULL, recorded_at TEXT NOT NULL
);
CREATE TABLE compromise_hit (
    compromise_id TEXT NOT NULL REFERENCES compromise (id), subject TEXT NOT NULL,
    organisation_id TEXT NOT NULL REFERENCES organisation (id), system_id TEXT REFERENCES system (id), how TEXT NOT NULL,
    found_at TEXT NOT NULL, PRIMARY KEY (compromise_id, subject)
);
