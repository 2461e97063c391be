-- Work that must happen after a commit. States: 0 due, 1 leased, 2 done, 3 given up.

-- row job: id str, kind str, payload str, attempts int, fence int

-- query job_add(id str, kind str, dedup str, payload str, due_ms int) exec
INSERT INTO job (id, kind, dedup, payload, due_ms) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (dedup) DO NOTHING;

-- Takes up to $3 due jobs whose lease, if any, has run out.
-- query job_lease(now_ms int, until_ms int, most int) many job
UPDATE job SET state = 1, lease_until_ms = $2, fence = fence + 1, attempts = attempts + 1
WHERE id IN (SELECT id FROM job WHERE state < 2 AND due_ms <= $1 AND lease_until_ms <= $1 ORDER BY due_ms, id LIMIT $3)
RETURNING @job;

-- The fence keeps a worker that was thought dead from ending a job that another has taken.
-- query job_done(id str, fence int) exec
UPDATE job SET state = 2, last_error = NULL WHERE id = $1 AND fence = $2 AND state = 1;

-- query job_retry(id str, fence int, due_ms int, last_error str) exec
UPDATE job SET state = 0, lease_until_ms = 0, due_ms = $3, last_error = $4 WHERE id = $1 AND fence = $2 AND state = 1;

-- query job_give_up(id str, fence int, last_error str) exec
UPDATE job SET state = 3, last_error = $3 WHERE id = $1 AND fence = $2 AND state = 1;

-- The earliest moment at which something may be due; NULL reads as 0 when there is nothing.
-- query job_next_due() one (jobs int, due_ms int)
SELECT COUNT(*), COALESCE(MIN(CASE WHEN lease_until_ms > due_ms THEN lease_until_ms ELSE due_ms END), 0) FROM job WHERE state < 2;

-- query job_by_dedup(dedup str) one (id str, state int, attempts int, due_ms int, last_error str)
SELECT id, state, attempts, due_ms, last_error FROM job WHERE dedup = $1;
