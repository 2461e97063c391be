-- What intake removed or found worth telling: bits 1 << enum document_note.
ALTER TABLE document ADD COLUMN notes BIGINT NOT NULL DEFAULT 0;
