-- The authority whose timestamps an organisation wants, and tokens that outside ones made, by calendar month in Japan.
ALTER TABLE organisation ADD COLUMN authority TEXT;
CREATE TABLE tsa_usage (
	authority TEXT NOT NULL,
	month TEXT NOT NULL,
	tokens BIGINT NOT NULL,
	PRIMARY KEY (authority, month)
);
-- Who made the timestamp of the conclusion, as its certificate says.
ALTER TABLE envelope ADD COLUMN stamped_by TEXT;
