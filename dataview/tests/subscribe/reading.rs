//! What a subscriber gets, and where it goes on.

use crate::made::{Made, NOON, entry, steps};
use dataview::store::{FeedCursor, Feeder};
use dataview::subscribe::{Definition, Lines, lines};
use serde_json::{Value, json};

const DAY: u64 = 24 * 3_600_000;

async fn read(
    made: &Made,
    definition: Value,
    after: FeedCursor,
    max: usize,
) -> (Vec<Value>, Lines) {
    let definition: Definition = serde_json::from_value(definition).unwrap();
    definition.check().unwrap();
    let Definition { filter, fields, .. } = definition;
    let read = lines(&*made.store, &filter, &fields, after, max).await.unwrap();
    let told = read.texts.iter().map(|text| serde_json::from_str(text).unwrap()).collect();
    (told, read)
}

fn everything() -> Value {
    json!({"filter": {"everything": true}})
}

#[tokio::test]
async fn lines_come_in_the_order_in_which_frames_were_stored_and_go_on_where_they_ended() {
    let made = Made::new();
    // Of two days, the later one stored first.
    made.append([entry("bank", 1, DAY), entry("bank", 2, DAY)]).await;
    made.append([entry("bank", 3, 0)]).await;
    let (mut all, mut cursor) = (Vec::new(), FeedCursor::default());
    loop {
        let (told, read) = read(&made, everything(), cursor, 2).await;
        all.extend(told);
        cursor = read.next.to_string().parse().unwrap();
        if read.behind == 0 {
            break;
        }
    }
    let mut found = steps(&all);
    found.sort_unstable();
    assert_eq!(found, ["step 1", "step 2", "step 3"]);
    // What comes late into a day that was read to its end is read as well.
    made.append([entry("bank", 4, 1)]).await;
    let (told, read) = read(&made, everything(), cursor, 100).await;
    assert_eq!((steps(&told), read.behind), (vec!["step 4"], 0));
    assert_eq!(read.next, made.store.feed_end().await.unwrap());
}

#[tokio::test]
async fn a_line_says_whose_it_is_and_the_mask_takes_fields_out() {
    let made = Made::new();
    made.append([entry("bank", 7, 0)]).await;
    let (told, _) = read(&made, everything(), FeedCursor::default(), 100).await;
    assert_eq!(
        told[1],
        json!({
            "id": "0102030405060708090a0b0c0d0e0f10-7-1",
            "time_ms": NOON,
            "kind": "api_call",
            "service.name": "bank",
            "session.id": "0102030405060708090a0b0c0d0e0f10",
            "view.id": "1112131415161718",
            "url.full": "https://bank.example/api/transfer",
            "http.response.status_code": 500,
        })
    );
    let masked = json!({
        "filter": {"everything": true},
        "fields": {"keep": ["service.name", "event.name"], "drop": ["service.name"]},
    });
    let (told, _) = read(&made, masked, FeedCursor::default(), 100).await;
    let names: Vec<_> = told[0].as_object().unwrap().keys().collect();
    assert_eq!(names, ["event.name", "id", "kind", "time_ms"]);
}

#[tokio::test]
async fn a_filter_lets_pass_what_it_names() {
    let made = Made::new();
    made.append([entry("bank", 1, 0), entry("shop", 1, 0)]).await;
    for (filter, count) in [
        (json!({"apps": ["bank"]}), 2),
        (json!({"kinds": ["api_call"]}), 2),
        (json!({"failed": true, "apps": ["shop"]}), 1),
        (json!({"pages": ["/trans"]}), 4),
        (json!({"pages": ["/login"]}), 0),
        (json!({"tiers": ["vip"]}), 0),
    ] {
        let definition = json!({"filter": filter});
        let (told, read) = read(&made, definition, FeedCursor::default(), 100).await;
        assert_eq!(told.len(), count, "{filter}");
        assert_eq!(read.behind, 0, "what does not pass is behind as well");
    }
}

#[tokio::test]
async fn it_can_be_read_from_a_time() {
    let made = Made::new();
    made.append([entry("bank", 1, 0), entry("bank", 2, 5_000), entry("bank", 3, DAY)]).await;
    let (told, _) = read(&made, everything(), FeedCursor::at(NOON + 5_000), 1).await;
    assert_eq!(steps(&told), ["step 2"]);
    let (told, _) = read(&made, everything(), FeedCursor::at(NOON + DAY), 100).await;
    assert_eq!(steps(&told), ["step 3"]);
}
