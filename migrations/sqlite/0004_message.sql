-- Messages between records: what a government sent, and what it got. The thread (origin, opener, opened_by, effect) is
-- named by whoever opened the other record; `back` goes against it, `n` counts in one direction without a gap. What a
-- message says may be personal: it is emptied once it was handed over. Nothing here is part of the log; that a message did
-- something stands in the event.
CREATE TABLE message (
    government TEXT    NOT NULL,
    sent       INTEGER NOT NULL,
    origin     TEXT    NOT NULL,
    opener     INTEGER NOT NULL,
    opened_by  INTEGER NOT NULL,
    effect     TEXT    NOT NULL,
    back       INTEGER NOT NULL,
    n          INTEGER NOT NULL,
    record     INTEGER,
    seq        INTEGER NOT NULL,
    other      TEXT,
    line       TEXT    NOT NULL,
    there      INTEGER,
    addressee  TEXT    NOT NULL,
    state      TEXT    NOT NULL,
    told       TEXT    NOT NULL,
    bytes      BLOB    NOT NULL,
    at         INTEGER NOT NULL,
    PRIMARY KEY (government, sent, origin, opener, opened_by, effect, back, n),
    CHECK (sent IN (0, 1)),
    CHECK (back IN (0, 1)),
    CHECK (n > 0)
) STRICT, WITHOUT ROWID;

CREATE INDEX message_of ON message (government, record, at);
CREATE INDEX message_state ON message (government, sent, state, origin, opener, opened_by, effect, back, n);
