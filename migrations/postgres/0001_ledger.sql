-- The ledger of one or many governments, as in migrations/sqlite/0001_ledger.sql.
--
-- The government leads every key, so that the tables can be distributed by it; `definition` and `note`, which belong to
-- nobody, are reference tables. Days are numbers that read as they are written, 20200715. Texts order by their bytes,
-- as in SQLite. Yes and no are 1 and 0. The guards are in 0001_guards.sql: a distributed table can have no triggers.

-- Events ------------------------------------------------------------------------------------------------------------

CREATE TABLE event (
    government text COLLATE "C" NOT NULL,
    position   bigint NOT NULL,
    record     bigint NOT NULL,
    seq        bigint NOT NULL,
    hash       bytea    NOT NULL,
    head       bytea    NOT NULL,
    envelope   bytea    NOT NULL,
    PRIMARY KEY (government, position),
    UNIQUE (government, record, seq),
    CHECK (position > 0 AND seq > 0 AND length(hash) = 32 AND length(head) = 32),
    -- A record is called by the position of its first event.
    CHECK ((seq = 1) = (record = position))
);

-- Part 0 is not personal and can't be erased; each further part can, and its row stays.
CREATE TABLE content (
    government text COLLATE "C" NOT NULL,
    position   bigint NOT NULL,
    part       bigint NOT NULL,
    nonce      bytea,
    bytes      bytea,
    PRIMARY KEY (government, position, part),
    CHECK ((nonce IS NULL) = (bytes IS NULL)),
    CHECK (nonce IS NULL OR length(nonce) = 16),
    CHECK (part > 0 OR nonce IS NOT NULL)
);

-- The head of each log. Its row is what a writer locks for one transaction; a new log begins at 0.
CREATE TABLE head (
    government text COLLATE "C" NOT NULL,
    position   bigint NOT NULL,
    hash       bytea    NOT NULL,
    PRIMARY KEY (government)
);

-- Resolved definitions, frozen.
CREATE TABLE definition (
    digest bytea NOT NULL,
    name   text COLLATE "C" NOT NULL,
    bytes  bytea NOT NULL,
    PRIMARY KEY (digest)
);

-- Answered commands.
CREATE TABLE command (
    government text COLLATE "C" NOT NULL,
    id         bytea    NOT NULL,
    record     bigint NOT NULL,
    position   bigint NOT NULL,
    PRIMARY KEY (government, id)
);

-- Who looked at personal data.
CREATE TABLE look (
    government text COLLATE "C" NOT NULL,
    record     bigint NOT NULL,
    at         bigint NOT NULL,
    account    text COLLATE "C" NOT NULL,
    PRIMARY KEY (government, record, at, account)
);

-- Series of numbers: 1, 2, 3 ... without a gap.
CREATE TABLE series (
    government text COLLATE "C" NOT NULL,
    series     text COLLATE "C" NOT NULL,
    year       bigint NOT NULL,
    last       bigint NOT NULL,
    PRIMARY KEY (government, series, year)
);

-- Figures -----------------------------------------------------------------------------------------------------------

-- What each event adds to a figure; `n` tells apart what one event adds on one day.
CREATE TABLE delta (
    government text COLLATE "C" NOT NULL,
    figure     text COLLATE "C" NOT NULL,
    day        bigint NOT NULL,
    position   bigint NOT NULL,
    n          bigint NOT NULL,
    record     bigint NOT NULL,
    agency     text COLLATE "C" NOT NULL,
    place      text COLLATE "C" NOT NULL,
    part       text COLLATE "C" NOT NULL,
    amount     bigint NOT NULL,
    PRIMARY KEY (government, figure, day, position, n)
);
CREATE INDEX delta_record ON delta (government, record);

-- What is derived from the events, and can be made again from them -------------------------------------------------

CREATE TABLE record (
    government text COLLATE "C" NOT NULL,
    id         bigint NOT NULL,
    line       text COLLATE "C" NOT NULL,
    definition bytea    NOT NULL,
    agency     text COLLATE "C" NOT NULL,
    handler    TEXT,
    place      text COLLATE "C" NOT NULL,
    stage      text COLLATE "C" NOT NULL,
    closed     bigint NOT NULL,
    label      text COLLATE "C" NOT NULL,
    opened     bigint NOT NULL,
    touched    bigint NOT NULL,
    due        bigint,
    seq        bigint NOT NULL,
    hash       bytea    NOT NULL,
    state      bytea    NOT NULL,
    PRIMARY KEY (government, id)
);
-- Each list is read in the order of one of these; agency and line stand in the first so that the records of a few
-- agencies are picked without touching the others.
CREATE INDEX record_opened ON record (government, opened, id, agency, line);
CREATE INDEX record_line ON record (government, line, opened, id);
CREATE INDEX record_agency ON record (government, agency, opened, id);
CREATE INDEX record_handler ON record (government, handler, opened, id) WHERE handler IS NOT NULL;
CREATE INDEX record_due ON record (government, due, id) WHERE due IS NOT NULL;

CREATE TABLE due (
    government text COLLATE "C" NOT NULL,
    record     bigint NOT NULL,
    limit_code text COLLATE "C" NOT NULL,
    due        bigint NOT NULL,
    agency     bigint NOT NULL,
    PRIMARY KEY (government, record, limit_code)
);
CREATE INDEX due_day ON due (government, due, record, limit_code);

CREATE TABLE key_value (
    government text COLLATE "C" NOT NULL,
    line       text COLLATE "C" NOT NULL,
    field      text COLLATE "C" NOT NULL,
    value      text COLLATE "C" NOT NULL,
    record     bigint NOT NULL,
    only_one   bigint NOT NULL,
    PRIMARY KEY (government, line, field, value, record)
);
CREATE UNIQUE INDEX key_unique ON key_value (government, line, field, value) WHERE only_one = 1;
CREATE INDEX key_record ON key_value (government, record);

-- What is published. A withdrawal leaves a stub.
CREATE TABLE public (
    government  text COLLATE "C" NOT NULL,
    record      bigint NOT NULL,
    publication text COLLATE "C" NOT NULL,
    line        text COLLATE "C" NOT NULL,
    published   bigint NOT NULL,
    withdrawn   bigint,
    shown       bytea    NOT NULL,
    digest      bytea    NOT NULL,
    PRIMARY KEY (government, record, publication)
);
CREATE INDEX public_day ON public (government, published, record, publication);
CREATE INDEX public_line ON public (government, line, published, record, publication);

-- Who works here ----------------------------------------------------------------------------------------------------

-- `posts`: one on each line.
CREATE TABLE account (
    government text COLLATE "C" NOT NULL,
    name       text COLLATE "C" NOT NULL,
    shown      text COLLATE "C" NOT NULL,
    agency     text COLLATE "C" NOT NULL,
    posts      text COLLATE "C" NOT NULL,
    password   text COLLATE "C" NOT NULL,
    PRIMARY KEY (government, name)
);

CREATE TABLE agency (
    government text COLLATE "C" NOT NULL,
    code       text COLLATE "C" NOT NULL,
    name       text COLLATE "C" NOT NULL,
    place      text COLLATE "C" NOT NULL,
    PRIMARY KEY (government, code)
);

CREATE TABLE note (
    name text COLLATE "C" NOT NULL,
    text text COLLATE "C" NOT NULL,
    PRIMARY KEY (name)
);
