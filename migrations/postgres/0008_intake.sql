-- What came in from files, under which order, and what went out as files: who, when, how much. `first` and `last` are the
-- positions of the log between which it was written. Moments are microseconds, UTC.
CREATE TABLE exchange (
    government text COLLATE "C" NOT NULL,
    id         bytea            NOT NULL,
    at         bigint           NOT NULL,
    inward     bigint           NOT NULL,
    account    text COLLATE "C" NOT NULL,
    line       text COLLATE "C" NOT NULL,
    source     text             NOT NULL,
    approver   text             NOT NULL,
    standing   text COLLATE "C" NOT NULL,
    file       text             NOT NULL,
    digest     bytea            NOT NULL,
    row_count  bigint           NOT NULL,
    came       bigint           NOT NULL,
    repeated   bigint           NOT NULL,
    left_out   bigint           NOT NULL,
    first      bigint           NOT NULL,
    last       bigint           NOT NULL,
    PRIMARY KEY (government, id),
    CHECK (length(id) = 32),
    CHECK (length(digest) = 32),
    CHECK (inward IN (0, 1))
);

CREATE INDEX exchange_at ON exchange (government, at);

-- A file that was sent and waits to be looked over: nothing of it is part of the ledger, and it goes once it has come in,
-- was put aside, or has waited too long.
CREATE TABLE sheet (
    government text COLLATE "C" NOT NULL,
    id         bytea            NOT NULL,
    at         bigint           NOT NULL,
    account    text COLLATE "C" NOT NULL,
    about      text             NOT NULL,
    bytes      bytea            NOT NULL,
    PRIMARY KEY (government, id),
    CHECK (length(id) = 32)
);
