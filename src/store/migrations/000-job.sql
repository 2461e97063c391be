CREATE TABLE job (
	id TEXT PRIMARY KEY,
	kind TEXT NOT NULL,
	class BIGINT NOT NULL,
	dedup TEXT NOT NULL UNIQUE,
	payload TEXT NOT NULL,
	due_ms BIGINT NOT NULL,
	attempts BIGINT NOT NULL DEFAULT 0,
	lease_until_ms BIGINT NOT NULL DEFAULT 0,
	fence BIGINT NOT NULL DEFAULT 0,
	state BIGINT NOT NULL DEFAULT 0,
	last_error TEXT
);
CREATE INDEX job_due ON job (class, due_ms, id) WHERE state = 0;
CREATE INDEX job_leased ON job (lease_until_ms) WHERE state = 1;
CREATE INDEX job_given_up ON job (id) WHERE state = 3;
