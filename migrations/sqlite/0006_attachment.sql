-- Files that came with events, by the SM3 of their bytes. `kind` is told by the content; `uses` counts the events that
-- name the file and were not erased: at 0 it stands in staging, and is cleared away once nobody has it there. The bytes
-- lie beside the ledger's file, in attachments/<government>/<two digits>/<the rest of the digest>.
CREATE TABLE attachment (
    government TEXT    NOT NULL,
    digest     BLOB    NOT NULL,
    size       INTEGER NOT NULL,
    kind       TEXT    NOT NULL,
    uses       INTEGER NOT NULL,
    PRIMARY KEY (government, digest),
    CHECK (length(digest) = 32 AND size >= 0 AND uses >= 0)
) STRICT, WITHOUT ROWID;
CREATE INDEX attachment_unused ON attachment (government, digest) WHERE uses = 0;

CREATE TRIGGER attachment_begins BEFORE INSERT ON attachment BEGIN
    SELECT RAISE(ABORT, 'attachment: it begins in staging, once')
    WHERE NEW.uses IS NOT 0 OR EXISTS (
        SELECT 1 FROM attachment WHERE government = NEW.government AND digest = NEW.digest
    );
END;
CREATE TRIGGER attachment_stays BEFORE UPDATE ON attachment
WHEN NEW.government IS NOT OLD.government OR NEW.digest IS NOT OLD.digest OR NEW.size IS NOT OLD.size
    OR NEW.kind IS NOT OLD.kind OR abs(NEW.uses - OLD.uses) > 1
BEGIN
    SELECT RAISE(ABORT, 'attachment: only the count of its events changes, one by one');
END;
CREATE TRIGGER attachment_remains BEFORE DELETE ON attachment WHEN OLD.uses > 0 BEGIN
    SELECT RAISE(ABORT, 'attachment: an event names it');
END;

-- Who brought a file that no event names yet, and when: microseconds, UTC. Nobody else's command may name it.
CREATE TABLE staged (
    government TEXT    NOT NULL,
    digest     BLOB    NOT NULL,
    account    TEXT    NOT NULL,
    at         INTEGER NOT NULL,
    PRIMARY KEY (government, digest, account)
) STRICT, WITHOUT ROWID;
CREATE INDEX staged_at ON staged (government, at);
