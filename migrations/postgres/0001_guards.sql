-- What can't be altered is refused by the database, not only by the code. Inserted events are checked once for each
-- statement, not for each row. Left out where the tables are distributed: there the guards are privileges and `verify`.

CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%: %', TG_TABLE_NAME, TG_ARGV[0];
END $$;

CREATE TRIGGER event_stays BEFORE UPDATE OR DELETE ON event FOR EACH ROW EXECUTE FUNCTION refuse('nothing recorded is altered or deleted');
CREATE TRIGGER definition_stays BEFORE UPDATE OR DELETE ON definition FOR EACH ROW EXECUTE FUNCTION refuse('it is frozen');
CREATE TRIGGER command_stays BEFORE UPDATE OR DELETE ON command FOR EACH ROW EXECUTE FUNCTION refuse('an answer is not altered or deleted');
CREATE TRIGGER look_stays BEFORE UPDATE OR DELETE ON look FOR EACH ROW EXECUTE FUNCTION refuse('nothing noted is altered or deleted');
CREATE TRIGGER delta_stays BEFORE UPDATE OR DELETE ON delta FOR EACH ROW EXECUTE FUNCTION refuse('a correction is a further delta');
CREATE TRIGGER content_remains BEFORE DELETE ON content FOR EACH ROW EXECUTE FUNCTION refuse('nothing recorded is deleted');
CREATE TRIGGER head_remains BEFORE DELETE ON head FOR EACH ROW EXECUTE FUNCTION refuse('a log does not end');
CREATE TRIGGER series_remains BEFORE DELETE ON series FOR EACH ROW EXECUTE FUNCTION refuse('a number given stays');
CREATE TRIGGER event_whole BEFORE TRUNCATE ON event FOR EACH STATEMENT EXECUTE FUNCTION refuse('nothing recorded is deleted');
CREATE TRIGGER content_whole BEFORE TRUNCATE ON content FOR EACH STATEMENT EXECUTE FUNCTION refuse('nothing recorded is deleted');
CREATE TRIGGER head_whole BEFORE TRUNCATE ON head FOR EACH STATEMENT EXECUTE FUNCTION refuse('nothing recorded is deleted');
CREATE TRIGGER definition_whole BEFORE TRUNCATE ON definition FOR EACH STATEMENT EXECUTE FUNCTION refuse('nothing recorded is deleted');
CREATE TRIGGER command_whole BEFORE TRUNCATE ON command FOR EACH STATEMENT EXECUTE FUNCTION refuse('nothing recorded is deleted');
CREATE TRIGGER look_whole BEFORE TRUNCATE ON look FOR EACH STATEMENT EXECUTE FUNCTION refuse('nothing recorded is deleted');
CREATE TRIGGER series_whole BEFORE TRUNCATE ON series FOR EACH STATEMENT EXECUTE FUNCTION refuse('nothing recorded is deleted');
CREATE TRIGGER delta_whole BEFORE TRUNCATE ON delta FOR EACH STATEMENT EXECUTE FUNCTION refuse('nothing recorded is deleted');

CREATE FUNCTION event_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM (
            SELECT government, min(position) AS first, max(position) AS final, count(*) AS n FROM added
            GROUP BY government
        ) AS stretch
        WHERE final - first + 1 <> n
            OR (first > 1 AND NOT EXISTS (
                SELECT 1 FROM event WHERE event.government = stretch.government AND event.position = first - 1))
            OR EXISTS (SELECT 1 FROM event WHERE event.government = stretch.government AND event.position > final)
    ) THEN
        RAISE EXCEPTION 'event: the position is not the one after the last';
    END IF;
    IF EXISTS (
        SELECT 1 FROM added WHERE seq > 1 AND NOT EXISTS (
            SELECT 1 FROM event
            WHERE event.government = added.government AND event.record = added.record
                AND event.seq = added.seq - 1 AND event.position < added.position)
    ) THEN
        RAISE EXCEPTION 'event: the number is not the one after the record''s last';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER event_follows AFTER INSERT ON event REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION event_follows();

-- The head moves last: what lies beyond it is of this transaction, and content can be added to such events only. SQLite
-- asks for the last event; here a whole batch comes in one statement.
CREATE FUNCTION content_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM added
        WHERE position <= (
                SELECT coalesce(max(head.position), 0) FROM head WHERE head.government = added.government)
            OR NOT EXISTS (
                SELECT 1 FROM event WHERE event.government = added.government AND event.position = added.position)
    ) THEN
        RAISE EXCEPTION 'content: it can be added to new events only';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER content_follows AFTER INSERT ON content REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION content_follows();

CREATE FUNCTION content_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.government <> OLD.government OR NEW.position <> OLD.position OR NEW.part <> OLD.part
        OR NEW.nonce IS NOT NULL OR NEW.bytes IS NOT NULL THEN
        RAISE EXCEPTION 'content: it can be erased, nothing else';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER content_stays BEFORE UPDATE ON content FOR EACH ROW EXECUTE FUNCTION content_stays();

CREATE FUNCTION head_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.government <> OLD.government THEN
        RAISE EXCEPTION 'head: it is not that of the last event';
    END IF;
    IF EXISTS (SELECT 1 FROM event WHERE government = NEW.government AND position > NEW.position)
        OR NOT (
            (TG_OP = 'INSERT' AND NEW.position = 0 AND NEW.hash = decode(repeat('00', 32), 'hex'))
            OR EXISTS (
                SELECT 1 FROM event
                WHERE government = NEW.government AND position = NEW.position AND head = NEW.hash)
        ) THEN
        RAISE EXCEPTION 'head: it is not that of the last event';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER head_follows BEFORE UPDATE ON head FOR EACH ROW EXECUTE FUNCTION head_follows();
-- After the insert and not before: a row that is there already is not inserted, and not judged.
CREATE TRIGGER head_begins AFTER INSERT ON head FOR EACH ROW EXECUTE FUNCTION head_follows();

-- Numbers never go backwards, and none is given twice. Several given in one transaction are written as one step, so that
-- the guard can't ask for the next number or for 1 at the beginning, as SQLite's does: that there is no gap is kept by the
-- one writer, who holds the head, and shown by the records that bear the numbers.
CREATE FUNCTION series_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.government <> OLD.government OR NEW.series <> OLD.series OR NEW.year <> OLD.year OR NEW.last <= OLD.last THEN
        RAISE EXCEPTION 'series: numbers follow each other';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER series_follows BEFORE UPDATE ON series FOR EACH ROW EXECUTE FUNCTION series_follows();
