//! What the session's frames tell of a call: which action it began with, and what its answer said
//! of the way.

use super::*;
use crate::store::StoredFrame;
use dna_protocol::entry::{Entry, Receipt};
use dna_protocol::field::{Address, Id, Millis, Text};
use dna_protocol::model::{ApiCall, Body, Event, Frame, Header, UserAction};

/// The chain of the call alone.
fn of(actions: &[Action], told: CallTold) -> Chain {
    chain(TRACE, parts(vec![], vec![]), &visit(actions, told), &connected())
}

fn began_with(number: u64) -> CallTold {
    CallTold { action: Some(number), ..CallTold::default() }
}

/// A call whose answer had that Server-Timing.
fn answered(list: &str) -> CallTold {
    let call = ApiCall {
        url: Some(Address::cut("https://bank.example/transfer")),
        span_id: Some(Id([1; 8])),
        server_timing: Some(Text::cut(list)),
        blocked: Some(Millis::rounded(4.0)),
        connect: Some(Millis::rounded(6.0)),
        ..ApiCall::default()
    };
    let frame = frame(Body::ApiCall(Box::new(call)));
    Visit::read(&[frame]).calls[&id(1)].clone()
}

fn frame(body: Body) -> StoredFrame {
    let header = Header { view_id: Some(Id([1; 8])), ..Header::default() };
    let event = Event { time: START_MS as f64, view: 0, body };
    let frame = Frame { header, events: vec![event] };
    StoredFrame {
        sequence: 1,
        received_at_ms: START_MS,
        entry: Entry { receipt: Receipt::default(), frame }.encode().into(),
    }
}

#[test]
fn the_number_finds_the_action_where_time_finds_another() {
    // The click of half a minute ago has waited for its paint; the page went on to another view.
    let actions = [click(30_000, "Pay", 2), click(100, "Help", 1)].map(numbered);
    let chain = of(&actions, began_with(30_000));
    assert_eq!(told(&chain), ["action Pay", "  call POST /transfer"]);
    assert!(chain.rows[1].notes.is_empty(), "{:?}", chain.rows[1].notes);
}

#[test]
fn pages_of_a_session_count_each_for_themselves() {
    let number = |click| Action { id: Some(3), ..click };
    let of_earlier = number(click(20_000, "earlier page", 2));
    let of_last = number(click(900, "last page", 2));
    let later = Action { at_ms: START_MS + 500, ..of_last.clone() };
    let chain = of(&[of_last.clone(), of_earlier.clone(), later], began_with(3));
    assert_eq!(told(&chain)[0], "action last page");
    let own = number(click(1_500, "own view", 1));
    let chain = of(&[of_last, own, of_earlier], began_with(3));
    assert_eq!(told(&chain)[0], "action own view");
}

#[test]
fn a_page_that_calls_by_itself_after_a_click_is_told_as_that() {
    let chain = of(&[numbered(click(1_200, "Pay", 1))], CallTold::default());
    assert_eq!(told(&chain), ["call POST /transfer"]);
    assert!(reasons(&chain).contains("action and call: the page called by itself"), "{chain:?}");
}

#[test]
fn an_action_that_is_not_here_is_said_and_not_guessed() {
    let chain = of(&[numbered(click(900, "Pay", 1))], began_with(7));
    assert_eq!(told(&chain), ["call POST /transfer"]);
    assert!(reasons(&chain).contains("it began with action 7 of its page"), "{chain:?}");
}

#[test]
fn without_numbers_time_and_view_are_the_guess_and_it_is_said() {
    let chain = of(&[click(900, "first", 1), click(300, "Pay", 1)], CallTold::default());
    assert_eq!(told(&chain)[0], "action Pay");
    assert_eq!(chain.rows[1].notes[0].code, NoteCode::ActionNearNotCounted);

    let unknown = Visit { actions: vec![numbered(click(300, "Pay", 1))], ..Visit::default() };
    let chain = super::chain(TRACE, parts(vec![], vec![]), &unknown, &connected());
    assert_eq!(told(&chain)[0], "action Pay");
    assert_eq!(chain.rows[1].notes[0].code, NoteCode::ActionNearCallNotTold);
}

#[test]
fn actions_and_calls_are_read_from_the_frames() {
    let action = UserAction { id: Some(4), name: Some(Text::cut("Pay")), ..UserAction::default() };
    let url = Some(Address::cut("https://bank.example/transfer"));
    let call = ApiCall { url, span_id: Some(Id([1; 8])), action: Some(4), ..ApiCall::default() };
    let broken =
        StoredFrame { entry: vec![1].into(), ..frame(Body::ApiCall(Box::new(call.clone()))) };
    let frames = [broken, frame(Body::UserAction(action)), frame(Body::ApiCall(Box::new(call)))];
    let visit = Visit::read(&frames);
    assert_eq!((visit.actions[0].id, visit.actions[0].view), (Some(4), Some(ViewId([1; 8]))));
    assert_eq!(visit.calls[&id(1)].action, Some(4));
}

#[test]
fn a_cdn_stands_between_the_call_and_the_banks_own_proxy() {
    let told_of = answered("app;dur=9, cdn-cache;desc=MISS, edge;dur=3, origin;dur=50");
    let spans = vec![span(2, 1, SpanKind::Server, 25, 60)];
    let parts = parts(vec![hop("nginx", 20, 70)], spans);
    let chain = chain(TRACE, parts, &visit(&[], told_of), &connected());
    let rows =
        ["call POST /transfer", "  hop CDN: MISS", "    hop POST /transfer", "      span span 2"];
    assert_eq!(told(&chain), rows);
    let cdn = &chain.rows[1];
    // It is at work when the request was sent, 10 ms after the call.
    assert_eq!((cdn.start_us - START_US, cdn.duration_us), (10_000, 53_000));
    assert_eq!(cdn.attributes["cdn.cache"], "MISS");
    assert_eq!(
        (&cdn.attributes["cdn.edge_us"], &cdn.attributes["cdn.origin_us"]),
        (&3_000.into(), &50_000.into())
    );
    assert!(
        chain.rows[0].attributes["server_timing"]
            .as_str()
            .is_some_and(|list| list.contains("app;dur=9"))
    );
    // The proxy has a clock, the CDN's place is a guess.
    assert_eq!(chain.rows[2].start_us - START_US, 20_000);
    assert!(chain.rows.iter().all(|row| row.notes.is_empty()), "{chain:?}");
}

#[test]
fn an_answer_of_a_cdns_cache_is_the_end_of_the_chain() {
    let hit = of(&[], answered("cdn-cache;desc=HIT"));
    assert_eq!(told(&hit), ["call POST /transfer", "  hop CDN: HIT"]);
    assert_eq!(hit.rows[1].duration_us, 90_000, "the rest of the call");
    assert_eq!(hit.rows[1].notes[0].code, NoteCode::DurationNotSaid);
    let words = reasons(&hit);
    assert!(words.contains("hop and span: cdn answered by itself"), "{words}");
    assert!(!words.contains("call and"), "{words}");

    let miss = reasons(&of(&[], answered("cfCacheStatus;desc=MISS, cfEdge;dur=4")));
    assert!(miss.contains("hop and hop: no proxy told of this call"), "{miss}");
    assert!(miss.contains("hop and span: the service told no span"), "{miss}");
}

#[test]
fn server_timing_of_the_service_itself_makes_no_hop() {
    let chain = of(&[], answered("db;dur=5"));
    assert_eq!(told(&chain), ["call POST /transfer"]);
    assert_eq!(chain.rows[0].attributes["server_timing"], "db;dur=5");
}
