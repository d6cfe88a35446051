-- What the deltas of a month add up to. A figure of a year is a few rows of these and the deltas of the days at its ends.
-- Derived from the deltas, and kept in step with them in the same transaction.
CREATE TABLE delta_month (
    government TEXT    NOT NULL,
    figure     TEXT    NOT NULL,
    month      INTEGER NOT NULL,
    agency     TEXT    NOT NULL,
    place      TEXT    NOT NULL,
    part       TEXT    NOT NULL,
    amount     INTEGER NOT NULL,
    PRIMARY KEY (government, figure, month, agency, place, part)
) STRICT, WITHOUT ROWID;
INSERT INTO delta_month (government, figure, month, agency, place, part, amount)
SELECT government, figure, day / 100, agency, place, part, sum(amount) FROM delta
GROUP BY government, figure, day / 100, agency, place, part;
