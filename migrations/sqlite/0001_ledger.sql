-- The ledger of one or many governments.
--
-- The government leads every key, so that the same tables can be distributed by it; `definition` and `note`, which
-- belong to nobody, would be reference tables. Days are integers that read as they are written, 20200715: they sort,
-- and a month is day / 100. Moments are microseconds in UTC.
--
-- Tables of which nothing may ever change say so by triggers, also against INSERT OR REPLACE and INSERT ... ON
-- CONFLICT, which fire no delete trigger: a key that exists can't be inserted. They have no rowid, which would be a
-- second key.

-- Events ------------------------------------------------------------------------------------------------------------

CREATE TABLE event (
    government TEXT    NOT NULL,
    position   INTEGER NOT NULL,
    record     INTEGER NOT NULL,
    seq        INTEGER NOT NULL,
    hash       BLOB    NOT NULL,
    head       BLOB    NOT NULL,
    envelope   BLOB    NOT NULL,
    PRIMARY KEY (government, position),
    UNIQUE (government, record, seq),
    CHECK (position > 0 AND seq > 0 AND length(hash) = 32 AND length(head) = 32),
    -- A record is called by the position of its first event.
    CHECK ((seq = 1) = (record = position))
) STRICT, WITHOUT ROWID;

CREATE TRIGGER event_follows BEFORE INSERT ON event BEGIN
    SELECT RAISE(ABORT, 'event: the position is not the one after the last')
    WHERE NEW.position IS NOT (SELECT coalesce(max(position), 0) + 1 FROM event WHERE government = NEW.government);
    SELECT RAISE(ABORT, 'event: the number is not the one after the record''s last')
    WHERE NEW.seq IS NOT (
        SELECT coalesce(max(seq), 0) + 1 FROM event WHERE government = NEW.government AND record = NEW.record
    );
END;
CREATE TRIGGER event_stays BEFORE UPDATE ON event BEGIN
    SELECT RAISE(ABORT, 'event: nothing recorded is altered');
END;
CREATE TRIGGER event_remains BEFORE DELETE ON event BEGIN
    SELECT RAISE(ABORT, 'event: nothing recorded is deleted');
END;

-- Part 0 is not personal and can't be erased; each further part can, and its row stays.
CREATE TABLE content (
    government TEXT    NOT NULL,
    position   INTEGER NOT NULL,
    part       INTEGER NOT NULL,
    nonce      BLOB,
    bytes      BLOB,
    PRIMARY KEY (government, position, part),
    CHECK ((nonce IS NULL) = (bytes IS NULL)),
    CHECK (nonce IS NULL OR length(nonce) = 16),
    CHECK (part > 0 OR nonce IS NOT NULL)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER content_follows BEFORE INSERT ON content BEGIN
    SELECT RAISE(ABORT, 'content: it can be added to the last event only')
    WHERE NEW.position IS NOT (SELECT max(position) FROM event WHERE government = NEW.government);
    SELECT RAISE(ABORT, 'content: this part exists')
    WHERE EXISTS (
        SELECT 1 FROM content
        WHERE government = NEW.government AND position = NEW.position AND part = NEW.part
    );
END;
CREATE TRIGGER content_stays BEFORE UPDATE ON content
WHEN NEW.government IS NOT OLD.government OR NEW.position IS NOT OLD.position OR NEW.part IS NOT OLD.part
    OR NEW.nonce IS NOT NULL OR NEW.bytes IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'content: it can be erased, nothing else');
END;
CREATE TRIGGER content_remains BEFORE DELETE ON content BEGIN
    SELECT RAISE(ABORT, 'content: nothing recorded is deleted');
END;

