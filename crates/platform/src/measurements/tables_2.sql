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
