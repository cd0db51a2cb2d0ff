-- Kinds of organisation are data: a federation adds its own.
CREATE TABLE organisation_kind (code TEXT PRIMARY KEY, name_ja TEXT NOT NULL, name_en TEXT NOT NULL, position BIGINT NOT NULL);
INSERT INTO organisation_kind (code, name_ja, name_en, position) VALUES
    ('centre', 'センター', 'Centre', 1), ('ministry', '府省庁', 'Ministry', 2), ('agency', '所管法人等', 'Agency', 3),
    ('local-government', '地方公共団体', 'Local government', 4), ('sector-body', '分野の団体', 'Sector body', 5),
    ('operator', '重要インフラ事業者', 'Operator', 6), ('contractor', '委託先', 'Contractor', 7);

-- `path` is the ids of all ancestors and its own, `/a/b/`: whoever reaches a prefix reaches the subtree.
CREATE TABLE organisation (
    id TEXT PRIMARY KEY, code TEXT NOT NULL UNIQUE, parent_id TEXT REFERENCES organisation (id), path TEXT NOT NULL,
    kind TEXT NOT NULL REFERENCES organisation_kind (code), name_ja TEXT NOT NULL, name_en TEXT NOT NULL,
    valid_from TEXT NOT NULL, valid_to TEXT, successor_id TEXT REFERENCES organisation (id)
);
CREATE INDEX organisation_path ON organisation (path);

-- Former names, with the day until which they were used.
CREATE TABLE organisation_name (
    id TEXT PRIMARY KEY, organisation_id TEXT NOT NULL REFERENCES organisation (id), name_ja TEXT NOT NULL, name_en TEXT NOT NULL,
    valid_from TEXT NOT NULL, valid_to TEXT NOT NULL
);

-- The security organisation. `post` is ciso, decision-line, advisor, audit-lead, csirt or system-manager.
CREATE TABLE post (
    id TEXT PRIMARY KEY, organisation_id TEXT NOT NULL REFERENCES organisation (id), post TEXT NOT NULL, position BIGINT NOT NULL,
    name TEXT NOT NULL, title TEXT NOT NULL, email TEXT NOT NULL, expert BIGINT NOT NULL, concurrent BIGINT NOT NULL,
    valid_from TEXT NOT NULL, valid_to TEXT
);
CREATE INDEX post_organisation ON post (organisation_id);

-- Levels of classification are data: a federation with other levels changes these rows.
CREATE TABLE classification_level (
    axis TEXT NOT NULL, level BIGINT NOT NULL, name_ja TEXT NOT NULL, name_en TEXT NOT NULL, PRIMARY KEY (axis, level)
);
INSERT INTO classification_level (axis, level, name_ja, name_en) VALUES
    ('confidentiality', 1, '機密性1', 'Confidentiality 1'), ('confidentiality', 2, '機密性2', 'Confidentiality 2'),
    ('confidentiality', 3, '機密性3', 'Confidentiality 3'), ('integrity', 1, '完全性1', 'Integrity 1'),
    ('integrity', 2, '完全性2', 'Integrity 2'), ('availability', 1, '可用性1', 'Availability 1'),
    ('availability', 2, '可用性2', 'Availability 2');

-- The system ledger. Confidentiality 1–3, integrity 1–2, availability 1–2.
CREATE TABLE system (
    id TEXT PRIMARY KEY, organisation_id TEXT NOT NULL REFERENCES organisation (id), code TEXT NOT NULL UNIQUE,
    name_ja TEXT NOT NULL, name_en TEXT NOT NULL, purpose TEXT NOT NULL, information TEXT NOT NULL,
    confidentiality BIGINT NOT NULL, integrity BIGINT NOT NULL, availability BIGINT NOT NULL, handling_limit TEXT NOT NULL,
    users BIGINT NOT NULL, outsourced_to TEXT NOT NULL, stage TEXT NOT NULL, renewal_date TEXT,
    public_facing BIGINT NOT NULL, same_day_recovery BIGINT NOT NULL, retired_on TEXT
);
CREATE INDEX system_organisation ON system (organisation_id);

-- Assets with counts: `kind` is domain, web-server, mail-server or terminal; a domain's `name` is the domain itself.
CREATE TABLE asset (
    id TEXT PRIMARY KEY, organisation_id TEXT NOT NULL REFERENCES organisation (id), system_id TEXT REFERENCES system (id),
    kind TEXT NOT NULL, name TEXT NOT NULL, count BIGINT NOT NULL, location TEXT NOT NULL, UNIQUE (organisation_id, kind, name)
);
