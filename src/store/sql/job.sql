-- Work that must happen after a commit. States: 0 due, 1 leased, 2 done, 3 given up.
-- Classes: 0 work on a contract, taken one at a time and first; 1 mails, taken several at a time.

-- row job: id str, kind str, payload str, attempts int, fence int

-- query job_add(id str, kind str, dedup str, payload str, due_ms int) exec
INSERT INTO job (id, kind, class, dedup, payload, due_ms)
VALUES ($1, $2, CASE WHEN $2 = 'mail' THEN 1 ELSE 0 END, $3, $4, $5) ON CONFLICT (dedup) DO NOTHING;

-- Takes up to $4 due jobs of a class.
-- query job_lease(class int, now_ms int, until_ms int, most int) many job
UPDATE job SET state = 1, lease_until_ms = $3, fence = fence + 1, attempts = attempts + 1
WHERE id IN (SELECT id FROM job WHERE state = 0 AND class = $1 AND due_ms <= $2 ORDER BY due_ms, id LIMIT $4)
RETURNING @job;

-- The fence keeps a worker that was thought dead from ending a job that another has taken.
-- query job_done(id str, fence int) exec
UPDATE job SET state = 2, last_error = NULL WHERE id = $1 AND fence = $2 AND state = 1;

-- query job_retry(id str, fence int, due_ms int, last_error str) exec
UPDATE job SET state = 0, lease_until_ms = 0, due_ms = $3, last_error = $4 WHERE id = $1 AND fence = $2 AND state = 1;

-- query job_give_up(id str, fence int, last_error str) exec
UPDATE job SET state = 3, last_error = $3 WHERE id = $1 AND fence = $2 AND state = 1;

-- Leases that have run out: whoever held them is dead or too late. With $1 = the end of time: all leases, when the process that held
-- them is known to be gone.
-- query job_release(now_ms int) exec
UPDATE job SET state = 0, lease_until_ms = 0 WHERE state = 1 AND lease_until_ms <= $1;

-- The earliest moments at which something may be due; the end of time where there is nothing.
-- query job_next() one (work_ms int, mail_ms int, lease_ms int)
SELECT COALESCE((SELECT MIN(due_ms) FROM job WHERE state = 0 AND class = 0), 9223372036854775807),
COALESCE((SELECT MIN(due_ms) FROM job WHERE state = 0 AND class = 1), 9223372036854775807),
COALESCE((SELECT MIN(lease_until_ms) FROM job WHERE state = 1), 9223372036854775807);

-- query job_by_dedup(dedup str) one (id str, state int, attempts int, due_ms int, last_error str)
SELECT id, state, attempts, due_ms, last_error FROM job WHERE dedup = $1;

-- Dead letters, for the administrator.
-- query job_given_up(most int) many (id str, kind str, payload str, attempts int, last_error str)
SELECT id, kind, payload, attempts, last_error FROM job WHERE state = 3 ORDER BY id DESC LIMIT $1;

-- query job_revive(id str, due_ms int) exec
UPDATE job SET state = 0, attempts = 0, due_ms = $2 WHERE id = $1 AND state = 3;
