-- Contents that were erased. They are few, and whoever keeps a copy of contents asks for them again and again.
CREATE INDEX content_erased ON content (government, position) WHERE bytes IS NULL;
