-- What stands on desks, as in migrations/sqlite/0004_desk.sql. None of it is part of the log.

-- What waits for whom, as it follows from the record. Days are numbers that read as they are written.
CREATE TABLE waiting (
    government text COLLATE "C" NOT NULL,
    record bigint NOT NULL,
    kind text COLLATE "C" NOT NULL,
    what text COLLATE "C" NOT NULL,
    who text COLLATE "C" NOT NULL,
    agency text COLLATE "C" NOT NULL,
    day bigint NOT NULL,
    PRIMARY KEY (government, record, kind, what, who)
);
CREATE INDEX waiting_who ON waiting (government, kind, who, day, record, agency);
CREATE INDEX waiting_agency ON waiting (government, kind, agency, day, record);

-- A form put aside half filled. It belongs to its author alone. `record` is 0 where it would open one.
CREATE TABLE draft (
    government text COLLATE "C" NOT NULL,
    account text COLLATE "C" NOT NULL,
    id bytea NOT NULL,
    record bigint NOT NULL,
    line text COLLATE "C" NOT NULL,
    act text COLLATE "C" NOT NULL,
    typed bytea NOT NULL,
    at bigint NOT NULL,
    PRIMARY KEY (government, account, id)
);
CREATE INDEX draft_record ON draft (government, record);
CREATE INDEX draft_at ON draft (government, at);

-- Remarks beside records. `n` counts them in a government. Of one that was withdrawn the text is gone.
CREATE TABLE remark (
    government text COLLATE "C" NOT NULL,
    n bigint NOT NULL,
    id bytea NOT NULL,
    record bigint NOT NULL,
    account text COLLATE "C" NOT NULL,
    at bigint NOT NULL,
    text text COLLATE "C" NOT NULL,
    withdrawn bigint,
    PRIMARY KEY (government, n)
);
CREATE UNIQUE INDEX remark_id ON remark (government, id);
CREATE INDEX remark_record ON remark (government, record, n);

-- What people are told. `n` counts them in a government without a gap; a source tells a person once.
CREATE TABLE notice (
    government text COLLATE "C" NOT NULL,
    n bigint NOT NULL,
    account text COLLATE "C" NOT NULL,
    source text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    record bigint NOT NULL,
    line text COLLATE "C" NOT NULL,
    what text COLLATE "C" NOT NULL,
    doer text COLLATE "C" NOT NULL,
    due bigint,
    at bigint NOT NULL,
    read bigint,
    PRIMARY KEY (government, n)
);
CREATE UNIQUE INDEX notice_source ON notice (government, account, source);
CREATE INDEX notice_account ON notice (government, account, n);
CREATE INDEX notice_unread ON notice (government, account, n) WHERE read IS NULL;
CREATE INDEX notice_record ON notice (government, record, kind) WHERE read IS NULL;

-- What the log was found to hold that is unlawful or late, for the days of which somebody asks.
CREATE TABLE found (
    government text COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    code text COLLATE "C" NOT NULL,
    record bigint NOT NULL,
    agency text COLLATE "C" NOT NULL,
    day bigint NOT NULL,
    PRIMARY KEY (government, position, code)
);
CREATE INDEX found_day ON found (government, day, position, code, agency);

-- How far somebody has come with something: a position of the log, or a number.
CREATE TABLE reached (
    government text COLLATE "C" NOT NULL,
    what text COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    PRIMARY KEY (government, what)
);
