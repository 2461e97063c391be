-- The order of all events of all contracts, from 1 without gaps: the leaves of one Merkle tree.
CREATE TABLE ledger (
	position INTEGER PRIMARY KEY,
	envelope_id TEXT NOT NULL,
	seq BIGINT NOT NULL
);
INSERT INTO ledger (envelope_id, seq) SELECT envelope_id, seq FROM audit ORDER BY at_ms, envelope_id, seq;
-- The tree's root at some sizes, signed and timestamped; tree: what the next leaf needs.
CREATE TABLE checkpoint (
	size BIGINT PRIMARY KEY,
	at_ms BIGINT NOT NULL,
	root TEXT NOT NULL,
	tree TEXT NOT NULL,
	note TEXT NOT NULL,
	signature TEXT NOT NULL
);
