-- The log of all events, and its checkpoints.

-- row checkpoint: size int, at_ms int, root str, tree str, note str, signature str
-- row ledger_event: position int, envelope_id str, seq int, at_ms int, event str, participant_id str, actor str, detail str, entry str, authentication str, ip str, user_agent str, prev str, hash str

-- query ledger_add(envelope_id str, seq int) exec
INSERT INTO ledger (envelope_id, seq) VALUES ($1, $2);

-- query ledger_hashes(after int, most int) many (position int, hash str)
SELECT l.position, a.hash FROM ledger l JOIN audit a ON a.envelope_id = l.envelope_id AND a.seq = l.seq
WHERE l.position > $1 ORDER BY l.position LIMIT $2;

-- query ledger_events(after int, most int) many ledger_event
SELECT l.position, a.envelope_id, a.seq, a.at_ms, a.event, a.participant_id, a.actor, a.detail, a.entry, a.authentication, a.ip, a.user_agent,
a.prev, a.hash FROM ledger l JOIN audit a ON a.envelope_id = l.envelope_id AND a.seq = l.seq WHERE l.position > $1 ORDER BY l.position LIMIT $2;

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
