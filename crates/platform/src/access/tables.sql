CREATE TABLE account (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL UNIQUE, password TEXT, oidc_subject TEXT UNIQUE,
    active BIGINT NOT NULL, created_at TEXT NOT NULL
);
-- A role held in an organisation and everything below it; `path` is the organisation's path.
CREATE TABLE held_role (
    id TEXT PRIMARY KEY, account_id TEXT NOT NULL REFERENCES account (id), role TEXT NOT NULL,
    organisation_id TEXT NOT NULL, path TEXT NOT NULL, UNIQUE (account_id, role, organisation_id)
);
CREATE INDEX held_role_path ON held_role (path);
-- `how` is password, link or oidc.
CREATE TABLE session (
    id TEXT PRIMARY KEY, hash TEXT NOT NULL UNIQUE, account_id TEXT NOT NULL REFERENCES account (id), how TEXT NOT NULL,
    created_at TEXT NOT NULL, expires_at TEXT NOT NULL
);
CREATE INDEX session_account ON session (account_id);
CREATE TABLE api_token (
    id TEXT PRIMARY KEY, hash TEXT NOT NULL UNIQUE, account_id TEXT NOT NULL REFERENCES account (id), name TEXT NOT NULL,
    role TEXT NOT NULL, created_at TEXT NOT NULL, expires_at TEXT NOT NULL, used_at TEXT
);
CREATE INDEX api_token_account ON api_token (account_id);
-- A link that signs one account in, for the example and for invitations.
CREATE TABLE sign_in_link (
    hash TEXT PRIMARY KEY, account_id TEXT NOT NULL REFERENCES account (id), expires_at TEXT NOT NULL, single_use BIGINT NOT NULL
);
-- Failed sign-ins by the hash of account and address, or of the address alone; forgotten after a quarter of an hour.
CREATE TABLE sign_in_try (key TEXT PRIMARY KEY, failures BIGINT NOT NULL, until TEXT NOT NULL);
-- Sign-ins under way at an OpenID Connect provider: one use, ten minutes, bound to the browser that began.
CREATE TABLE oidc_state (
    hash TEXT PRIMARY KEY, browser TEXT NOT NULL, nonce TEXT NOT NULL, verifier TEXT NOT NULL, back TEXT NOT NULL,
    expires_at TEXT NOT NULL
);
