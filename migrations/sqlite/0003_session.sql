-- Who is signed in, so that every program on this store knows it and a restart signs nobody out. Of the token that the
-- browser keeps there is only the SM3: who reads this table can't sign in with it. `secret` is what a form of the session
-- carries, `told` what the next page says. Moments are microseconds, UTC. Nothing here is part of the ledger.
CREATE TABLE session (
    government TEXT    NOT NULL,
    token      BLOB    NOT NULL,
    account    TEXT    NOT NULL,
    secret     TEXT    NOT NULL,
    begun      INTEGER NOT NULL,
    seen       INTEGER NOT NULL,
    told       TEXT    NOT NULL,
    PRIMARY KEY (government, token),
    CHECK (length(token) = 32)
) STRICT, WITHOUT ROWID;

-- Failed attempts to sign in: how many in a row, and when the last was. The name is kept as its SM3, because people also
-- type what is no name.
CREATE TABLE attempt (
    government TEXT    NOT NULL,
    name       BLOB    NOT NULL,
    failed     INTEGER NOT NULL,
    last       INTEGER NOT NULL,
    PRIMARY KEY (government, name),
    CHECK (length(name) = 32)
) STRICT, WITHOUT ROWID;
