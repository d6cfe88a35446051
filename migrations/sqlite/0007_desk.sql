-- What stands on desks. None of it is part of the log.

-- What waits for whom, as it follows from the record. Days are numbers that read as they are written.
CREATE TABLE waiting (
    government TEXT    NOT NULL,
    record     INTEGER NOT NULL,
    kind       TEXT    NOT NULL,
    what       TEXT    NOT NULL,
    who        TEXT    NOT NULL,
    agency     TEXT    NOT NULL,
    day        INTEGER NOT NULL,
    PRIMARY KEY (government, record, kind, what, who)
) STRICT, WITHOUT ROWID;
CREATE INDEX waiting_who ON waiting (government, kind, who, day, record, agency);
CREATE INDEX waiting_agency ON waiting (government, kind, agency, day, record);

-- A form put aside half filled. It belongs to its author alone. `record` is 0 where it would open one.
CREATE TABLE draft (
    government TEXT    NOT NULL,
    account    TEXT    NOT NULL,
    id         BLOB    NOT NULL,
    record     INTEGER NOT NULL,
    line       TEXT    NOT NULL,
    act        TEXT    NOT NULL,
    typed      BLOB    NOT NULL,
    at         INTEGER NOT NULL,
    PRIMARY KEY (government, account, id)
) STRICT;
CREATE INDEX draft_record ON draft (government, record);
CREATE INDEX draft_at ON draft (government, at);

-- Remarks beside records. `n` counts them in a government. Of one that was withdrawn the text is gone.
CREATE TABLE remark (
    government TEXT    NOT NULL,
    n          INTEGER NOT NULL,
    id         BLOB    NOT NULL,
    record     INTEGER NOT NULL,
    account    TEXT    NOT NULL,
    at         INTEGER NOT NULL,
    text       TEXT    NOT NULL,
    withdrawn  INTEGER,
    PRIMARY KEY (government, n)
) STRICT;
CREATE UNIQUE INDEX remark_id ON remark (government, id);
CREATE INDEX remark_record ON remark (government, record, n);

-- What people are told. `n` counts them in a government without a gap; a source tells a person once.
CREATE TABLE notice (
    government TEXT    NOT NULL,
    n          INTEGER NOT NULL,
    account    TEXT    NOT NULL,
    source     TEXT    NOT NULL,
    kind       TEXT    NOT NULL,
    record     INTEGER NOT NULL,
    line       TEXT    NOT NULL,
    what       TEXT    NOT NULL,
    doer       TEXT    NOT NULL,
    due        INTEGER,
    at         INTEGER NOT NULL,
    read       INTEGER,
    PRIMARY KEY (government, n)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX notice_source ON notice (government, account, source);
CREATE INDEX notice_account ON notice (government, account, n);
CREATE INDEX notice_unread ON notice (government, account, n) WHERE read IS NULL;
CREATE INDEX notice_record ON notice (government, record, kind) WHERE read IS NULL;

-- What the log was found to hold that is unlawful or late, for the days of which somebody asks.
CREATE TABLE found (
    government TEXT    NOT NULL,
    position   INTEGER NOT NULL,
    code       TEXT    NOT NULL,
    record     INTEGER NOT NULL,
    agency     TEXT    NOT NULL,
    day        INTEGER NOT NULL,
    PRIMARY KEY (government, position, code)
) STRICT, WITHOUT ROWID;
CREATE INDEX found_day ON found (government, day, position, code, agency);

-- How far somebody has come with something: a position of the log, or a number.
CREATE TABLE reached (
    government TEXT    NOT NULL,
    what       TEXT    NOT NULL,
    position   INTEGER NOT NULL,
    PRIMARY KEY (government, what)
) STRICT, WITHOUT ROWID;
