-- A series of editions. Without an owner it is common to all; an organisation may own one of its own.
CREATE TABLE standard (
    id TEXT PRIMARY KEY, code TEXT NOT NULL UNIQUE, name_ja TEXT NOT NULL, name_en TEXT NOT NULL,
    organisation_id TEXT REFERENCES organisation (id)
);

-- One edition. The catalog itself lies in `blob` under `catalog_hash`; `source_name` is the file it came from, by which
-- profiles find it again.
CREATE TABLE edition (
    id TEXT PRIMARY KEY, standard_id TEXT NOT NULL REFERENCES standard (id), position BIGINT NOT NULL, version TEXT NOT NULL,
    title_ja TEXT NOT NULL, title_en TEXT NOT NULL, published_on TEXT NOT NULL, catalog_hash TEXT NOT NULL,
    catalog_uuid TEXT NOT NULL, oscal_version TEXT NOT NULL, source_name TEXT NOT NULL, source_hash TEXT NOT NULL,
    imported_at TEXT NOT NULL, requirements BIGINT NOT NULL, UNIQUE (standard_id, version)
);

-- What an edition asks, read out of its catalog so that nothing has to parse it again. `digest` is the SHA-256 of the
-- control and its place: two editions ask the same when it is the same.
CREATE TABLE requirement (
    id TEXT PRIMARY KEY, edition_id TEXT NOT NULL REFERENCES edition (id), position BIGINT NOT NULL, code TEXT NOT NULL,
    block TEXT NOT NULL, block_ja TEXT NOT NULL, block_en TEXT NOT NULL, theme TEXT NOT NULL, theme_ja TEXT NOT NULL,
    theme_en TEXT NOT NULL, title_ja TEXT NOT NULL, title_en TEXT NOT NULL, statement_ja TEXT NOT NULL,
    statement_en TEXT NOT NULL, question_ja TEXT NOT NULL, question_en TEXT NOT NULL, guidance_ja TEXT NOT NULL,
    guidance_en TEXT NOT NULL, applies_to TEXT NOT NULL, roles TEXT NOT NULL, evidence_self BIGINT NOT NULL,
    evidence_audit BIGINT NOT NULL, checks TEXT NOT NULL, priority_inspection BIGINT NOT NULL, priority BIGINT NOT NULL,
    source TEXT NOT NULL, digest TEXT NOT NULL, UNIQUE (edition_id, code)
);

-- Values an edition leaves to whoever adopts it.
CREATE TABLE parameter (
    edition_id TEXT NOT NULL REFERENCES edition (id), param_id TEXT NOT NULL, position BIGINT NOT NULL, code TEXT NOT NULL,
    label TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (edition_id, param_id)
);

-- Which edition an organisation's derived standard stands on.
CREATE TABLE adoption (
    organisation_id TEXT PRIMARY KEY REFERENCES organisation (id), edition_id TEXT NOT NULL REFERENCES edition (id),
    adopted_at TEXT NOT NULL, adopted_by TEXT NOT NULL
);

-- Requirements an organisation leaves out, with the reason; and the values it set.
CREATE TABLE exclusion (
    organisation_id TEXT NOT NULL REFERENCES organisation (id), code TEXT NOT NULL, reason TEXT NOT NULL,
    PRIMARY KEY (organisation_id, code)
);
CREATE TABLE parameter_value (
    organisation_id TEXT NOT NULL REFERENCES organisation (id), param_id TEXT NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (organisation_id, param_id)
);

-- What an organisation asks of itself beyond the common standard, and the documents it keeps. Nothing is deleted: it ends.
CREATE TABLE own_requirement (
    id TEXT PRIMARY KEY, organisation_id TEXT NOT NULL REFERENCES organisation (id), code TEXT NOT NULL,
    title_ja TEXT NOT NULL, title_en TEXT NOT NULL, statement_ja TEXT NOT NULL, statement_en TEXT NOT NULL,
    applies_to TEXT NOT NULL, role TEXT NOT NULL, ended_at TEXT, UNIQUE (organisation_id, code)
);
CREATE TABLE own_document (
    id TEXT PRIMARY KEY, organisation_id TEXT NOT NULL REFERENCES organisation (id), title TEXT NOT NULL, version TEXT NOT NULL,
    file_name TEXT NOT NULL, hash TEXT NOT NULL, size BIGINT NOT NULL, added_at TEXT NOT NULL, ended_at TEXT,
    UNIQUE (organisation_id, title, version)
);

-- What a CISO confirmed: that the organisation follows requirement `code` as it stands under `digest`; an empty digest
-- confirms its withdrawal. A later edition that changes it again changes the digest, and asks again.
CREATE TABLE alignment (
    organisation_id TEXT NOT NULL REFERENCES organisation (id), standard_id TEXT NOT NULL REFERENCES standard (id),
    code TEXT NOT NULL, digest TEXT NOT NULL, note TEXT NOT NULL, confirmed_at TEXT NOT NULL, confirmed_by TEXT NOT NULL,
    PRIMARY KEY (organisation_id, standard_id, code, digest)
);
