-- What a day keeps as long as its raw data are kept.
CREATE TABLE sessions (
    pk INTEGER PRIMARY KEY,
    app INTEGER NOT NULL,
    id BLOB NOT NULL,
    first_at INTEGER NOT NULL DEFAULT 0,
    last_at INTEGER NOT NULL DEFAULT 0,
    user TEXT, tier TEXT,
    first_page TEXT, region TEXT, operator TEXT, device TEXT, os TEXT, browser TEXT,
    release TEXT, environment TEXT,
    events INTEGER NOT NULL DEFAULT 0,
    views INTEGER NOT NULL DEFAULT 0,
    errors INTEGER NOT NULL DEFAULT 0,
    calls INTEGER NOT NULL DEFAULT 0,
    calls_failed INTEGER NOT NULL DEFAULT 0,
    UNIQUE (app, id)
);
CREATE INDEX sessions_newest ON sessions (app, last_at, id);
CREATE INDEX sessions_of_user ON sessions (app, user, last_at, id) WHERE user IS NOT NULL;
CREATE INDEX sessions_troubled ON sessions (app, last_at, id)
    WHERE errors > 0 OR calls_failed > 0;

-- The entry is packed as the protocol packs entries, where that is shorter.
CREATE TABLE frames (
    id INTEGER PRIMARY KEY,
    session INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    entry BLOB NOT NULL,
    UNIQUE (session, sequence)
);

-- What each view has counted already: a bit a metric, and where that counts which may change.
CREATE TABLE views (
    session INTEGER NOT NULL,
    view BLOB NOT NULL,
    counted INTEGER NOT NULL,
    placed BLOB,
    PRIMARY KEY (session, view)
) WITHOUT ROWID;

-- Which sessions had a page, an API or a transaction.
CREATE TABLE session_labels (
    label INTEGER NOT NULL,
    session INTEGER NOT NULL,
    PRIMARY KEY (label, session)
) WITHOUT ROWID;

-- Calls that can be joined: those that sent a traceparent.
CREATE TABLE calls (
    trace BLOB NOT NULL,
    span BLOB NOT NULL,
    session INTEGER NOT NULL,
    view BLOB,
    at INTEGER NOT NULL,
    duration REAL NOT NULL,
    api TEXT NOT NULL,
    status INTEGER NOT NULL,
    ok INTEGER NOT NULL,
    PRIMARY KEY (trace, span, session)
) WITHOUT ROWID;

CREATE TABLE errors (
    id INTEGER PRIMARY KEY,
    app INTEGER NOT NULL,
    fingerprint INTEGER NOT NULL,
    at INTEGER NOT NULL,
    session INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    kind TEXT NOT NULL,
    type TEXT NOT NULL,
    message TEXT NOT NULL,
    page TEXT NOT NULL
);
CREATE INDEX errors_newest ON errors (app, fingerprint, at);

-- What services and proxies told, as JSON of the model's types. `id` is the span's, and of what has
-- none a hash of all of it, so that what is told twice is there once. `trace` is empty where there
-- is none.
CREATE TABLE spans (
    trace BLOB NOT NULL, id BLOB NOT NULL, told TEXT NOT NULL, PRIMARY KEY (trace, id)
) WITHOUT ROWID;
CREATE TABLE hops (
    trace BLOB NOT NULL, id BLOB NOT NULL, told TEXT NOT NULL, PRIMARY KEY (trace, id)
) WITHOUT ROWID;
CREATE TABLE logs (
    trace BLOB NOT NULL, id BLOB NOT NULL, told TEXT NOT NULL, PRIMARY KEY (trace, id)
) WITHOUT ROWID;
