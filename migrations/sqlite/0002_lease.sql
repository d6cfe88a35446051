-- Who does a duty of a government, and until when (microseconds, UTC): the scheduler's work is done by one program.
CREATE TABLE lease (
    government TEXT    NOT NULL,
    duty       TEXT    NOT NULL,
    holder     TEXT    NOT NULL,
    until      INTEGER NOT NULL,
    PRIMARY KEY (government, duty)
) STRICT, WITHOUT ROWID;
