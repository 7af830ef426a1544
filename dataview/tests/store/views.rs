//! What a view counts once, however a client cuts its frames and in whichever order they come: a
//! view in which something was thrown did not work, and of CLS and INP the last one counts.

use crate::made::{ALWAYS, APP, DAY, HOUR, MINUTE, Made, NOON, frame};
use dataview::model::{Dimension, FrameFacts, Measure, Metric, Value, ViewId};
use dataview::store::{Breakdown, Bucket, Filter, Range, SeriesAsk, Store};

/// One measure of a view, told in a frame by itself.
#[derive(Clone, Copy)]
struct Told {
    view: u8,
    metric: Metric,
    at_ms: u64,
    value: Value,
    region: &'static str,
}

/// As the frame number `sequence` of session 1.
fn frame_of(told: Told, sequence: u64, received_at: u64) -> FrameFacts {
    let mut frame = frame(1, sequence, received_at);
    let Told { view, metric, at_ms, value, region } = told;
    let dimensions =
        vec![(Dimension::Page, format!("/view/{view}")), (Dimension::Region, region.to_owned())];
    let once = Some(ViewId([view; 8]));
    frame.measures = vec![Measure { metric, at_ms, value, dimensions, once }];
    frame
}

/// Views that each tell several things, minutes and hours apart, from two regions.
fn all() -> Vec<Told> {
    let one = Value::Count(1);
    let mut all = Vec::new();
    for view in 0..20_u8 {
        let at = NOON + u64::from(view) * 20 * MINUTE;
        let mut tell = |metric, after, value, region| {
            all.push(Told { view, metric, at_ms: at + after, value, region });
        };
        tell(Metric::PageViews, 0, one, "A");
        tell(Metric::PageViewsOk, 10, one, "A");
        // Told again, as its page has loaded after all.
        tell(Metric::PageViewsOk, 20, one, "A");
        if view % 4 == 1 {
            tell(Metric::PageViewsBroken, 3 * MINUTE, one, "B");
            tell(Metric::PageViewsBroken, 4 * MINUTE, one, "B");
        }
        for (step, region) in
            [(1_u8, "A"), (2, "B"), (3, "A")].into_iter().take(1 + usize::from(view % 3))
        {
            let after = u64::from(step) * 90_000;
            tell(
                Metric::Inp,
                after,
                Value::Sample(f64::from(view) * 10.0 + f64::from(step)),
                region,
            );
            tell(Metric::Cls, after, Value::Sample(f64::from(step) / 10.0), region);
        }
    }
    all
}

/// Another order each time.
fn shuffled<T: Clone>(items: &[T], seed: u64) -> Vec<T> {
    let (mut items, mut random) = (items.to_vec(), seed * 2 + 1);
    for at in (1..items.len()).rev() {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        items.swap(at, usize::try_from(random % (at as u64 + 1)).expect("small"));
    }
    items
}

fn values(bucket: &Bucket) -> Vec<f64> {
    let sketch = bucket.sketch.as_ref().expect("a sketch");
    (0..=4).map(|q| sketch.quantile(f64::from(q) / 4.0).unwrap_or(-1.0)).collect()
}

async fn of_all(made: &Made, metric: Metric, step_ms: u64, range: Range) -> Vec<Bucket> {
    let ask = SeriesAsk {
        app: APP.to_owned(),
        metrics: vec![metric],
        filter: Filter { dimension: Dimension::All, value: String::new() },
        range,
        step_ms,
    };
    made.store.series(ask).await.unwrap()
}

