//! The same batches in both stores, and the same questions to both.

use crate::engine::Engine;
use crate::made::{ALWAYS, APP, DAY, HOUR, MINUTE, Made, NOON, error, frame, known, session};
use dataview::model::{
    CallFact, Dimension, FrameFacts, Hop, LogLine, Measure, Metric, Span, SpanId, SpanKind,
    SpanStatus, TraceId, Value, ViewFact, ViewId,
};
use dataview::store::clickhouse::ClickHouseStore;
use dataview::store::{
    Batch, Breakdown, Bucket, FeedCursor, Feeder, Filter, SeriesAsk, SessionsAsk, Store, StoreError,
};
use serde_json::Map;

/// Percentiles of both stores are within 1 % of the truth, so within 2 % of each other.
const NEAR: f64 = 0.02;

const TRACE: TraceId = TraceId([7; 16]);

struct Both {
    engine: Engine,
    clickhouse: ClickHouseStore,
    sqlite: Made,
}

impl Both {
    async fn new() -> Self {
        let engine = Engine::start();
        let clickhouse = engine.store().await;
        Self { engine, clickhouse, sqlite: Made::new() }
    }

    async fn append(&self, batch: Batch) {
        let sqlite = self.sqlite.store.append(batch.clone()).await.unwrap();
        assert_eq!(self.clickhouse.append(batch).await.unwrap(), sqlite);
    }
}

/// Frames of some sessions over two days, some of them there before.
fn frames() -> Vec<FrameFacts> {
    let mut frames = Vec::new();
    for number in 1..=9 {
        for sequence in 0..4 {
            let at = NOON - DAY + u64::from(number) * HOUR + sequence * 11 * MINUTE;
            let mut frame = frame(number, sequence, at);
            if number == 4 {
                // One view, told by four frames.
                let view = Some(ViewId([4; 8]));
                frame.measures.iter_mut().for_each(|measure| measure.once = view);
                frame.views.push(ViewFact { id: view, at_ms: at, page: "/page/1".to_owned() });
            }
            if number == 5 {
                // Views of several frames, in which vitals change and something is thrown.
                let view = Some(ViewId([5 + u8::from(sequence > 1); 8]));
                let mut add = |metric, after, value| {
                    let dimensions = frame.measures[0].dimensions.clone();
                    let at_ms = at + after;
                    frame.measures.push(Measure { metric, at_ms, value, dimensions, once: view });
                };
                add(Metric::PageViewsOk, 0, Value::Count(1));
                add(Metric::Inp, 0, Value::Sample(100.0 + sequence as f64));
                if sequence == 1 {
                    add(Metric::PageViewsBroken, MINUTE, Value::Count(1));
                    // Told late: a later one counts.
                    add(Metric::Inp, 9 * HOUR, Value::Sample(700.0));
                    add(Metric::Inp, 8 * HOUR, Value::Sample(900.0));
                }
            }
            if number % 3 == 0 {
                known(&mut frame, &format!("user {}", number % 2));
            }
            if sequence == 3 {
                error(&mut frame, u64::MAX - u64::from(number % 2), "x is\tundefined \"here\"");
            }
            frames.push(frame);
        }
    }
    let again = frames[5].clone();
    frames.push(again);
    frames
}

fn series(dimension: Dimension, value: &str, step_ms: u64) -> SeriesAsk {
    SeriesAsk {
        app: APP.to_owned(),
        metrics: vec![
            Metric::PageViews,
            Metric::PageViewsOk,
            Metric::Lcp,
            Metric::Inp,
            Metric::Sessions,
        ],
        filter: Filter { dimension, value: value.to_owned() },
        range: ALWAYS,
        step_ms,
    }
}

fn check(own: &[Bucket], expected: &[Bucket]) {
    let facts = |bucket: &Bucket| (bucket.at_ms, bucket.metric, bucket.count);
    let told: Vec<_> = own.iter().map(facts).collect();
    let mut wanted: Vec<_> = expected.iter().map(facts).collect();
    wanted.sort_unstable_by_key(|(at, metric, _)| (*at, *metric));
    assert_eq!(told, wanted);
    for own in own.iter().filter(|bucket| matches!(bucket.metric, Metric::Lcp | Metric::Inp)) {
        let same = |other: &&Bucket| (other.at_ms, other.metric) == (own.at_ms, own.metric);
        let expected = expected.iter().find(same).unwrap();
        let median = |bucket: &Bucket| bucket.sketch.as_ref().unwrap().quantile(0.5).unwrap();
        let (own, expected) = (median(own), median(expected));
        assert!((own - expected).abs() <= expected * NEAR, "{own} and {expected}");
    }
}

