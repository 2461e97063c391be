-- What happened to an organisation as a whole and to none of its contracts: a chain of its own, whose head the organisation keeps. Its events
-- stand in the log among all others; there envelope_id is the organisation's id.
ALTER TABLE organisation ADD COLUMN audit_seq BIGINT NOT NULL DEFAULT 0;
ALTER TABLE organisation ADD COLUMN audit_hash TEXT;
CREATE TABLE organisation_audit (
	organisation_id TEXT NOT NULL REFERENCES organisation (id),
	seq BIGINT NOT NULL,
	at_ms BIGINT NOT NULL,
	event TEXT NOT NULL,
	actor TEXT,
	detail TEXT,
	ip TEXT,
	user_agent TEXT,
	prev TEXT,
	hash TEXT NOT NULL,
	PRIMARY KEY (organisation_id, seq)
);
-- The language of whoever began a run of 一括検証: that of its results. Its pages are in the reader's.
ALTER TABLE bulk_verification ADD COLUMN language TEXT;
ALTER TABLE bulk_verified ADD COLUMN problem_en TEXT;