/// Says that the figures are those of `all`.
async fn check(made: &Made) {
    let views = 20_u64;
    let sum = |buckets: &[Bucket]| buckets.iter().map(|bucket| bucket.count).sum::<u64>();
    for step in [MINUTE, HOUR, DAY] {
        let range = Range { from_ms: NOON - HOUR, to_ms: NOON + DAY };
        assert_eq!(sum(&of_all(made, Metric::PageViews, step, range).await), views);
        assert_eq!(sum(&of_all(made, Metric::PageViewsOk, step, range).await), views - 5);
        for metric in [Metric::Inp, Metric::Cls] {
            assert_eq!(sum(&of_all(made, metric, step, range).await), views, "{metric:?}");
        }
    }
    // Each view is a page, so what it counts can be seen by itself.
    let by = |dimension, metric| Breakdown {
        app: APP.to_owned(),
        metrics: vec![metric],
        by: dimension,
        range: ALWAYS,
        limit: 100,
    };
    for (page, bucket) in made.store.breakdown(by(Dimension::Page, Metric::Inp)).await.unwrap() {
        let view: u8 = page.trim_start_matches("/view/").parse().unwrap();
        let last = f64::from(view) * 10.0 + f64::from(1 + view % 3);
        assert_eq!(bucket.count, 1, "{page}");
        assert!((values(&bucket)[2] - last).abs() < 1e-3, "{page}: {:?}", values(&bucket));
    }
    for (page, bucket) in
        made.store.breakdown(by(Dimension::Page, Metric::PageViewsOk)).await.unwrap()
    {
        let view: u64 = page.trim_start_matches("/view/").parse().unwrap();
        assert_eq!(bucket.count, u64::from(view % 4 != 1), "{page}");
    }
    // What counts no more goes from where it counted, in whatever region the later one is.
    let regions = made.store.breakdown(by(Dimension::Region, Metric::Inp)).await.unwrap();
    let mut counts: Vec<_> = regions.iter().map(|(name, one)| (&**name, one.count)).collect();
    counts.sort_unstable();
    assert_eq!(counts, [("A", 13), ("B", 7)]);
    let regions = made.store.breakdown(by(Dimension::Region, Metric::PageViewsOk)).await.unwrap();
    let counts: Vec<_> = regions.iter().map(|(name, one)| (&**name, one.count)).collect();
    assert_eq!(counts, [("A", 15)]);
}

#[tokio::test]
async fn figures_are_the_same_in_whatever_order_frames_come_and_whenever_they_are_rolled_up() {
    let told: Vec<_> = all().into_iter().zip(0..).collect();
    for seed in 0..6 {
        let mut made = Made::with(|options| options.clock = || NOON + 2 * DAY);
        let order = shuffled(&told, seed);
        for (number, part) in order.chunks(17).enumerate() {
            let frames = part.iter().map(|(told, sequence)| frame_of(*told, *sequence, NOON));
            let frames: Vec<_> = frames.collect();
            made.append(frames.clone()).await;
            // A replay.
            assert_eq!(made.append(frames).await.frames, 0);
            match number % 3 {
                0 => made.store.tidy().await.unwrap(),
                1 => made = made.again(),
                _ => {}
            }
        }
        check(&made).await;
        made.store.tidy().await.unwrap();
        check(&made).await;
    }
}

/// Over midnight a session goes on in another file.
#[tokio::test]
async fn a_view_goes_on_in_the_next_day() {
    let told: Vec<_> = all().into_iter().zip(0..).collect();
    for seed in 0..4 {
        let made = Made::with(|options| options.clock = || NOON + 2 * DAY);
        let (one, other) = told.split_at(told.len() / 2);
        let (mut first, mut second) = (shuffled(one, seed), shuffled(other, seed));
        // Some of each day are of views of the other.
        for at in (0..first.len().min(second.len())).step_by(3) {
            std::mem::swap(&mut first[at], &mut second[at]);
        }
        for (part, received_at) in [(first, NOON), (second, NOON + DAY)] {
            let frames = part.iter().map(|(told, seq)| frame_of(*told, *seq, received_at));
            made.append(frames.collect()).await;
        }
        check(&made).await;
        made.store.tidy().await.unwrap();
        check(&made).await;
    }
}

/// A file of before has views without places; what it counted stays, and what comes is added.
#[tokio::test]
async fn a_file_of_the_version_before_is_written_on() {
    let made = Made::new();
    let of = |metric, at_ms, value| Told { view: 1, metric, at_ms, value, region: "A" };
    let ok = frame_of(of(Metric::PageViewsOk, NOON, Value::Count(1)), 1, NOON);
    made.append(vec![ok.clone()]).await;
    let made = made.again_after(|folder| {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "db") {
                let file = rusqlite::Connection::open(path).unwrap();
                file.execute_batch("ALTER TABLE views DROP COLUMN placed; PRAGMA user_version = 1")
                    .unwrap();
            }
        }
    });
    assert_eq!(made.append(vec![ok]).await.duplicates, 1);
    let inp =
        |at, value, seq| frame_of(of(Metric::Inp, NOON + at, Value::Sample(value)), seq, NOON);
    made.append(vec![inp(0, 100.0, 2), inp(5, 40.0, 3)]).await;
    let sum = of_all(&made, Metric::Inp, DAY, ALWAYS).await;
    assert_eq!((sum[0].count, values(&sum[0])[0]), (1, 40.0));
    assert_eq!(of_all(&made, Metric::PageViewsOk, DAY, ALWAYS).await[0].count, 1);
}