#[tokio::test]
async fn figures_are_the_same() {
    let both = Both::new().await;
    both.append(Batch { frames: frames(), ..Batch::default() }).await;
    both.append(Batch { frames: frames(), ..Batch::default() }).await;
    for (dimension, value, step) in [
        (Dimension::All, "", DAY),
        (Dimension::All, "", 15 * MINUTE),
        (Dimension::Page, "/page/1", HOUR),
        (Dimension::Region, "Guangdong", DAY),
        (Dimension::Region, "nowhere' OR 1", DAY),
    ] {
        let ask = || series(dimension, value, step);
        let own = both.clickhouse.series(ask()).await.unwrap();
        check(&own, &both.sqlite.store.series(ask()).await.unwrap());
    }
    let ask = || Breakdown {
        app: APP.to_owned(),
        metrics: vec![Metric::PageViews, Metric::Sessions],
        by: Dimension::Page,
        range: ALWAYS,
        limit: 2,
    };
    let facts = |rows: Vec<(String, Bucket)>| -> Vec<_> {
        rows.into_iter().map(|(value, bucket)| (value, bucket.metric, bucket.count)).collect()
    };
    let own = facts(both.clickhouse.breakdown(ask()).await.unwrap());
    assert_eq!(own, facts(both.sqlite.store.breakdown(ask()).await.unwrap()));
    assert_eq!(both.clickhouse.apps(ALWAYS).await.unwrap(), [APP]);
    let frames = |days: Vec<dataview::store::StoredDay>| -> Vec<_> {
        days.into_iter().map(|day| (day.day, day.frames)).collect()
    };
    let own = frames(both.clickhouse.days().await.unwrap());
    assert_eq!(own, frames(both.sqlite.store.days().await.unwrap()));
}

#[tokio::test]
async fn sessions_errors_and_what_is_told_on_are_the_same() {
    let both = Both::new().await;
    both.append(Batch { frames: frames(), ..Batch::default() }).await;
    let (own, sqlite) = (&both.clickhouse, &both.sqlite.store);
    let ask = |cursor: Option<String>| SessionsAsk {
        app: APP.to_owned(),
        range: ALWAYS,
        user: None,
        filters: Vec::new(),
        troubled: false,
        limit: 4,
        cursor,
    };
    let mut cursor = None;
    loop {
        let told = own.sessions(ask(cursor.clone())).await.unwrap();
        assert_eq!(told, sqlite.sessions(ask(cursor)).await.unwrap());
        cursor = told.next;
        if cursor.is_none() {
            break;
        }
    }
    let of_page = Filter { dimension: Dimension::Os, value: "Android".to_owned() };
    for ask in [
        SessionsAsk { user: Some("user 1".to_owned()), ..ask(None) },
        SessionsAsk { troubled: true, filters: vec![of_page], ..ask(None) },
        SessionsAsk {
            range: dataview::store::Range { from_ms: 0, to_ms: NOON - DAY },
            ..ask(None)
        },
    ] {
        assert_eq!(own.sessions(ask.clone()).await.unwrap(), sqlite.sessions(ask).await.unwrap());
    }
    let (told, expected) = (
        own.session(APP.to_owned(), session(3), 3).await.unwrap(),
        sqlite.session(APP.to_owned(), session(3), 3).await.unwrap(),
    );
    assert_eq!(told, expected);
    let range = dataview::store::Range { from_ms: NOON - DAY, to_ms: NOON };
    let groups = own.errors(APP.to_owned(), range).await.unwrap();
    assert_eq!(groups, sqlite.errors(APP.to_owned(), range).await.unwrap());
    let (told, expected) = (
        own.occurrences(APP.to_owned(), u64::MAX, range, 3).await.unwrap(),
        sqlite.occurrences(APP.to_owned(), u64::MAX, range, 3).await.unwrap(),
    );
    assert_eq!(told, expected);
    let fed = own.feed(FeedCursor::default(), 10).await.unwrap();
    assert_eq!((fed.frames.len(), fed.behind), (10, 26));
    let rest = own.feed(fed.next, 100).await.unwrap();
    assert_eq!(
        (rest.frames.len(), rest.behind, &rest.next),
        (26, 0, &own.feed_end().await.unwrap())
    );
}

