-- Tokens of outside timestamp authorities, by calendar month in Japan ("2026-11").

-- No row when the quota ($3; 0 = none) is used up.
-- query tsa_take(authority str, month str, quota int) one (tokens int)
INSERT INTO tsa_usage (authority, month, tokens) VALUES ($1, $2, 1) ON CONFLICT (authority, month) DO UPDATE SET
tokens = tsa_usage.tokens + 1 WHERE $3 = 0 OR tsa_usage.tokens < $3 RETURNING tokens;

-- query tsa_give_back(authority str, month str) exec
UPDATE tsa_usage SET tokens = tokens - 1 WHERE authority = $1 AND month = $2 AND tokens > 0;

-- query tsa_used(authority str, month str) one (tokens int)
SELECT COALESCE(MAX(tokens), 0) FROM tsa_usage WHERE authority = $1 AND month = $2;
