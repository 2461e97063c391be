-- Who signs, what is asked of them, and what they handed in.

-- row participant: id str, envelope_id str, position int, generation int, turn int, state int, company str, name str, mail str, entry int, seal_required int, handwriting_allowed int, places str, language str, forwarded_from str, forwarded_to str, forward_message str, forwarded_ms int, signer_company str, signer_title str, signer_name str, signer_mail str, opened_ms int, seen_all_ms int, reviewed_ms int, documents_ms int, seal_method str, seal_text str, seal_face int, mail_problem str
-- row request: id str, participant_id str, number int, name str, note str, required int
-- row submission: id str, request_id str, participant_id str, envelope_id str, file_name str, mime str, sha256 str, size int, at_ms int

-- query participant_add(id str, envelope_id str, position int, generation int, turn int, state int, company str, name str, mail str, entry int, seal_required int, handwriting_allowed int, places str, forwarded_from str, forward_message str) exec
INSERT INTO participant (id, envelope_id, position, generation, turn, state, company, name, mail, entry, seal_required,
handwriting_allowed, places, forwarded_from, forward_message) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15);

-- query participant_get(id str) one participant
SELECT @participant FROM participant WHERE id = $1;

-- query participants_of(envelope_id str) many participant
SELECT @participant FROM participant WHERE envelope_id = $1 ORDER BY position, generation;

-- query participants_clear(envelope_id str) exec
DELETE FROM participant WHERE envelope_id = $1;

-- query requests_clear(envelope_id str) exec
DELETE FROM document_request WHERE envelope_id = $1;

-- query participant_set_state(id str, state int) exec
UPDATE participant SET state = $2 WHERE id = $1;

-- query participant_set_opened(id str, state int, now_ms int, language str) exec
UPDATE participant SET state = $2, opened_ms = CASE WHEN opened_ms = 0 THEN $3 ELSE opened_ms END, language = $4 WHERE id = $1;

-- Somebody else came in by the shared link: the road begins again for them.
-- query participant_set_signer(id str, company str, title str, name str, mail str) exec
UPDATE participant SET signer_company = $2, signer_title = $3, signer_name = $4, signer_mail = $5 WHERE id = $1;

-- query participant_restart(id str, now_ms int) exec
UPDATE participant SET opened_ms = $2, seen_all_ms = 0, reviewed_ms = 0, documents_ms = 0, seal_method = NULL,
seal_text = NULL, seal_face = 0 WHERE id = $1;

-- query participant_set_seen_all(id str, now_ms int) exec
UPDATE participant SET seen_all_ms = $2 WHERE id = $1;

-- query participant_set_reviewed(id str, state int, now_ms int) exec
UPDATE participant SET state = $2, reviewed_ms = $3 WHERE id = $1;

-- query participant_set_documents(id str, now_ms int) exec
UPDATE participant SET documents_ms = $2 WHERE id = $1;

-- query participant_set_seal(id str, method str, text str, face int) exec
UPDATE participant SET seal_method = $2, seal_text = $3, seal_face = $4 WHERE id = $1;

-- query impression_put(participant_id str, seal str) exec
INSERT INTO impression (participant_id, seal) VALUES ($1, $2) ON CONFLICT (participant_id) DO UPDATE SET seal = $2;

-- query impression_get(participant_id str) one (seal str)
SELECT seal FROM impression WHERE participant_id = $1;

-- query participant_set_forwarded(id str, state int, forwarded_to str, now_ms int) exec
UPDATE participant SET state = $2, forwarded_to = $3, forwarded_ms = $4 WHERE id = $1;

-- query participant_set_problem(id str, problem str) exec
UPDATE participant SET mail_problem = $2 WHERE id = $1;

-- query request_add(id str, participant_id str, envelope_id str, number int, name str, note str, required int) exec
INSERT INTO document_request (id, participant_id, envelope_id, number, name, note, required) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- query requests_of(envelope_id str) many request
SELECT @request FROM document_request WHERE envelope_id = $1 ORDER BY participant_id, number;

-- query submissions_of(envelope_id str) many submission
SELECT @submission FROM submission WHERE envelope_id = $1 ORDER BY at_ms, id;

-- query submission_put(id str, request_id str, participant_id str, envelope_id str, file_name str, mime str, sha256 str, size int, now_ms int) exec
INSERT INTO submission (id, request_id, participant_id, envelope_id, file_name, mime, sha256, size, at_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (request_id) DO UPDATE SET
id = $1, file_name = $5, mime = $6, sha256 = $7, size = $8, at_ms = $9;

-- query submission_drop(request_id str, participant_id str) exec
DELETE FROM submission WHERE request_id = $1 AND participant_id = $2;

-- query submission_for(organisation_id str, id str) one submission
SELECT s.id, s.request_id, s.participant_id, s.envelope_id, s.file_name, s.mime, s.sha256, s.size, s.at_ms
FROM submission s JOIN envelope e ON e.id = s.envelope_id WHERE e.organisation_id = $1 AND s.id = $2;
