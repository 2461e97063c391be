-- The log of all events, of contracts and of organisations, and its checkpoints.

-- row checkpoint: size int, at_ms int, root str, tree str, note str, signature str
-- row ledger_event: position int, envelope_id str, seq int, at_ms int, event str, participant_id str, actor str, detail str, entry str, authentication str, ip str, user_agent str, prev str, hash str

-- query ledger_add(envelope_id str, seq int) exec
INSERT INTO ledger (envelope_id, seq) VALUES ($1, $2);

-- query ledger_hashes(after int, most int) many (position int, hash str)
SELECT l.position, COALESCE(a.hash, o.hash) FROM ledger l
LEFT JOIN audit a ON a.envelope_id = l.envelope_id AND a.seq = l.seq
LEFT JOIN organisation_audit o ON o.organisation_id = l.envelope_id AND o.seq = l.seq
WHERE l.position > $1 AND (a.hash IS NOT NULL OR o.hash IS NOT NULL) ORDER BY l.position LIMIT $2;

-- query ledger_events(after int, most int) many ledger_event
SELECT l.position, l.envelope_id, l.seq, COALESCE(a.at_ms, o.at_ms), COALESCE(a.event, o.event), a.participant_id,
COALESCE(a.actor, o.actor), COALESCE(a.detail, o.detail), a.entry, a.authentication, COALESCE(a.ip, o.ip),
COALESCE(a.user_agent, o.user_agent), COALESCE(a.prev, o.prev), COALESCE(a.hash, o.hash) FROM ledger l
LEFT JOIN audit a ON a.envelope_id = l.envelope_id AND a.seq = l.seq
LEFT JOIN organisation_audit o ON o.organisation_id = l.envelope_id AND o.seq = l.seq
WHERE l.position > $1 AND (a.hash IS NOT NULL OR o.hash IS NOT NULL) ORDER BY l.position LIMIT $2;

-- query organisation_audit_head(id str) one (audit_seq int, audit_hash str)
SELECT audit_seq, audit_hash FROM organisation WHERE id = $1;

-- query organisation_audit_swap(id str, before int, audit_seq int, audit_hash str) exec
UPDATE organisation SET audit_seq = $3, audit_hash = $4 WHERE id = $1 AND audit_seq = $2;

-- query organisation_audit_add(organisation_id str, seq int, at_ms int, event str, actor str, detail str, ip str, user_agent str, prev str, hash str) exec
INSERT INTO organisation_audit (organisation_id, seq, at_ms, event, actor, detail, ip, user_agent, prev, hash)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);

-- query checkpoint_last() one checkpoint
SELECT @checkpoint FROM checkpoint ORDER BY size DESC LIMIT 1;

-- query checkpoint_after(size int) one checkpoint
SELECT @checkpoint FROM checkpoint WHERE size > $1 ORDER BY size LIMIT 1;

-- query checkpoint_add(size int, at_ms int, root str, tree str, note str, signature str) exec
INSERT INTO checkpoint (size, at_ms, root, tree, note, signature) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (size) DO NOTHING;

-- query ledger_events_of(envelope_id str) many ledger_event
SELECT l.position, a.envelope_id, a.seq, a.at_ms, a.event, a.participant_id, a.actor, a.detail, a.entry, a.authentication, a.ip, a.user_agent,
a.prev, a.hash FROM ledger l JOIN audit a ON a.envelope_id = l.envelope_id AND a.seq = l.seq WHERE l.envelope_id = $1 ORDER BY l.position;

-- The first checkpoint that holds all events of a contract.
-- query checkpoint_over(envelope_id str) one checkpoint
SELECT @checkpoint FROM checkpoint WHERE size >= (SELECT MAX(position) FROM ledger WHERE envelope_id = $1) ORDER BY size LIMIT 1;

-- query checkpoint_before(position int) one checkpoint
SELECT @checkpoint FROM checkpoint WHERE size < $1 ORDER BY size DESC LIMIT 1;
