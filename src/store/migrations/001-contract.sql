-- Optional texts are NULL when empty. Times are UTC milliseconds, 0 = did not happen. Digests are hexadecimal.
CREATE TABLE organisation (
	id TEXT PRIMARY KEY,
	name TEXT NOT NULL,
	created_ms BIGINT NOT NULL
);
CREATE TABLE account (
	id TEXT PRIMARY KEY,
	organisation_id TEXT NOT NULL REFERENCES organisation (id),
	name TEXT NOT NULL,
	mail TEXT NOT NULL,
	mail_key TEXT NOT NULL UNIQUE,
	password TEXT NOT NULL,
	created_ms BIGINT NOT NULL
);
CREATE TABLE account_session (
	token_hash TEXT PRIMARY KEY,
	account_id TEXT NOT NULL REFERENCES account (id),
	created_ms BIGINT NOT NULL,
	seen_ms BIGINT NOT NULL
);
CREATE TABLE login_try (
	mail_key TEXT PRIMARY KEY,
	tries BIGINT NOT NULL,
	last_ms BIGINT NOT NULL
);
-- A PDF as taken in. sizes: "width height" in mm, a line a page; texts: pages divided by form feeds.
CREATE TABLE document (
	sha256 TEXT PRIMARY KEY,
	pages BIGINT NOT NULL,
	sizes TEXT NOT NULL,
	texts TEXT,
	place_page BIGINT NOT NULL,
	place_x_mm DOUBLE PRECISION NOT NULL,
	place_y_mm DOUBLE PRECISION NOT NULL
);
CREATE TABLE page_image (
	document_sha256 TEXT NOT NULL,
	page BIGINT NOT NULL,
	width_px BIGINT NOT NULL,
	sha256 TEXT NOT NULL,
	PRIMARY KEY (document_sha256, page, width_px)
);
-- One round (版) of a contract. version counts changes: every change is a compare-and-swap on it.
CREATE TABLE envelope (
	id TEXT PRIMARY KEY,
	organisation_id TEXT NOT NULL REFERENCES organisation (id),
	account_id TEXT NOT NULL REFERENCES account (id),
	contract_id TEXT NOT NULL,
	round BIGINT NOT NULL,
	previous_id TEXT UNIQUE,
	superseded_by TEXT,
	version BIGINT NOT NULL,
	state BIGINT NOT NULL,
	title TEXT NOT NULL,
	message TEXT,
	document_id TEXT NOT NULL UNIQUE,
	source_sha256 TEXT NOT NULL REFERENCES document (sha256),
	document_sha256 TEXT,
	concluded_sha256 TEXT,
	certificate_sha256 TEXT,
	return_reason TEXT,
	returned_by TEXT,
	audit_seq BIGINT NOT NULL,
	audit_hash TEXT,
	created_ms BIGINT NOT NULL,
	updated_ms BIGINT NOT NULL,
	sent_ms BIGINT NOT NULL DEFAULT 0,
	concluded_ms BIGINT NOT NULL DEFAULT 0,
	certified_ms BIGINT NOT NULL DEFAULT 0,
	UNIQUE (contract_id, round)
);
CREATE INDEX envelope_list ON envelope (organisation_id, updated_ms, id);
-- position: the place in the envelope; a successor after forwarding takes over the position. places: "page x y size;" in mm.
CREATE TABLE participant (
	id TEXT PRIMARY KEY,
	envelope_id TEXT NOT NULL REFERENCES envelope (id),
	position BIGINT NOT NULL,
	generation BIGINT NOT NULL,
	turn BIGINT NOT NULL,
	state BIGINT NOT NULL,
	company TEXT,
	name TEXT,
	mail TEXT,
	entry BIGINT NOT NULL,
	seal_required BIGINT NOT NULL,
	handwriting_allowed BIGINT NOT NULL,
	places TEXT,
	language TEXT,
	forwarded_from TEXT,
	forwarded_to TEXT,
	forward_message TEXT,
	forwarded_ms BIGINT NOT NULL DEFAULT 0,
	signer_company TEXT,
	signer_title TEXT,
	signer_name TEXT,
	signer_mail TEXT,
	opened_ms BIGINT NOT NULL DEFAULT 0,
	seen_all_ms BIGINT NOT NULL DEFAULT 0,
	reviewed_ms BIGINT NOT NULL DEFAULT 0,
	documents_ms BIGINT NOT NULL DEFAULT 0,
	seal_method TEXT,
	seal_text TEXT,
	seal_face BIGINT NOT NULL DEFAULT 0,
	mail_problem TEXT,
	UNIQUE (envelope_id, position, generation)
);
-- The chosen impression, apart from the participant for its size.
CREATE TABLE impression (
	participant_id TEXT PRIMARY KEY REFERENCES participant (id),
	seal TEXT NOT NULL
);
CREATE TABLE document_request (
	id TEXT PRIMARY KEY,
	participant_id TEXT NOT NULL REFERENCES participant (id),
	envelope_id TEXT NOT NULL REFERENCES envelope (id),
	number BIGINT NOT NULL,
	name TEXT NOT NULL,
	note TEXT,
	required BIGINT NOT NULL,
	UNIQUE (participant_id, number)
);
CREATE INDEX document_request_envelope ON document_request (envelope_id);
CREATE TABLE submission (
	id TEXT PRIMARY KEY,
	request_id TEXT NOT NULL UNIQUE REFERENCES document_request (id),
	participant_id TEXT NOT NULL REFERENCES participant (id),
	envelope_id TEXT NOT NULL REFERENCES envelope (id),
	file_name TEXT NOT NULL,
	mime TEXT NOT NULL,
	sha256 TEXT NOT NULL,
	size BIGINT NOT NULL,
	at_ms BIGINT NOT NULL
);
CREATE INDEX submission_envelope ON submission (envelope_id);
-- kind: 0 mail, 1 shared, 2 keep. Keep links of senders have no participant.
CREATE TABLE link (
	token_hash TEXT PRIMARY KEY,
	envelope_id TEXT NOT NULL REFERENCES envelope (id),
	participant_id TEXT REFERENCES participant (id),
	kind BIGINT NOT NULL
);
CREATE TABLE challenge (
	id TEXT PRIMARY KEY,
	participant_id TEXT NOT NULL REFERENCES participant (id),
	company TEXT,
	title TEXT,
	name TEXT NOT NULL,
	mail TEXT NOT NULL,
	language TEXT,
	created_ms BIGINT NOT NULL,
	tries BIGINT NOT NULL DEFAULT 0,
	ended_ms BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX challenge_participant ON challenge (participant_id, created_ms);
-- The signer's own words, and how they proved who they are, belong to the session that they came in by.
CREATE TABLE signer_session (
	token_hash TEXT PRIMARY KEY,
	participant_id TEXT NOT NULL REFERENCES participant (id),
	entry BIGINT NOT NULL,
	company TEXT,
	title TEXT,
	name TEXT,
	mail TEXT,
	code_sent_ms BIGINT NOT NULL,
	code_verified_ms BIGINT NOT NULL,
	created_ms BIGINT NOT NULL
);
CREATE INDEX signer_session_participant ON signer_session (participant_id);
-- The act. Never updated, never deleted; one a participant.
CREATE TABLE consent (
	participant_id TEXT PRIMARY KEY REFERENCES participant (id),
	envelope_id TEXT NOT NULL REFERENCES envelope (id),
	number BIGINT NOT NULL,
	document_sha256 TEXT NOT NULL,
	at_ms BIGINT NOT NULL,
	entry BIGINT NOT NULL,
	code_sent_ms BIGINT NOT NULL,
	code_verified_ms BIGINT NOT NULL,
	authentication TEXT NOT NULL,
	consent_text TEXT NOT NULL,
	ip TEXT,
	user_agent TEXT,
	event_hash TEXT NOT NULL,
	last BIGINT NOT NULL,
	UNIQUE (envelope_id, number)
);
CREATE TABLE revision (
	envelope_id TEXT NOT NULL REFERENCES envelope (id),
	number BIGINT NOT NULL,
	kind TEXT NOT NULL,
	participant_id TEXT,
	sha256 TEXT NOT NULL,
	at_ms BIGINT NOT NULL,
	PRIMARY KEY (envelope_id, number)
);
CREATE TABLE audit (
	envelope_id TEXT NOT NULL REFERENCES envelope (id),
	seq BIGINT NOT NULL,
	at_ms BIGINT NOT NULL,
	event TEXT NOT NULL,
	participant_id TEXT,
	actor TEXT,
	detail TEXT,
	entry TEXT,
	authentication TEXT,
	ip TEXT,
	user_agent TEXT,
	prev TEXT,
	hash TEXT NOT NULL,
	PRIMARY KEY (envelope_id, seq)
);
CREATE INDEX participant_mail ON participant (mail);
CREATE INDEX participant_signer_mail ON participant (signer_mail);
