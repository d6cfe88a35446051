-- Who does a duty of a government, and until when (microseconds, UTC): the scheduler's work is done by one program.
CREATE TABLE lease (
    government text COLLATE "C" NOT NULL,
    duty       text COLLATE "C" NOT NULL,
    holder     text COLLATE "C" NOT NULL,
    until      bigint NOT NULL,
    PRIMARY KEY (government, duty)
);
