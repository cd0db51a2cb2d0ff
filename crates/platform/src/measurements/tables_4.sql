-- What one DMARC aggregate report (RFC 9990) says of mail in the name of one registered domain; the same report again adds nothing. `aligned`,
-- `failed` and `unknown` are messages. Kept for some time only.
CREATE TABLE aggregate_report (
    id TEXT PRIMARY KEY, organisation_id TEXT NOT NULL REFERENCES organisation (id), domain TEXT NOT NULL, reporter TEXT NOT NULL,
    report TEXT NOT NULL, begin_at TEXT NOT NULL, end_at TEXT NOT NULL, policy TEXT NOT NULL, aligned BIGINT NOT NULL, failed BIGINT NOT NULL,
    unknown BIGINT NOT NULL, imported_at TEXT NOT NULL, by_name TEXT NOT NULL, UNIQUE (organisation_id, domain, reporter, report)
);
CREATE INDEX aggregate_report_end ON aggregate_report (organisation_id, domain, end_at);

-- Who sent it: an address with its messages. `refused`: quarantined or rejected. An empty address: all that are not listed one by one.
CREATE TABLE aggregate_source (
    report_id TEXT NOT NULL REFERENCES aggregate_report (id), source TEXT NOT NULL, aligned BIGINT NOT NULL, failed BIGINT NOT NULL,
    unknown BIGINT NOT NULL, refused BIGINT NOT NULL, PRIMARY KEY (report_id, source)
);

-- Under which DKIM selectors mail was signed, as reports tell. `passed_at` is when a signature was good last: none, and the selector may be
-- anybody's invention.
CREATE TABLE reported_selector (
    organisation_id TEXT NOT NULL REFERENCES organisation (id), domain TEXT NOT NULL, selector TEXT NOT NULL, first_at TEXT NOT NULL,
    last_at TEXT NOT NULL, passed_at TEXT, passed BIGINT NOT NULL, failed BIGINT NOT NULL, PRIMARY KEY (organisation_id, domain, selector)
);
