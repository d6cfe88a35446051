-- Who sees what, who holds which post from when until when, and what was done about it.

-- What a record's line lets be seen of it, derived as the rest of the row. `seen_by`: the posts, and the accounts with @
-- before them, which alone see it; `hidden`: from whom it is hidden, whatever they hold. Each word stands between line ends;
-- nothing where there are none. `above`: what a superior government sees: 0 figures, 1 it for a stated reason, 2 it.
ALTER TABLE record ADD COLUMN seen_by text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE record ADD COLUMN hidden text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE record ADD COLUMN above bigint NOT NULL DEFAULT 2;

-- Why somebody looked, where a reason was asked.
ALTER TABLE look ADD COLUMN reason text COLLATE "C" NOT NULL DEFAULT '';
CREATE INDEX look_time ON look (government, at, record, account);

-- Who held which post, from a day to a day. Where an account has rows here, they say what it holds on a day, and not the
-- account. What was granted is never deleted: it ends.
CREATE TABLE holding (
    government text COLLATE "C" NOT NULL,
    account    text COLLATE "C" NOT NULL,
    post       text COLLATE "C" NOT NULL,
    since      bigint           NOT NULL,
    until      bigint,
    PRIMARY KEY (government, account, post, since)
);
CREATE INDEX holding_post ON holding (government, post, since, account);

-- How an account stands: the day from which it is closed, and whether its password is to be changed first.
CREATE TABLE standing (
    government text COLLATE "C" NOT NULL,
    account    text COLLATE "C" NOT NULL,
    closed     bigint,
    renew      bigint           NOT NULL,
    PRIMARY KEY (government, account)
);

-- What an agency was called and where it worked from a day on; `until`: the last day on which there was one.
CREATE TABLE agency_past (
    government text COLLATE "C" NOT NULL,
    code       text COLLATE "C" NOT NULL,
    since      bigint           NOT NULL,
    until      bigint,
    name       text COLLATE "C" NOT NULL,
    place      text COLLATE "C" NOT NULL,
    PRIMARY KEY (government, code, since)
);

-- What administrators did: 1, 2, 3 ... in each government. Moments are microseconds, UTC.
CREATE TABLE office (
    government text COLLATE "C" NOT NULL,
    n          bigint           NOT NULL,
    at         bigint           NOT NULL,
    account    text COLLATE "C" NOT NULL,
    what       text COLLATE "C" NOT NULL,
    subject    text COLLATE "C" NOT NULL,
    before     text COLLATE "C" NOT NULL,
    after      text COLLATE "C" NOT NULL,
    PRIMARY KEY (government, n)
);
