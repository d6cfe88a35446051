-- A file that an event names stays as it is, as SQLite's guards keep its row.

CREATE FUNCTION attachment_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.government <> OLD.government OR NEW.digest <> OLD.digest OR NEW.size <> OLD.size OR NEW.kind <> OLD.kind
        OR abs(NEW.uses - OLD.uses) > 1 THEN
        RAISE EXCEPTION 'attachment: only the count of its events changes, one by one';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER attachment_stays BEFORE UPDATE ON attachment FOR EACH ROW EXECUTE FUNCTION attachment_stays();

CREATE FUNCTION attachment_begins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.uses <> 0 THEN
        RAISE EXCEPTION 'attachment: it begins in staging';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER attachment_begins BEFORE INSERT ON attachment FOR EACH ROW EXECUTE FUNCTION attachment_begins();

CREATE FUNCTION attachment_remains() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM attachment WHERE government = OLD.government AND digest = OLD.digest AND uses > 0) THEN
        RAISE EXCEPTION '%: an event names it', TG_TABLE_NAME;
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER attachment_remains BEFORE DELETE ON attachment FOR EACH ROW EXECUTE FUNCTION attachment_remains();
CREATE TRIGGER attachment_piece_remains BEFORE DELETE ON attachment_piece FOR EACH ROW EXECUTE FUNCTION attachment_remains();

CREATE TRIGGER attachment_piece_stays BEFORE UPDATE ON attachment_piece FOR EACH ROW EXECUTE FUNCTION refuse('bytes are not altered');
CREATE TRIGGER attachment_whole BEFORE TRUNCATE ON attachment FOR EACH STATEMENT EXECUTE FUNCTION refuse('files are not deleted');
CREATE TRIGGER attachment_piece_whole BEFORE TRUNCATE ON attachment_piece FOR EACH STATEMENT EXECUTE FUNCTION refuse('files are not deleted');
