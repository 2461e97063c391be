-- Who the parties were when they agreed: what the certificate tells, whatever is changed later. sent_: as the sender had entered it.
ALTER TABLE consent ADD COLUMN company TEXT;
ALTER TABLE consent ADD COLUMN title TEXT;
ALTER TABLE consent ADD COLUMN name TEXT;
ALTER TABLE consent ADD COLUMN mail TEXT;
ALTER TABLE consent ADD COLUMN sent_company TEXT;
ALTER TABLE consent ADD COLUMN sent_name TEXT;
ALTER TABLE consent ADD COLUMN sent_mail TEXT;
UPDATE consent SET
company = (SELECT CASE WHEN p.signer_mail IS NULL THEN p.company ELSE p.signer_company END FROM participant p WHERE p.id = consent.participant_id),
title = (SELECT p.signer_title FROM participant p WHERE p.id = consent.participant_id),
name = (SELECT CASE WHEN p.signer_mail IS NULL THEN p.name ELSE p.signer_name END FROM participant p WHERE p.id = consent.participant_id),
mail = (SELECT COALESCE(p.signer_mail, p.mail) FROM participant p WHERE p.id = consent.participant_id),
sent_company = (SELECT p.company FROM participant p WHERE p.id = consent.participant_id),
sent_name = (SELECT p.name FROM participant p WHERE p.id = consent.participant_id),
sent_mail = (SELECT p.mail FROM participant p WHERE p.id = consent.participant_id);
-- Mails to parties that the mail server took. what: as in the job's payload.
CREATE TABLE mail_sent (
	job_id TEXT PRIMARY KEY,
	envelope_id TEXT NOT NULL REFERENCES envelope (id),
	what TEXT NOT NULL,
	mail TEXT NOT NULL,
	at_ms BIGINT NOT NULL
);
CREATE INDEX mail_sent_envelope ON mail_sent (envelope_id);
