-- What DataView keeps in ClickHouse. Every row has a key that is the same when it is written again,
-- so a batch that was written in part and comes again is there once: reads say FINAL. A frame's own
-- row is written last; as long as it is missing the frame counts as not stored. Of two rows of one
-- key the first that was written stays: `version` goes down. Of CLS and INP, which are told again when
-- they have changed, the last told stays: `version` is their time.
--
-- Times are ms since the Unix epoch, minutes those since then, identifiers hexadecimal digits; what
-- is not known is empty.
CREATE TABLE IF NOT EXISTS frames (
    app LowCardinality(String),
    session FixedString(32),
    sequence UInt64,
    version UInt64,
    place UInt64,
    received_at UInt64,
    first_at UInt64,
    last_at UInt64,
    user String,
    tier LowCardinality(String),
    first_page String,
    region LowCardinality(String),
    operator LowCardinality(String),
    device LowCardinality(String),
    os LowCardinality(String),
    browser LowCardinality(String),
    release LowCardinality(String),
    environment LowCardinality(String),
    events UInt32,
    errors UInt32,
    calls UInt32,
    calls_failed UInt32,
    -- The entry, packed as the protocol packs entries, in base64.
    entry String CODEC(ZSTD(3)),
    INDEX of_user user TYPE bloom_filter GRANULARITY 4,
    INDEX by_place place TYPE minmax GRANULARITY 1
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toDate(intDiv(received_at, 86400000))
ORDER BY (app, session, sequence)
TTL toDateTime(intDiv(received_at, 1000)) + INTERVAL {raw_days} DAY;

CREATE TABLE IF NOT EXISTS measures (
    app LowCardinality(String),
    metric UInt8,
    session FixedString(32),
    key UInt64,
    version UInt64,
    minute UInt32,
    -- Of counts.
    count UInt64,
    -- Of samples: the power of the base that the value lies below.
    bin Int32,
    -- Of uniques: a hash of the thing, and the register and rank that a HyperLogLog gives it.
    hash UInt64,
    register UInt16,
    rank UInt8,
    page LowCardinality(String),
    api LowCardinality(String),
    region LowCardinality(String),
    operator LowCardinality(String),
    device LowCardinality(String),
    os LowCardinality(String),
    browser LowCardinality(String),
    release LowCardinality(String),
    transaction LowCardinality(String)
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(toDateTime(minute * 60))
ORDER BY (app, metric, session, key)
TTL toDateTime(minute * 60) + INTERVAL {rollup_days} DAY;

CREATE TABLE IF NOT EXISTS calls (
    trace FixedString(32),
    span FixedString(16),
    session FixedString(32),
    app LowCardinality(String),
    version UInt64,
    view String,
    at UInt64,
    duration Float64,
    api LowCardinality(String),
    status UInt16,
    ok Bool
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toDate(intDiv(at, 86400000))
ORDER BY (trace, span, session)
TTL toDateTime(intDiv(at, 1000)) + INTERVAL {raw_days} DAY;

CREATE TABLE IF NOT EXISTS errors (
    app LowCardinality(String),
    fingerprint UInt64,
    session FixedString(32),
    sequence UInt64,
    number UInt32,
    version UInt64,
    at UInt64,
    kind LowCardinality(String),
    type String,
    message String,
    page LowCardinality(String)
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toDate(intDiv(at, 86400000))
ORDER BY (app, fingerprint, session, sequence, number)
TTL toDateTime(intDiv(at, 1000)) + INTERVAL {raw_days} DAY;

-- Spans, hops and lines of logs, as JSON of the model's types. `id` is a span's, and of what has
-- none a hash of all of it.
CREATE TABLE IF NOT EXISTS told (
    trace String,
    what Enum8('span' = 1, 'hop' = 2, 'log' = 3),
    id String,
    version UInt64,
    at UInt64,
    told String CODEC(ZSTD(3))
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toDate(intDiv(at, 86400000))
ORDER BY (trace, what, id)
TTL toDateTime(intDiv(at, 1000)) + INTERVAL {raw_days} DAY;
