-- Which events of the log are a contract's: for their proofs of inclusion.
CREATE INDEX ledger_envelope ON ledger (envelope_id);
-- 一括検証: the contracts concluded in a period, verified again one after the other. States: 0 running, 1 done, 2 cancelled.
CREATE INDEX envelope_concluded ON envelope (organisation_id, concluded_ms, id) WHERE state = 5;
CREATE TABLE bulk_verification (
	id TEXT PRIMARY KEY,
	organisation_id TEXT NOT NULL REFERENCES organisation (id),
	account_id TEXT NOT NULL REFERENCES account (id),
	from_ms BIGINT NOT NULL,
	until_ms BIGINT NOT NULL,
	created_ms BIGINT NOT NULL,
	ended_ms BIGINT NOT NULL DEFAULT 0,
	state BIGINT NOT NULL DEFAULT 0,
	total BIGINT NOT NULL,
	done BIGINT NOT NULL DEFAULT 0,
	problems BIGINT NOT NULL DEFAULT 0,
	last_ms BIGINT NOT NULL,
	last_id TEXT NOT NULL,
	csv_sha256 TEXT,
	report_sha256 TEXT
);
CREATE INDEX bulk_verification_of ON bulk_verification (organisation_id, created_ms);
-- Of each contract: the contract's PDF (kind 0) and its certificate (kind 1). Verdicts: 0 sound, 1 sound but of an unknown issuer, 2 not.
CREATE TABLE bulk_verified (
	run_id TEXT NOT NULL REFERENCES bulk_verification (id),
	number BIGINT NOT NULL,
	kind BIGINT NOT NULL,
	envelope_id TEXT NOT NULL,
	concluded_ms BIGINT NOT NULL,
	title TEXT NOT NULL,
	counterparties TEXT,
	document_id TEXT NOT NULL,
	sha256 TEXT,
	verdict BIGINT NOT NULL,
	problem TEXT,
	level TEXT,
	timestamp_ms BIGINT NOT NULL,
	tsa TEXT,
	valid_until TEXT,
	PRIMARY KEY (run_id, number, kind)
);
CREATE INDEX bulk_verified_problems ON bulk_verified (run_id, number, kind) WHERE verdict > 0;
