-- Links, codes, sessions of signers, and consents.

-- row link: envelope_id str, participant_id str, kind int
-- row challenge: id str, participant_id str, company str, title str, name str, mail str, language str, created_ms int, tries int, ended_ms int
-- row signer_session: participant_id str, entry int, company str, title str, name str, mail str, code_sent_ms int, code_verified_ms int, created_ms int
-- row consent: participant_id str, envelope_id str, number int, document_sha256 str, at_ms int, entry int, code_sent_ms int, code_verified_ms int, authentication str, consent_text str, ip str, user_agent str, event_hash str, last int, company str, title str, name str, mail str, sent_company str, sent_name str, sent_mail str

-- query link_add(token_hash str, envelope_id str, participant_id str, kind int) exec
INSERT INTO link (token_hash, envelope_id, participant_id, kind) VALUES ($1, $2, $3, $4) ON CONFLICT (token_hash) DO NOTHING;

-- query link_get(token_hash str) one link
SELECT @link FROM link WHERE token_hash = $1;

-- query challenge_add(id str, participant_id str, company str, title str, name str, mail str, language str, now_ms int) exec
INSERT INTO challenge (id, participant_id, company, title, name, mail, language, created_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- query challenge_get(id str) one challenge
SELECT @challenge FROM challenge WHERE id = $1;

-- query challenges_since(participant_id str, since_ms int) many challenge
SELECT @challenge FROM challenge WHERE participant_id = $1 AND created_ms > $2 ORDER BY created_ms DESC, id;

-- A new code ends the older ones of the same address.
-- query challenge_replace(participant_id str, mail str, now_ms int) exec
UPDATE challenge SET ended_ms = $3 WHERE participant_id = $1 AND mail = $2 AND ended_ms = 0;

-- Counted before anything is compared; no row when the tries are used up or the code has ended.
-- query challenge_try(id str, most int) one (tries int)
UPDATE challenge SET tries = tries + 1 WHERE id = $1 AND tries < $2 AND ended_ms = 0 RETURNING tries;

-- query challenge_use(id str, now_ms int) exec
UPDATE challenge SET ended_ms = $2 WHERE id = $1 AND ended_ms = 0;

-- query signer_session_add(token_hash str, participant_id str, entry int, company str, title str, name str, mail str, code_sent_ms int, code_verified_ms int, now_ms int) exec
INSERT INTO signer_session (token_hash, participant_id, entry, company, title, name, mail, code_sent_ms, code_verified_ms, created_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);

-- query signer_session_get(token_hash str) one signer_session
SELECT @signer_session FROM signer_session WHERE token_hash = $1;

-- query signer_session_end_others(participant_id str, entry int, mail str) exec
DELETE FROM signer_session WHERE participant_id = $1 AND entry = $2 AND mail <> $3;

-- The parties as they are at this moment go with it: after participant_set_signer.
-- query consent_add(participant_id str, envelope_id str, document_sha256 str, now_ms int, entry int, code_sent_ms int, code_verified_ms int, authentication str, consent_text str, ip str, user_agent str, event_hash str, last int) exec
INSERT INTO consent (participant_id, envelope_id, number, document_sha256, at_ms, entry, code_sent_ms, code_verified_ms,
authentication, consent_text, ip, user_agent, event_hash, last, company, title, name, mail, sent_company, sent_name, sent_mail)
SELECT $1, $2, (SELECT COUNT(*) + 1 FROM consent WHERE envelope_id = $2), $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,
CASE WHEN p.signer_mail IS NULL THEN p.company ELSE p.signer_company END, p.signer_title,
CASE WHEN p.signer_mail IS NULL THEN p.name ELSE p.signer_name END, COALESCE(p.signer_mail, p.mail), p.company, p.name, p.mail
FROM participant p WHERE p.id = $1;

-- query consent_get(participant_id str) one consent
SELECT @consent FROM consent WHERE participant_id = $1;

-- query consents_of(envelope_id str) many consent
SELECT @consent FROM consent WHERE envelope_id = $1 ORDER BY number;

-- Concluded contracts an address is a party to, as the sender or as the signer wrote it.
-- query keep_by_mail(mail str, most int) many (participant_id str, envelope_id str)
SELECT p.id, p.envelope_id FROM participant p JOIN envelope e ON e.id = p.envelope_id
WHERE e.state = 5 AND p.state = 4 AND (p.signer_mail = $1 OR (p.signer_mail IS NULL AND p.mail = $1))
ORDER BY e.concluded_ms DESC LIMIT $2;
