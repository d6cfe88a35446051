-- Files that came with events, by the SM3 of their bytes. `kind` is told by the content; `uses` counts the events that
-- name the file and were not erased: at 0 it stands in staging, and is cleared away once nobody has it there.
CREATE TABLE attachment (
    government text COLLATE "C" NOT NULL,
    digest     bytea            NOT NULL,
    size       bigint           NOT NULL,
    kind       text COLLATE "C" NOT NULL,
    uses       bigint           NOT NULL,
    PRIMARY KEY (government, digest),
    CHECK (length(digest) = 32 AND size >= 0 AND uses >= 0)
);
CREATE INDEX attachment_unused ON attachment (government, digest) WHERE uses = 0;

-- Who brought a file that no event names yet, and when: microseconds, UTC. Nobody else's command may name it.
CREATE TABLE staged (
    government text COLLATE "C" NOT NULL,
    digest     bytea            NOT NULL,
    account    text COLLATE "C" NOT NULL,
    at         bigint           NOT NULL,
    PRIMARY KEY (government, digest, account)
);
CREATE INDEX staged_at ON staged (government, at);

-- The bytes of a file in pieces of 256 KiB, counted from 0. SQLite has them as files beside it.
CREATE TABLE attachment_piece (
    government text COLLATE "C" NOT NULL,
    digest     bytea            NOT NULL,
    n          bigint           NOT NULL,
    bytes      bytea            NOT NULL,
    PRIMARY KEY (government, digest, n)
);
