-- Who sees what, who holds which post from when until when, and what was done about it.

-- What a record's line lets be seen of it, derived as the rest of the row. `seen_by`: the posts, and the accounts with @
-- before them, which alone see it; `hidden`: from whom it is hidden, whatever they hold. Each word stands between line ends;
-- nothing where there are none. `above`: what a superior government sees: 0 figures, 1 it for a stated reason, 2 it.
ALTER TABLE record ADD COLUMN seen_by TEXT NOT NULL DEFAULT '';
ALTER TABLE record ADD COLUMN hidden TEXT NOT NULL DEFAULT '';
ALTER TABLE record ADD COLUMN above INTEGER NOT NULL DEFAULT 2;

-- Why somebody looked, where a reason was asked.
ALTER TABLE look ADD COLUMN reason TEXT NOT NULL DEFAULT '';
CREATE INDEX look_time ON look (government, at, record, account);

-- Who held which post, from a day to a day. Where an account has rows here, they say what it holds on a day, and not the
-- account. What was granted is never deleted: it ends.
CREATE TABLE holding (
    government TEXT    NOT NULL,
    account    TEXT    NOT NULL,
    post       TEXT    NOT NULL,
    since      INTEGER NOT NULL,
    until      INTEGER,
    PRIMARY KEY (government, account, post, since)
) STRICT, WITHOUT ROWID;
CREATE INDEX holding_post ON holding (government, post, since, account);

CREATE TRIGGER holding_follows BEFORE INSERT ON holding BEGIN
    SELECT RAISE(ABORT, 'holding: it was granted')
    WHERE EXISTS (
        SELECT 1 FROM holding
        WHERE government = NEW.government AND account = NEW.account AND post = NEW.post AND since = NEW.since
    );
END;
CREATE TRIGGER holding_stays BEFORE UPDATE ON holding
WHEN NEW.government IS NOT OLD.government OR NEW.account IS NOT OLD.account OR NEW.post IS NOT OLD.post
    OR NEW.since IS NOT OLD.since OR NEW.until IS NULL
BEGIN
    SELECT RAISE(ABORT, 'holding: it can end, nothing else');
END;
CREATE TRIGGER holding_remains BEFORE DELETE ON holding BEGIN
    SELECT RAISE(ABORT, 'holding: it ends, and is not deleted');
END;

-- How an account stands: the day from which it is closed, and whether its password is to be changed first.
CREATE TABLE standing (
    government TEXT    NOT NULL,
    account    TEXT    NOT NULL,
    closed     INTEGER,
    renew      INTEGER NOT NULL,
    PRIMARY KEY (government, account)
) STRICT, WITHOUT ROWID;

-- What an agency was called and where it worked from a day on; `until`: the last day on which there was one.
CREATE TABLE agency_past (
    government TEXT    NOT NULL,
    code       TEXT    NOT NULL,
    since      INTEGER NOT NULL,
    until      INTEGER,
    name       TEXT    NOT NULL,
    place      TEXT    NOT NULL,
    PRIMARY KEY (government, code, since)
) STRICT, WITHOUT ROWID;

-- What administrators did: 1, 2, 3 ... in each government. Moments are microseconds, UTC.
CREATE TABLE office (
    government TEXT    NOT NULL,
    n          INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    account    TEXT    NOT NULL,
    what       TEXT    NOT NULL,
    subject    TEXT    NOT NULL,
    before     TEXT    NOT NULL,
    after      TEXT    NOT NULL,
    PRIMARY KEY (government, n)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER office_follows BEFORE INSERT ON office BEGIN
    SELECT RAISE(ABORT, 'office: the number is not the one after the last')
    WHERE NEW.n IS NOT (SELECT coalesce(max(n), 0) + 1 FROM office WHERE government = NEW.government);
END;
CREATE TRIGGER office_stays BEFORE UPDATE ON office BEGIN
    SELECT RAISE(ABORT, 'office: nothing noted is altered');
END;
CREATE TRIGGER office_remains BEFORE DELETE ON office BEGIN
    SELECT RAISE(ABORT, 'office: nothing noted is deleted');
END;
