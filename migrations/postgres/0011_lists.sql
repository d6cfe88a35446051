-- What rights ask of a record stands in the indexes of lists, so that a list is counted without touching its records.
DROP INDEX record_opened;
CREATE INDEX record_opened ON record (government, opened, id, agency, line, seen_by, hidden, above);
DROP INDEX record_agency;
CREATE INDEX record_agency ON record (government, agency, opened, id, seen_by, hidden);
