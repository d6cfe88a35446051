-- Who is signed in, so that every program on this store knows it and a restart signs nobody out. Of the token that the
-- browser keeps there is only the SM3: who reads this table can't sign in with it. `secret` is what a form of the session
-- carries, `told` what the next page says. Moments are microseconds, UTC. Nothing here is part of the ledger.
CREATE TABLE session (
    government text COLLATE "C" NOT NULL,
    token      bytea            NOT NULL,
    account    text COLLATE "C" NOT NULL,
    secret     text             NOT NULL,
    begun      bigint           NOT NULL,
    seen       bigint           NOT NULL,
    told       text             NOT NULL,
    PRIMARY KEY (government, token),
    CHECK (length(token) = 32)
);

-- Failed attempts to sign in: how many in a row, and when the last was. The name is kept as its SM3, because people also
-- type what is no name.
CREATE TABLE attempt (
    government text COLLATE "C" NOT NULL,
    name       bytea            NOT NULL,
    failed     bigint           NOT NULL,
    last       bigint           NOT NULL,
    PRIMARY KEY (government, name),
    CHECK (length(name) = 32)
);
