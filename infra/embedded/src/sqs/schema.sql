CREATE TABLE IF NOT EXISTS queues (
    name          TEXT PRIMARY KEY,
    visibility_ms INTEGER NOT NULL,
    delay_ms      INTEGER NOT NULL,
    retention_ms  INTEGER NOT NULL,
    dead_queue    TEXT,
    max_receives  INTEGER
) STRICT;

CREATE TABLE IF NOT EXISTS messages (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    queue             TEXT NOT NULL,
    message_id        TEXT NOT NULL,
    body              TEXT NOT NULL,
    attributes        TEXT NOT NULL,
    sent_ms           INTEGER NOT NULL,
    visible_ms        INTEGER NOT NULL,
    in_flight         INTEGER NOT NULL DEFAULT 0,
    receives          INTEGER NOT NULL DEFAULT 0,
    first_received_ms INTEGER
) STRICT;

CREATE INDEX IF NOT EXISTS messages_by_visibility ON messages (queue, visible_ms, id);
CREATE INDEX IF NOT EXISTS messages_by_age ON messages (queue, sent_ms);
