-- What came in from files, under which order, and what went out as files: who, when, how much. `first` and `last` are the
-- positions of the log between which it was written. Moments are microseconds, UTC.
CREATE TABLE exchange (
    government TEXT    NOT NULL,
    id         BLOB    NOT NULL,
    at         INTEGER NOT NULL,
    inward     INTEGER NOT NULL,
    account    TEXT    NOT NULL,
    line       TEXT    NOT NULL,
    source     TEXT    NOT NULL,
    approver   TEXT    NOT NULL,
    standing   TEXT    NOT NULL,
    file       TEXT    NOT NULL,
    digest     BLOB    NOT NULL,
    row_count  INTEGER NOT NULL,
    came       INTEGER NOT NULL,
    repeated   INTEGER NOT NULL,
    left_out   INTEGER NOT NULL,
    first      INTEGER NOT NULL,
    last       INTEGER NOT NULL,
    PRIMARY KEY (government, id),
    CHECK (length(id) = 32),
    CHECK (length(digest) = 32),
    CHECK (inward IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE INDEX exchange_at ON exchange (government, at);

-- A file that was sent and waits to be looked over: nothing of it is part of the ledger, and it goes once it has come in,
-- was put aside, or has waited too long.
CREATE TABLE sheet (
    government TEXT    NOT NULL,
    id         BLOB    NOT NULL,
    at         INTEGER NOT NULL,
    account    TEXT    NOT NULL,
    about      TEXT    NOT NULL,
    bytes      BLOB    NOT NULL,
    PRIMARY KEY (government, id),
    CHECK (length(id) = 32)
) STRICT, WITHOUT ROWID;
