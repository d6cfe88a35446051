-- Access tokens of programs that act for a person. Of the token itself there is only the SM3: who reads this table can't
-- use it. `used` is when it was last used, to the minute or so; 0: never. Moments are microseconds, UTC. Nothing here is
-- part of the ledger.
CREATE TABLE token (
    government text COLLATE "C" NOT NULL,
    token      bytea            NOT NULL,
    account    text COLLATE "C" NOT NULL,
    label      text             NOT NULL,
    writes     bigint           NOT NULL,
    made       bigint           NOT NULL,
    expires    bigint           NOT NULL,
    used       bigint           NOT NULL,
    PRIMARY KEY (government, token),
    CHECK (length(token) = 32),
    CHECK (writes IN (0, 1))
);

CREATE INDEX token_of ON token (government, account, made);
