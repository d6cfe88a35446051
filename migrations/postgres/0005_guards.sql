-- What was granted ends and is not deleted; what administrators did is not altered.

CREATE FUNCTION holding_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.government <> OLD.government OR NEW.account <> OLD.account OR NEW.post <> OLD.post
        OR NEW.since <> OLD.since OR NEW.until IS NULL THEN
        RAISE EXCEPTION 'holding: it can end, nothing else';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER holding_stays BEFORE UPDATE ON holding FOR EACH ROW EXECUTE FUNCTION holding_stays();
CREATE TRIGGER holding_remains BEFORE DELETE ON holding FOR EACH ROW EXECUTE FUNCTION refuse('it ends, and is not deleted');
CREATE TRIGGER holding_whole BEFORE TRUNCATE ON holding FOR EACH STATEMENT EXECUTE FUNCTION refuse('it ends, and is not deleted');
CREATE TRIGGER office_stays BEFORE UPDATE OR DELETE ON office FOR EACH ROW EXECUTE FUNCTION refuse('nothing noted is altered or deleted');
CREATE TRIGGER office_whole BEFORE TRUNCATE ON office FOR EACH STATEMENT EXECUTE FUNCTION refuse('nothing noted is deleted');
