-- Access tokens of programs that act for a person. Of the token itself there is only the SM3: who reads this table can't
-- use it. `used` is when it was last used, to the minute or so; 0: never. Moments are microseconds, UTC. Nothing here is
-- part of the ledger.
CREATE TABLE token (
    government TEXT    NOT NULL,
    token      BLOB    NOT NULL,
    account    TEXT    NOT NULL,
    label      TEXT    NOT NULL,
    writes     INTEGER NOT NULL,
    made       INTEGER NOT NULL,
    expires    INTEGER NOT NULL,
    used       INTEGER NOT NULL,
    PRIMARY KEY (government, token),
    CHECK (length(token) = 32),
    CHECK (writes IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE INDEX token_of ON token (government, account, made);
