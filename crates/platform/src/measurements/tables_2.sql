-- The place of each observation in the order of keeping. Whoever fetches page after page misses none: `observation_head` is locked from
-- the numbering to the commit, so that no smaller number appears after a greater one.
ALTER TABLE observation ADD COLUMN seq BIGINT NOT NULL DEFAULT 0;
UPDATE observation SET seq = ranked.place FROM (SELECT id, ROW_NUMBER() OVER (ORDER BY id) AS place FROM observation) AS ranked
    WHERE ranked.id = observation.id;
CREATE UNIQUE INDEX observation_seq ON observation (seq);
CREATE TABLE observation_head (id BIGINT PRIMARY KEY, seq BIGINT NOT NULL);
INSERT INTO observation_head (id, seq) SELECT 1, COALESCE(MAX(seq), 0) FROM observation;

-- For "since when": the last reading of each verdict, and the first after it, without reading the history.
CREATE INDEX observation_series ON observation (organisation_id, target, check_id, verdict, at);

-- A met that became not met: `id` is the observation that is not met, `met_at` when it was met last. It waits for the end of its run
-- (`told_at` is null); then `outcome` says whether a mail went out (`mail`), or why none did.
CREATE TABLE regression (
    id TEXT PRIMARY KEY REFERENCES observation (id), organisation_id TEXT NOT NULL REFERENCES organisation (id),
    run_id TEXT NOT NULL REFERENCES measure_run (id), met_at TEXT NOT NULL, told_at TEXT, outcome TEXT
);
CREATE INDEX regression_waiting ON regression (told_at, run_id);

-- A front page under watch: one for each registered domain with a web server. `watch` is the JSON of engine::homepage::Watch, `reasons` those of
-- how the page stands, `remark` why the last look told nothing or found nobody. A domain that left the register is watched no longer.
CREATE TABLE homepage (
    id TEXT PRIMARY KEY, organisation_id TEXT NOT NULL REFERENCES organisation (id), domain TEXT NOT NULL, watched BIGINT NOT NULL,
    standing TEXT NOT NULL, since TEXT NOT NULL, level TEXT, reasons TEXT NOT NULL, title TEXT NOT NULL, address TEXT NOT NULL, seen_at TEXT,
    remark TEXT, due_at TEXT NOT NULL, watch TEXT NOT NULL, UNIQUE (organisation_id, domain)
);
CREATE INDEX homepage_due ON homepage (due_at);

-- What happened to it, each once. `change` is the JSON of engine::homepage::Change. Kept for some time only.
CREATE TABLE homepage_event (
    id TEXT PRIMARY KEY, homepage_id TEXT NOT NULL REFERENCES homepage (id), organisation_id TEXT NOT NULL REFERENCES organisation (id),
    at TEXT NOT NULL, kind TEXT NOT NULL, level TEXT, reasons TEXT NOT NULL, change TEXT, by_name TEXT NOT NULL, note TEXT NOT NULL
);
CREATE INDEX homepage_event_history ON homepage_event (homepage_id, at);
CREATE INDEX homepage_event_at ON homepage_event (at);

-- The page as it was found when it had changed, word for word.
CREATE TABLE homepage_evidence (id TEXT PRIMARY KEY REFERENCES homepage_event (id), raw TEXT NOT NULL);

-- Looks of a day (Japan time): the page was there, it was not, the watch point could not tell.
CREATE TABLE homepage_day (
    homepage_id TEXT NOT NULL REFERENCES homepage (id), day TEXT NOT NULL, up BIGINT NOT NULL, down BIGINT NOT NULL, unknown BIGINT NOT NULL,
    PRIMARY KEY (homepage_id, day)
);
CREATE INDEX homepage_day_day ON homepage_day (day);
