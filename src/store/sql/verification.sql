-- 一括検証: runs over the contracts of a period, and what each found.

-- row bulk_verification: id str, organisation_id str, account_id str, from_ms int, until_ms int, created_ms int, ended_ms int, state int, total int, done int, problems int, last_ms int, last_id str, csv_sha256 str, report_sha256 str, language str
-- row bulk_verified: run_id str, number int, kind int, envelope_id str, concluded_ms int, title str, counterparties str, document_id str, sha256 str, verdict int, problem str, level str, timestamp_ms int, tsa str, valid_until str, problem_en str

-- query concluded_count(organisation_id str, from_ms int, until_ms int) one (n int)
SELECT COUNT(*) FROM envelope WHERE organisation_id = $1 AND state = 5 AND concluded_ms >= $2 AND concluded_ms < $3;

-- The next contracts of a period after one.
-- query concluded_after(organisation_id str, after_ms int, after_id str, until_ms int, most int) many envelope
SELECT @envelope FROM envelope WHERE organisation_id = $1 AND state = 5 AND (concluded_ms, id) > ($2, $3) AND concluded_ms < $4
ORDER BY concluded_ms, id LIMIT $5;

-- query bulk_verification_add(id str, organisation_id str, account_id str, from_ms int, until_ms int, now_ms int, total int, last_ms int, language str) exec
INSERT INTO bulk_verification (id, organisation_id, account_id, from_ms, until_ms, created_ms, total, last_ms, last_id, language)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', $9);

-- query bulk_verification_get(id str) one bulk_verification
SELECT @bulk_verification FROM bulk_verification WHERE id = $1;

-- query bulk_verification_of(organisation_id str, id str) one bulk_verification
SELECT @bulk_verification FROM bulk_verification WHERE organisation_id = $1 AND id = $2;

-- query bulk_verifications(organisation_id str, most int) many bulk_verification
SELECT @bulk_verification FROM bulk_verification WHERE organisation_id = $1 ORDER BY created_ms DESC, id DESC LIMIT $2;

-- The compare-and-swap behind every step: from so many done and running.
-- query bulk_verification_step(id str, done_before int, done int, problems int, last_ms int, last_id str) exec
UPDATE bulk_verification SET done = $3, problems = problems + $4, last_ms = $5, last_id = $6 WHERE id = $1 AND done = $2 AND state = 0;

-- query bulk_verification_end(id str, done int, now_ms int, csv_sha256 str, report_sha256 str) exec
UPDATE bulk_verification SET state = 1, total = $2, ended_ms = $3, csv_sha256 = $4, report_sha256 = $5
WHERE id = $1 AND done = $2 AND state = 0;

-- query bulk_verification_cancel(id str, now_ms int) exec
UPDATE bulk_verification SET state = 2, ended_ms = $2 WHERE id = $1 AND state = 0;

-- query bulk_verified_add(run_id str, number int, kind int, envelope_id str, concluded_ms int, title str, counterparties str, document_id str, sha256 str, verdict int, problem str, level str, timestamp_ms int, tsa str, valid_until str, problem_en str) exec
INSERT INTO bulk_verified (run_id, number, kind, envelope_id, concluded_ms, title, counterparties, document_id, sha256, verdict, problem, level,
timestamp_ms, tsa, valid_until, problem_en) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16);

-- query bulk_verified_rows(run_id str, after int, most int) many bulk_verified
SELECT @bulk_verified FROM bulk_verified WHERE run_id = $1 AND number > $2 ORDER BY number, kind LIMIT $3;

-- query bulk_verified_problems(run_id str, most int) many bulk_verified
SELECT @bulk_verified FROM bulk_verified WHERE run_id = $1 AND verdict > 0 ORDER BY number, kind LIMIT $2;
