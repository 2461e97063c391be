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
-- What was concluded before gets there, too.
INSERT INTO issued_file (sha256, kind, envelope_id) SELECT concluded_sha256, 0, id FROM envelope WHERE concluded_sha256 IS NOT NULL;
INSERT INTO issued_file (sha256, kind, envelope_id) SELECT certificate_sha256, 1, id FROM envelope WHERE certificate_sha256 IS NOT NULL;
INSERT INTO job (id, kind, class, dedup, payload, due_ms)
SELECT 'archive-' || id, 'archive', 0, 'archive ' || id, id, 0 FROM envelope WHERE state = 5;