-- The head of each log. It is written last; in a database with many writers it is the row that is locked.
CREATE TABLE head (
    government TEXT    NOT NULL,
    position   INTEGER NOT NULL,
    hash       BLOB    NOT NULL,
    PRIMARY KEY (government)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER head_follows BEFORE INSERT ON head BEGIN
    SELECT RAISE(ABORT, 'head: it is not that of the last event')
    WHERE NOT EXISTS (
        SELECT 1 FROM event
        WHERE government = NEW.government AND position = NEW.position AND head = NEW.hash
            AND position = (SELECT max(position) FROM event WHERE government = NEW.government)
    );
END;
CREATE TRIGGER head_stays BEFORE UPDATE ON head BEGIN
    SELECT RAISE(ABORT, 'head: it is not that of the last event')
    WHERE NEW.government IS NOT OLD.government OR NOT EXISTS (
        SELECT 1 FROM event
        WHERE government = NEW.government AND position = NEW.position AND head = NEW.hash
            AND position = (SELECT max(position) FROM event WHERE government = NEW.government)
    );
END;
CREATE TRIGGER head_remains BEFORE DELETE ON head BEGIN
    SELECT RAISE(ABORT, 'head: a log does not end');
END;

-- Resolved definitions, frozen.
CREATE TABLE definition (
    digest BLOB NOT NULL,
    name   TEXT NOT NULL,
    bytes  BLOB NOT NULL,
    PRIMARY KEY (digest)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER definition_follows BEFORE INSERT ON definition BEGIN
    SELECT RAISE(ABORT, 'definition: this digest exists')
    WHERE EXISTS (SELECT 1 FROM definition WHERE digest = NEW.digest);
END;
CREATE TRIGGER definition_stays BEFORE UPDATE ON definition BEGIN
    SELECT RAISE(ABORT, 'definition: it is frozen');
END;
CREATE TRIGGER definition_remains BEFORE DELETE ON definition BEGIN
    SELECT RAISE(ABORT, 'definition: it is frozen');
END;

-- Answered commands.
CREATE TABLE command (
    government TEXT    NOT NULL,
    id         BLOB    NOT NULL,
    record     INTEGER NOT NULL,
    position   INTEGER NOT NULL,
    PRIMARY KEY (government, id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER command_follows BEFORE INSERT ON command BEGIN
    SELECT RAISE(ABORT, 'command: it has been answered')
    WHERE EXISTS (SELECT 1 FROM command WHERE government = NEW.government AND id = NEW.id);
END;
CREATE TRIGGER command_stays BEFORE UPDATE ON command BEGIN
    SELECT RAISE(ABORT, 'command: an answer is not altered');
END;
CREATE TRIGGER command_remains BEFORE DELETE ON command BEGIN
    SELECT RAISE(ABORT, 'command: an answer is not deleted');
END;

-- Who looked at personal data.
CREATE TABLE look (
    government TEXT    NOT NULL,
    record     INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    account    TEXT    NOT NULL,
    PRIMARY KEY (government, record, at, account)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER look_follows BEFORE INSERT ON look BEGIN
    SELECT RAISE(ABORT, 'look: it is noted')
    WHERE EXISTS (
        SELECT 1 FROM look
        WHERE government = NEW.government AND record = NEW.record AND at = NEW.at AND account = NEW.account
    );
END;
CREATE TRIGGER look_stays BEFORE UPDATE ON look BEGIN
    SELECT RAISE(ABORT, 'look: nothing noted is altered');
END;
CREATE TRIGGER look_remains BEFORE DELETE ON look BEGIN
    SELECT RAISE(ABORT, 'look: nothing noted is deleted');
END;

-- Series of numbers: 1, 2, 3 ... without a gap.
CREATE TABLE series (
    government TEXT    NOT NULL,
    series     TEXT    NOT NULL,
    year       INTEGER NOT NULL,
    last       INTEGER NOT NULL,
    PRIMARY KEY (government, series, year)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER series_begins BEFORE INSERT ON series BEGIN
    SELECT RAISE(ABORT, 'series: it begins once, at 1')
    WHERE NEW.last IS NOT 1 OR EXISTS (
        SELECT 1 FROM series WHERE government = NEW.government AND series = NEW.series AND year = NEW.year
    );
END;
CREATE TRIGGER series_follows BEFORE UPDATE ON series
WHEN NEW.government IS NOT OLD.government OR NEW.series IS NOT OLD.series OR NEW.year IS NOT OLD.year
    OR NEW.last IS NOT OLD.last + 1
BEGIN
    SELECT RAISE(ABORT, 'series: numbers follow each other');
END;
CREATE TRIGGER series_remains BEFORE DELETE ON series BEGIN
    SELECT RAISE(ABORT, 'series: a number given stays');
END;

-- Figures -----------------------------------------------------------------------------------------------------------

-- What each event adds to a figure; `n` tells apart what one event adds on one day.
CREATE TABLE delta (
    government TEXT    NOT NULL,
    figure     TEXT    NOT NULL,
    day        INTEGER NOT NULL,
    position   INTEGER NOT NULL,
    n          INTEGER NOT NULL,
    record     INTEGER NOT NULL,
    agency     TEXT    NOT NULL,
    place      TEXT    NOT NULL,
    part       TEXT    NOT NULL,
    amount     INTEGER NOT NULL,
    PRIMARY KEY (government, figure, day, position, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX delta_record ON delta (government, record);

CREATE TRIGGER delta_follows BEFORE INSERT ON delta BEGIN
    SELECT RAISE(ABORT, 'delta: it exists')
    WHERE EXISTS (
        SELECT 1 FROM delta
        WHERE government = NEW.government AND figure = NEW.figure AND day = NEW.day AND position = NEW.position
            AND n = NEW.n
    );
END;
CREATE TRIGGER delta_stays BEFORE UPDATE ON delta BEGIN
    SELECT RAISE(ABORT, 'delta: a correction is a further delta');
END;
CREATE TRIGGER delta_remains BEFORE DELETE ON delta BEGIN
    SELECT RAISE(ABORT, 'delta: a correction is a further delta');
END;

-- What is derived from the events, and can be made again from them -------------------------------------------------

CREATE TABLE record (
    government TEXT    NOT NULL,
    id         INTEGER NOT NULL,
    line       TEXT    NOT NULL,
    definition BLOB    NOT NULL,
    agency     TEXT    NOT NULL,
    handler    TEXT,
    place      TEXT    NOT NULL,
    stage      TEXT    NOT NULL,
    closed     INTEGER NOT NULL,
    label      TEXT    NOT NULL,
    opened     INTEGER NOT NULL,
    touched    INTEGER NOT NULL,
    due        INTEGER,
    seq        INTEGER NOT NULL,
    hash       BLOB    NOT NULL,
    state      BLOB    NOT NULL,
    PRIMARY KEY (government, id)
) STRICT;
-- Each list is read in the order of one of these; agency and line stand in the first so that the records of a few
-- agencies are picked without touching the others.
CREATE INDEX record_opened ON record (government, opened, id, agency, line);
CREATE INDEX record_line ON record (government, line, opened, id);
CREATE INDEX record_agency ON record (government, agency, opened, id);
CREATE INDEX record_handler ON record (government, handler, opened, id) WHERE handler IS NOT NULL;
CREATE INDEX record_due ON record (government, due, id) WHERE due IS NOT NULL;

CREATE TABLE due (
    government TEXT    NOT NULL,
    record     INTEGER NOT NULL,
    limit_code TEXT    NOT NULL,
    due        INTEGER NOT NULL,
    agency     INTEGER NOT NULL,
    PRIMARY KEY (government, record, limit_code)
) STRICT, WITHOUT ROWID;
CREATE INDEX due_day ON due (government, due, record, limit_code);

CREATE TABLE key_value (
    government TEXT    NOT NULL,
    line       TEXT    NOT NULL,
    field      TEXT    NOT NULL,
    value      TEXT    NOT NULL,
    record     INTEGER NOT NULL,
    only_one   INTEGER NOT NULL,
    PRIMARY KEY (government, line, field, value, record)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX key_unique ON key_value (government, line, field, value) WHERE only_one = 1;
CREATE INDEX key_record ON key_value (government, record);

-- What is published. A withdrawal leaves a stub.
CREATE TABLE public (
    government  TEXT    NOT NULL,
    record      INTEGER NOT NULL,
    publication TEXT    NOT NULL,
    line        TEXT    NOT NULL,
    published   INTEGER NOT NULL,
    withdrawn   INTEGER,
    shown       BLOB    NOT NULL,
    digest      BLOB    NOT NULL,
    PRIMARY KEY (government, record, publication)
) STRICT;
CREATE INDEX public_day ON public (government, published, record, publication);
CREATE INDEX public_line ON public (government, line, published, record, publication);

-- Who works here ----------------------------------------------------------------------------------------------------

-- `posts`: one on each line.
CREATE TABLE account (
    government TEXT NOT NULL,
    name       TEXT NOT NULL,
    shown      TEXT NOT NULL,
    agency     TEXT NOT NULL,
    posts      TEXT NOT NULL,
    password   TEXT NOT NULL,
    PRIMARY KEY (government, name)
) STRICT;

CREATE TABLE agency (
    government TEXT NOT NULL,
    code       TEXT NOT NULL,
    name       TEXT NOT NULL,
    place      TEXT NOT NULL,
    PRIMARY KEY (government, code)
) STRICT;

CREATE TABLE note (
    name TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (name)
) STRICT;
