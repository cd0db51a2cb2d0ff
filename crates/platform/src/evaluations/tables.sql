-- A cycle as it was evaluated. The result and the rows it was computed from lie in `blob` under their SHA-256; both are
-- frozen. `engine` is the version of the program that computed it.
CREATE TABLE evaluation (
    id TEXT PRIMARY KEY, cycle_id TEXT NOT NULL, edition_id TEXT NOT NULL, hash TEXT NOT NULL, inputs_hash TEXT NOT NULL, engine TEXT NOT NULL,
    at TEXT NOT NULL, organisations BIGINT NOT NULL, flagged BIGINT NOT NULL, problems BIGINT NOT NULL, UNIQUE (cycle_id)
);
