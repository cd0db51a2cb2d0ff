CREATE TABLE account (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL UNIQUE, password TEXT, oidc_subject TEXT UNIQUE,
    active BIGINT NOT NULL, created_at TEXT NOT NULL
);
-- A role held in an organisation and everything below it; `path` is the organisation's path.
CREATE TABLE held_role (
    id TEXT PRIMARY KEY, account_id TEXT NOT NULL REFERENCES account (id), role TEXT NOT NULL,
    organisation_id TEXT NOT NULL, path TEXT NOT NULL, UNIQUE (account_id, role, organisation_id)
);
CREATE TABLE session (
    hash TEXT PRIMARY KEY, account_id TEXT NOT NULL REFERENCES account (id), created_at TEXT NOT NULL, expires_at TEXT NOT NULL
);
CREATE TABLE api_token (
    id TEXT PRIMARY KEY, hash TEXT NOT NULL UNIQUE, account_id TEXT NOT NULL REFERENCES account (id), name TEXT NOT NULL,
    role TEXT NOT NULL, created_at TEXT NOT NULL, expires_at TEXT NOT NULL, used_at TEXT
);
-- A link that signs one account in, for the example and for invitations.
CREATE TABLE sign_in_link (
    hash TEXT PRIMARY KEY, account_id TEXT NOT NULL REFERENCES account (id), expires_at TEXT NOT NULL, single_use BIGINT NOT NULL
);
