-- Messages between records: what a government sent, and what it got. The thread (origin, opener, opened_by, effect) is
-- named by whoever opened the other record; `back` goes against it, `n` counts in one direction without a gap. What a
-- message says may be personal: it is emptied once it was handed over. Nothing here is part of the log; that a message did
-- something stands in the event.
CREATE TABLE message (
    government text COLLATE "C" NOT NULL,
    sent       bigint NOT NULL,
    origin     text COLLATE "C" NOT NULL,
    opener     bigint NOT NULL,
    opened_by  bigint NOT NULL,
    effect     text COLLATE "C" NOT NULL,
    back       bigint NOT NULL,
    n          bigint NOT NULL,
    record     bigint,
    seq        bigint NOT NULL,
    other      text COLLATE "C",
    line       text COLLATE "C" NOT NULL,
    there      bigint,
    addressee  text COLLATE "C" NOT NULL,
    state      text COLLATE "C" NOT NULL,
    told       text COLLATE "C" NOT NULL,
    bytes      bytea    NOT NULL,
    at         bigint NOT NULL,
    PRIMARY KEY (government, sent, origin, opener, opened_by, effect, back, n),
    CHECK (sent IN (0, 1)),
    CHECK (back IN (0, 1)),
    CHECK (n > 0)
);

CREATE INDEX message_of ON message (government, record, at);
CREATE INDEX message_state ON message (government, sent, state, origin, opener, opened_by, effect, back, n);