fn span(number: u8, start_us: u64) -> Span {
    Span {
        trace: TRACE,
        id: SpanId([number; 8]),
        parent: None,
        service: "core".to_owned(),
        name: "SELECT accounts".to_owned(),
        kind: SpanKind::Client,
        start_us,
        duration_us: 1_200,
        status: SpanStatus::Unset,
        attributes: Map::new(),
        events: Vec::new(),
    }
}

#[tokio::test]
async fn a_trace_is_the_same() {
    let both = Both::new().await;
    let mut one = frame(1, 0, NOON);
    one.calls.push(CallFact {
        view: Some(ViewId([3; 8])),
        at_ms: NOON,
        duration_ms: 12.5,
        api: "POST /api/transfer".to_owned(),
        status: 500,
        ok: false,
        trace: Some((TRACE, SpanId([9; 8]))),
    });
    let line = LogLine {
        trace: Some(TRACE),
        span: None,
        service: "core".to_owned(),
        at_us: NOON * 1000,
        severity: 17,
        body: "the SMS gateway is slow".to_owned(),
    };
    let spans = vec![span(2, NOON * 1000 + 5), span(1, NOON * 1000)];
    let batch = Batch { frames: vec![one], spans, logs: vec![line], hops: Vec::<Hop>::new() };
    both.append(batch.clone()).await;
    both.append(batch).await;
    let told = both.clickhouse.trace(TRACE, NOON).await.unwrap();
    assert_eq!(told, both.sqlite.store.trace(TRACE, NOON).await.unwrap());
}

#[tokio::test]
async fn what_is_written_in_part_counts_once_when_it_comes_again() {
    let both = Both::new().await;
    let mut view = frame(1, 0, NOON);
    // What a view counts once is counted by the first of its frames.
    for measure in &mut view.measures {
        measure.once = Some(ViewId([1; 8]));
    }
    let mut again = view.clone();
    again.sequence = 1;
    again.measures[1].value = Value::Sample(9_000.0);
    both.append(Batch { frames: vec![view], ..Batch::default() }).await;
    both.append(Batch { frames: vec![again], ..Batch::default() }).await;
    // Killed between the rows of measures and the rows of frames: a frame is not there, what was
    // read from it is.
    both.engine.run("TRUNCATE TABLE frames").await;
    let Both { engine, clickhouse, sqlite } = both;
    drop(clickhouse);
    let engine = engine.again();
    let both = Both { clickhouse: engine.store().await, engine, sqlite };
    let mut frames = vec![frame(1, 0, NOON), frame(1, 1, NOON)];
    for measure in frames.iter_mut().flat_map(|frame| &mut frame.measures) {
        measure.once = Some(ViewId([1; 8]));
    }
    let appended = both.clickhouse.append(Batch { frames, ..Batch::default() }).await.unwrap();
    assert_eq!(appended.frames, 2, "they were not there");
    let ask = || series(Dimension::All, "", DAY);
    check(
        &both.clickhouse.series(ask()).await.unwrap(),
        &both.sqlite.store.series(ask()).await.unwrap(),
    );
}

#[tokio::test]
async fn a_clickhouse_that_is_away_or_refuses_is_told() {
    let engine = Engine::start();
    let refused = engine.open("another key").await.unwrap_err().to_string();
    assert!(refused.contains("ClickHouse answered 403"), "{refused}");
    assert!(!refused.contains("another key"), "{refused}");
    let store = engine.store().await;
    drop(engine);
    let away = store.append(Batch { frames: frames(), ..Batch::default() }).await;
    assert!(matches!(away, Err(StoreError::Unavailable(_))), "{away:?}");
}

/// Days that its TTL lets go of have lost the marks by which a repeat is known.
#[tokio::test]
async fn what_comes_too_late_is_told_and_not_stored() {
    let both = Both::new().await;
    let late = |sequence| frame(1, sequence, NOON - 3660 * DAY);
    let frames = vec![late(1), frame(1, 2, NOON), late(3)];
    for (new, again) in [(1, 0), (0, 1)] {
        let batch = Batch { frames: frames.clone(), ..Batch::default() };
        let appended = both.clickhouse.append(batch).await.unwrap();
        assert_eq!((appended.frames, appended.duplicates, appended.too_old), (new, again, 2));
    }
}
