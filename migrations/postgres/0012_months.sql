-- What the deltas of a month add up to. A figure of a year is a few rows of these and the deltas of the days at its ends.
-- Derived from the deltas, and kept in step with them in the same transaction.
CREATE TABLE delta_month (
    government text COLLATE "C" NOT NULL,
    figure     text COLLATE "C" NOT NULL,
    month      bigint NOT NULL,
    agency     text COLLATE "C" NOT NULL,
    place      text COLLATE "C" NOT NULL,
    part       text COLLATE "C" NOT NULL,
    amount     bigint NOT NULL,
    PRIMARY KEY (government, figure, month, agency, place, part)
);
INSERT INTO delta_month (government, figure, month, agency, place, part, amount)
SELECT government, figure, day / 100, agency, place, part, CAST(sum(amount) AS bigint) FROM delta
GROUP BY government, figure, day / 100, agency, place, part;
