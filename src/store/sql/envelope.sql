-- Contracts in their rounds.

-- row envelope: id str, organisation_id str, account_id str, contract_id str, round int, previous_id str, superseded_by str, version int, state int, title str, message str, document_id str, source_sha256 str, document_sha256 str, concluded_sha256 str, certificate_sha256 str, return_reason str, returned_by str, audit_seq int, audit_hash str, created_ms int, updated_ms int, sent_ms int, concluded_ms int, certified_ms int, archived_sha256 str, archived_certificate_sha256 str, renew_after_ms int, stamped_by str
-- row document: sha256 str, pages int, sizes str, place_page int, place_x_mm real, place_y_mm real, notes int
-- row audit: envelope_id str, seq int, at_ms int, event str, participant_id str, actor str, detail str, entry str, authentication str, ip str, user_agent str, prev str, hash str

-- query document_add(sha256 str, pages int, sizes str, texts str, place_page int, place_x_mm real, place_y_mm real, notes int) exec
INSERT INTO document (sha256, pages, sizes, texts, place_page, place_x_mm, place_y_mm, notes) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (sha256) DO NOTHING;

-- query document_get(sha256 str) one document
SELECT @document FROM document WHERE sha256 = $1;

-- query document_texts(sha256 str) one (texts str)
SELECT texts FROM document WHERE sha256 = $1;

-- query envelope_add(id str, organisation_id str, account_id str, contract_id str, round int, previous_id str, title str, message str, document_id str, source_sha256 str, now_ms int) exec
INSERT INTO envelope (id, organisation_id, account_id, contract_id, round, previous_id, version, state, title, message, document_id,
source_sha256, audit_seq, created_ms, updated_ms) VALUES ($1, $2, $3, $4, $5, $6, 1, 0, $7, $8, $9, $10, 0, $11, $11);

-- query envelope_get(id str) one envelope
SELECT @envelope FROM envelope WHERE id = $1;

-- query envelope_of(organisation_id str, id str) one envelope
SELECT @envelope FROM envelope WHERE organisation_id = $1 AND id = $2;

-- query envelope_after(previous_id str) one envelope
SELECT @envelope FROM envelope WHERE previous_id = $1;

-- The compare-and-swap behind every change, and the new head of the audit chain.
-- query envelope_swap(id str, version int, state int, audit_seq int, audit_hash str, now_ms int) exec
UPDATE envelope SET version = version + 1, state = $3, audit_seq = $4, audit_hash = $5, updated_ms = $6 WHERE id = $1 AND version = $2;

-- query envelope_set_words(id str, title str, message str) exec
UPDATE envelope SET title = $2, message = $3 WHERE id = $1;

-- query envelope_set_sent(id str, document_sha256 str, now_ms int) exec
UPDATE envelope SET document_sha256 = $2, sent_ms = $3 WHERE id = $1;

-- query envelope_set_returned(id str, reason str, by str) exec
UPDATE envelope SET return_reason = $2, returned_by = $3 WHERE id = $1;

-- query envelope_set_superseded(id str, by str) exec
UPDATE envelope SET superseded_by = $2 WHERE id = $1;

-- query envelope_set_concluded(id str, concluded_sha256 str, concluded_ms int, stamped_by str) exec
UPDATE envelope SET concluded_sha256 = $2, concluded_ms = $3, stamped_by = $4 WHERE id = $1;

-- query envelope_set_certificate(id str, certificate_sha256 str, now_ms int) exec
UPDATE envelope SET certificate_sha256 = $2, certified_ms = $3 WHERE id = $1;

-- query envelope_set_archived(id str, archived_sha256 str, archived_certificate_sha256 str, renew_after_ms int) exec
UPDATE envelope SET archived_sha256 = $2, archived_certificate_sha256 = $3, renew_after_ms = $4 WHERE id = $1;

-- The jobs that renew the archive timestamps planned until then, and the plan brought forward to now: one without the other does
-- nothing.
-- query archive_order(until_ms int, now_ms int) exec
INSERT INTO job (id, kind, class, dedup, payload, due_ms)
SELECT 'renew-' || id || '-' || CAST($2 AS TEXT), 'archive', 0, 'renew ' || id || ' ' || CAST($2 AS TEXT), id, $2 FROM envelope
WHERE renew_after_ms > 0 AND renew_after_ms <= $1 ON CONFLICT (dedup) DO NOTHING;

-- query archive_bring_forward(until_ms int, now_ms int) exec
UPDATE envelope SET renew_after_ms = $2 WHERE renew_after_ms > $2 AND renew_after_ms <= $1;

-- query issued_file_add(sha256 str, kind int, envelope_id str) exec
INSERT INTO issued_file (sha256, kind, envelope_id) VALUES ($1, $2, $3) ON CONFLICT (sha256) DO NOTHING;

-- query issued_file_get(sha256 str) one (kind int, envelope_id str)
SELECT kind, envelope_id FROM issued_file WHERE sha256 = $1;

-- query envelope_page(organisation_id str, before_ms int, before_id str, most int) many envelope
SELECT @envelope FROM envelope WHERE organisation_id = $1 AND state <> 7 AND (updated_ms < $2 OR (updated_ms = $2 AND id < $3))
ORDER BY updated_ms DESC, id DESC LIMIT $4;

-- query audit_add(envelope_id str, seq int, at_ms int, event str, participant_id str, actor str, detail str, entry str, authentication str, ip str, user_agent str, prev str, hash str) exec
INSERT INTO audit (envelope_id, seq, at_ms, event, participant_id, actor, detail, entry, authentication, ip, user_agent, prev, hash)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13);

-- query audit_of(envelope_id str) many audit
SELECT @audit FROM audit WHERE envelope_id = $1 ORDER BY seq;

-- query mail_sent_add(job_id str, envelope_id str, what str, mail str, now_ms int) exec
INSERT INTO mail_sent (job_id, envelope_id, what, mail, at_ms) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (job_id) DO NOTHING;

-- Of this version of a contract and those before it.
-- query mails_sent(contract_id str, round int) many (what str, mail str, at_ms int)
SELECT m.what, m.mail, m.at_ms FROM mail_sent m JOIN envelope e ON e.id = m.envelope_id
WHERE e.contract_id = $1 AND e.round <= $2 ORDER BY m.at_ms, m.job_id;

-- Versions of the same contract that came before.
-- query envelope_rounds(contract_id str, before int) many envelope
SELECT @envelope FROM envelope WHERE contract_id = $1 AND round < $2 ORDER BY round;

-- query revision_add(envelope_id str, number int, kind str, participant_id str, sha256 str, at_ms int) exec
INSERT INTO revision (envelope_id, number, kind, participant_id, sha256, at_ms) VALUES ($1, $2, $3, $4, $5, $6);

-- query page_image_get(document_sha256 str, page int, width_px int) one (sha256 str)
SELECT sha256 FROM page_image WHERE document_sha256 = $1 AND page = $2 AND width_px = $3;

-- query page_image_add(document_sha256 str, page int, width_px int, sha256 str) exec
INSERT INTO page_image (document_sha256, page, width_px, sha256) VALUES ($1, $2, $3, $4)
ON CONFLICT (document_sha256, page, width_px) DO NOTHING;
