CREATE TABLE audit (
    seq BIGINT PRIMARY KEY, at TEXT NOT NULL, actor TEXT NOT NULL, actor_name TEXT NOT NULL, organisation TEXT NOT NULL,
    area TEXT NOT NULL, verb TEXT NOT NULL, subject TEXT NOT NULL, detail TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL
);
CREATE INDEX audit_subject ON audit (subject, seq);
-- One row: the number and hash of the last audit line.
CREATE TABLE audit_head (id BIGINT PRIMARY KEY, seq BIGINT NOT NULL, hash TEXT NOT NULL);
INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');

CREATE TABLE job (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, unique_key TEXT NOT NULL, payload TEXT NOT NULL, state TEXT NOT NULL,
    run_at TEXT NOT NULL, lease_until TEXT, created_at TEXT NOT NULL, finished_at TEXT, done BIGINT NOT NULL, total BIGINT NOT NULL,
    attempts BIGINT NOT NULL, cancel BIGINT NOT NULL, error TEXT
);
CREATE INDEX job_due ON job (state, run_at);
CREATE INDEX job_newest ON job (kind, created_at);

-- Files by the SHA-256 of their bytes.
CREATE TABLE blob (hash TEXT PRIMARY KEY, size BIGINT NOT NULL, bytes BYTEA NOT NULL, created_at TEXT NOT NULL);

CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);

-- Mail to be sent; without a configured server it is kept for a mail-merge list.
CREATE TABLE outbox (
    id TEXT PRIMARY KEY, recipient TEXT NOT NULL, subject TEXT NOT NULL, body TEXT NOT NULL, created_at TEXT NOT NULL,
    sent_at TEXT, error TEXT
);
CREATE INDEX outbox_waiting ON outbox (sent_at, created_at);

-- What lower areas tell upper ones, and how far each reader has read.
CREATE TABLE event (seq BIGINT PRIMARY KEY, kind TEXT NOT NULL, subject TEXT NOT NULL, payload TEXT NOT NULL, at TEXT NOT NULL);
CREATE TABLE event_head (id BIGINT PRIMARY KEY, seq BIGINT NOT NULL);
INSERT INTO event_head (id, seq) VALUES (1, 0);
CREATE TABLE event_reader (reader TEXT PRIMARY KEY, seq BIGINT NOT NULL);
