-- Level B-LTA: the newest form of the contract and of its certificate, and when the next timestamp over them is due.
ALTER TABLE envelope ADD COLUMN archived_sha256 TEXT;
ALTER TABLE envelope ADD COLUMN archived_certificate_sha256 TEXT;
ALTER TABLE envelope ADD COLUMN renew_after_ms BIGINT NOT NULL DEFAULT 0;
CREATE INDEX envelope_renew ON envelope (renew_after_ms) WHERE renew_after_ms > 0;
-- Every file that was issued: 0 a contract, 1 a certificate, in each form it had.
CREATE TABLE issued_file (
	sha256 TEXT PRIMARY KEY,
	kind BIGINT NOT NULL,
	envelope_id TEXT NOT NULL REFERENCES envelope (id)
);
