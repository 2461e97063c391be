-- Level B-LTA: the newest form of the contract and of its certificate, and when the next timestamp over them is due.
ALTER TABLE envelope ADD COLUMN archived_sha256 TEXT;
ALTER TABLE envelope ADD COLUMN archived_certificate_sha256 TEXT;
ALTER TABLE envelope ADD COLUMN renew_after_ms BIGINT NOT NULL DEFAULT 0;
CREATE INDEX envelope_renew ON envelope (renew_after_ms) WHERE renew_after_ms > 0;
