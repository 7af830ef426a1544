-- What a day keeps after its raw data are gone. Times of roll-ups are minutes since the Unix epoch,
-- all others ms since then.
CREATE TABLE day (
    id INTEGER PRIMARY KEY CHECK (id = 0),
    frames INTEGER NOT NULL DEFAULT 0,
    -- Spans, hops and log lines.
    others INTEGER NOT NULL DEFAULT 0,
    -- The minutes that are rolled up, and the times of sessions: the first and the last.
    minute_from INTEGER, minute_to INTEGER,
    active_from INTEGER, active_to INTEGER
);
INSERT INTO day (id) VALUES (0);

CREATE TABLE apps (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);

CREATE TABLE labels (
    id INTEGER PRIMARY KEY,
    app INTEGER NOT NULL,
    dimension INTEGER NOT NULL,
    text TEXT NOT NULL,
    UNIQUE (app, dimension, text)
);

-- `step` is 1, 60 or 1440 minutes. Rows of one minute lie together: they are written together.
CREATE TABLE rollups (
    step INTEGER NOT NULL,
    app INTEGER NOT NULL,
    dimension INTEGER NOT NULL,
    at INTEGER NOT NULL,
    label INTEGER NOT NULL,
    row BLOB NOT NULL,
    PRIMARY KEY (step, app, dimension, at, label)
) WITHOUT ROWID;

-- Hours and days whose rows are not there or not up to date: ask what they are made of. Step 0 is
-- the groups of errors.
CREATE TABLE dirty (
    step INTEGER NOT NULL,
    app INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (step, app, at)
) WITHOUT ROWID;

CREATE TABLE error_groups (
    app INTEGER NOT NULL,
    fingerprint INTEGER NOT NULL,
    kind TEXT NOT NULL,
    type TEXT NOT NULL,
    message TEXT NOT NULL,
    count INTEGER NOT NULL,
    sessions BLOB NOT NULL,
    users BLOB NOT NULL,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    first_release TEXT,
    last_release TEXT,
    PRIMARY KEY (app, fingerprint)
) WITHOUT ROWID;
