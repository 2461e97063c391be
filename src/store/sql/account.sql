-- Organisations, their users, and the sessions of those.

-- row account: id str, organisation_id str, name str, mail str, password str, organisation str

-- query organisation_any() one (n int)
SELECT COUNT(*) FROM organisation;

-- Only the first: whoever comes second changes nothing.
-- query organisation_add_first(id str, name str, now_ms int) exec
INSERT INTO organisation (id, name, created_ms) SELECT $1, $2, $3 WHERE NOT EXISTS (SELECT 1 FROM organisation);

-- query account_add(id str, organisation_id str, name str, mail str, mail_key str, password str, now_ms int) exec
INSERT INTO account (id, organisation_id, name, mail, mail_key, password, created_ms) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- query account_by_mail(mail_key str) one account
SELECT a.id, a.organisation_id, a.name, a.mail, a.password, o.name FROM account a JOIN organisation o ON o.id = a.organisation_id
WHERE a.mail_key = $1;

-- query account_get(id str) one account
SELECT a.id, a.organisation_id, a.name, a.mail, a.password, o.name FROM account a JOIN organisation o ON o.id = a.organisation_id
WHERE a.id = $1;

-- Counts a try before the password is looked at. Tries of a locked address do not make the lock longer.
-- query login_try_count(mail_key str, now_ms int, since_ms int) one (tries int)
INSERT INTO login_try (mail_key, tries, last_ms) VALUES ($1, 1, $2) ON CONFLICT (mail_key) DO UPDATE SET
tries = CASE WHEN login_try.last_ms < $3 THEN 1 ELSE login_try.tries + 1 END,
last_ms = CASE WHEN login_try.tries >= 5 AND login_try.last_ms >= $3 THEN login_try.last_ms ELSE $2 END
RETURNING tries;

-- query login_try_forget(mail_key str) exec
DELETE FROM login_try WHERE mail_key = $1;

-- query account_session_add(token_hash str, account_id str, now_ms int) exec
INSERT INTO account_session (token_hash, account_id, created_ms, seen_ms) VALUES ($1, $2, $3, $3);

-- query account_session_get(token_hash str) one (account_id str, organisation_id str, name str, mail str, created_ms int, seen_ms int)
SELECT a.id, a.organisation_id, a.name, a.mail, s.created_ms, s.seen_ms FROM account_session s JOIN account a ON a.id = s.account_id
WHERE s.token_hash = $1;

-- query account_session_touch(token_hash str, now_ms int) exec
UPDATE account_session SET seen_ms = $2 WHERE token_hash = $1 AND seen_ms < $2;

-- query account_session_end(token_hash str) exec
DELETE FROM account_session WHERE token_hash = $1;

-- query account_session_purge(account_id str, created_before_ms int, seen_before_ms int) exec
DELETE FROM account_session WHERE account_id = $1 AND (created_ms < $2 OR seen_ms < $3);

-- The authority whose timestamps an organisation wants; empty: whichever can.
-- query organisation_authority(id str) one (authority str)
SELECT authority FROM organisation WHERE id = $1;

-- query organisation_set_authority(id str, authority str) exec
UPDATE organisation SET authority = $2 WHERE id = $1;

-- query organisations(most int) many (id str, name str, authority str)
SELECT id, name, authority FROM organisation ORDER BY created_ms, id LIMIT $1;
