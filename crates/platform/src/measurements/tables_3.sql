-- What was heard on one visit to a target, each exchange once: the octets of a formats::evidence::pack::Pack. `at` is the time of the
-- observations that rest on it. `observation_evidence` holds what was heard before there were packs; nothing is added to it any more.
CREATE TABLE evidence_pack (id TEXT PRIMARY KEY, at TEXT NOT NULL, octets BYTEA NOT NULL);
CREATE INDEX evidence_pack_at ON evidence_pack (at);

-- Which pieces of which pack are the evidence of an observation; `frame` where it was judged again under another list of suffixes. Once
-- its time is over there is neither pack nor pieces, and `dropped_at` says since when.
CREATE TABLE evidence_use (
    id TEXT PRIMARY KEY REFERENCES observation (id), pack_id TEXT REFERENCES evidence_pack (id), pieces TEXT, frame TEXT, dropped_at TEXT
);
CREATE INDEX evidence_use_pack ON evidence_use (pack_id);
