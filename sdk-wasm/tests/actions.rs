//! Actions of the visitor and where the page lets them down.
#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps nothing")]

use dna_protocol::field::Id;
use dna_protocol::model::{Header, UserAction};
use dna_protocol::{Body, cbor};
use dna_sdk_wasm::actions::{Actions, Subject, label};
use dna_sdk_wasm::vitals::Report;

fn actions() -> Actions<u32> {
    Actions::default()
}

fn subject(name: &str, answers: bool) -> Subject {
    Subject { name: name.to_owned(), element: "#pay".to_owned(), answers }
}

/// Clicks as the browser's half does, with the paint 16 ms later.
fn click(actions: &mut Actions<u32>, time: f64, target: u32) -> Option<UserAction> {
    if actions.repeats(time, &target) {
        return None;
    }
    let before = actions.click(time, target, subject("Pay", true));
    actions.painted(time + 16.0);
    before.as_ref().map(read)
}

/// What is judged, as its reader sees it.
fn read(judged: &Report) -> UserAction {
    let header = Header {
        app_key: Some(dna_protocol::field::Text::cut("k")),
        session_id: Some(Id([1; 16])),
        sequence: Some(1),
        ..Header::default()
    };
    let event = judged.draft.event(judged.time);
    let frame = cbor::encode_frame_of(&header, [event.as_slice()].into_iter());
    let mut decoded = cbor::decode_frame(&frame).unwrap();
    match decoded.frame.events.pop().unwrap().body {
        Body::UserAction(action) => action,
        other => panic!("{other:?}"),
    }
}

fn frustration(action: &UserAction) -> &str {
    action.frustration.as_deref().unwrap_or_default()
}

#[test]
fn a_click_that_is_answered_is_told_when_no_more_can_follow() {
    let mut actions = actions();
    click(&mut actions, 100.0, 1);
    actions.alive();
    assert_eq!(actions.due(), 1_100.0);
    assert!(actions.judge(1_099.0).is_none());
    let action = read(&actions.judge(1_100.0).unwrap());
    assert_eq!(action.r#type.as_deref(), Some("click"));
    assert_eq!(action.name.as_deref(), Some("Pay"));
    assert_eq!(action.element.as_deref(), Some("#pay"));
    assert_eq!(action.duration.unwrap().get(), 16.0);
    assert_eq!((action.count, frustration(&action)), (None, ""));
    assert_eq!(actions.due(), f64::INFINITY);
}

#[test]
fn a_click_without_an_answer_is_dead_unless_nobody_can_say() {
    let mut actions = actions();
    click(&mut actions, 0.0, 1);
    assert!(actions.judge(1_999.0).is_none());
    assert_eq!(frustration(&read(&actions.judge(2_000.0).unwrap())), "dead_click");

    click(&mut actions, 5_000.0, 1);
    assert_eq!(frustration(&read(&actions.settle().unwrap())), "", "the page was covered");

    click(&mut actions, 6_000.0, 1);
    let before = click(&mut actions, 6_500.0, 2).unwrap();
    assert_eq!(frustration(&before), "", "something else was clicked");

    actions.click(9_000.0, 3, subject("", false));
    actions.painted(9_001.0);
    assert_eq!(frustration(&read(&actions.judge(10_000.0).unwrap())), "", "a text, or a link");
}

#[test]
fn a_page_that_is_too_busy_to_paint_is_waited_for() {
    let mut actions = actions();
    actions.click(0.0, 1, subject("Pay", true));
    assert!(actions.judge(9_999.0).is_none());
    actions.painted(4_000.0);
    let action = read(&actions.judge(4_000.0).unwrap());
    assert_eq!(action.duration.unwrap().get(), 4_000.0);

    actions.click(20_000.0, 1, subject("Pay", true));
    let never = read(&actions.judge(30_000.0).unwrap());
    assert_eq!((never.duration, frustration(&never)), (None, ""));
}

#[test]
fn three_clicks_in_haste_are_rage_and_one_action() {
    let mut actions = actions();
    for time in [0.0, 900.0, 1_800.0] {
        assert_eq!(click(&mut actions, time, 1), None);
    }
    actions.alive();
    let action = read(&actions.judge(2_800.0).unwrap());
    assert_eq!((action.count, frustration(&action)), (Some(3), "rage_click"));

    click(&mut actions, 10_000.0, 1);
    assert_eq!(click(&mut actions, 10_200.0, 1), None);
    actions.alive();
    let double = read(&actions.judge(11_200.0).unwrap());
    assert_eq!((double.count, frustration(&double)), (Some(2), ""));

    click(&mut actions, 20_000.0, 1);
    let slow = click(&mut actions, 21_001.0, 1).unwrap();
    assert_eq!(slow.count, None, "no haste");
}

#[test]
fn what_is_thrown_within_a_second_is_the_clicks() {
    let mut actions = actions();
    actions.failed(0.0);
    for (thrown, expected) in [(999.0, "error_click"), (1_001.0, ""), (-1.0, "")] {
        click(&mut actions, 0.0, 1);
        actions.alive();
        actions.failed(thrown);
        assert_eq!(frustration(&read(&actions.judge(1_500.0).unwrap())), expected, "{thrown}");
    }
    for time in [0.0, 1.0, 2.0] {
        click(&mut actions, time, 1);
    }
    actions.failed(3.0);
    let all = read(&actions.judge(5_000.0).unwrap());
    assert_eq!(frustration(&all), "rage_click dead_click error_click");
}

#[test]
fn a_label_is_a_line_without_figures_and_never_a_key() {
    for (text, expected) in [
        ("  Transfer\n  money ", Some("Transfer money")),
        ("Everyday ¥42,860.15", Some("Everyday ¥{number}")),
        ("尾号 6222 查看", Some("尾号 {number} 查看")),
        ("¥1.5、2,000元", Some("¥{number}、{number}元")),
        ("1 of 12", Some("{number} of {number}")),
        ("to zhang.wei@mail.example", Some("to {email}")),
        ("×", Some("×")),
        ("查", Some("查")),
        ("", Some("")),
        ("7", None),
        (" q ", None),
    ] {
        assert_eq!(label(text).as_deref(), expected, "{text}");
    }
}

#[test]
fn a_call_has_the_number_of_the_action_that_it_began_with() {
    let mut actions = actions();
    actions.begun(50.0);
    click(&mut actions, 100.0, 1);
    actions.begun(101.0);
    let first = click(&mut actions, 300.0, 2).unwrap();
    actions.begun(301.0);
    actions.begun(301.0);
    assert!(actions.judge(1_300.0).is_some());
    actions.begun(1_301.0);
    assert_eq!(first.id, Some(1));
    let ended = [301.0, 101.0, 301.0, 301.0, 50.0, 1_301.0].map(|start| actions.ended(start));
    assert_eq!(ended, [Some(2), Some(1), Some(2), None, None, None]);
    // Another click on the same is the same action.
    click(&mut actions, 2_000.0, 1);
    actions.repeats(2_100.0, &1);
    actions.begun(2_101.0);
    assert_eq!(actions.ended(2_101.0), Some(3));
    assert_eq!(read(&actions.settle().unwrap()).id, Some(3));
}

#[test]
fn calls_that_never_end_are_forgotten() {
    let mut actions = actions();
    click(&mut actions, 0.0, 1);
    for at in 0..1_000 {
        actions.begun(f64::from(at));
    }
    assert_eq!(actions.ended(0.0), None);
    assert_eq!(actions.ended(999.0), Some(1));
}
