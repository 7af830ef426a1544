//! INP: which interaction is told, and what made it long.

use crate::page::Did::{Count, Event, Hidden, LongFrame};
use crate::page::{Did, told};
use crate::{check, then};

/// `count` interactions, 1000 ms apart, each 8 ms longer than the one before; the first takes
/// 48 ms. Every latency is its whole presentation.
fn interactions(count: u32) -> Vec<Did> {
    let one = |at: u32| {
        let (id, start) = (f64::from(at) * 7.0 + 100.0, f64::from(at) * 1000.0);
        Event(id, start, f64::from(at) * 8.0 + 48.0, (start, start), "click", "#b")
    };
    (0..count).map(one).collect()
}

#[test]
fn interactions_to_next_paint() {
    check(&[
        (
            "no interaction, no value",
            vec![Event(0.0, 10.0, 80.0, (10.0, 20.0), "pointerover", "a"), Hidden(900.0)],
            &[],
        ),
        (
            "the longest event of an interaction, with the element that was named first",
            vec![
                Event(7.0, 2000.0, 96.0, (2010.0, 2030.0), "pointerdown", "#pay"),
                Event(7.0, 2090.0, 104.0, (2110.0, 2150.0), "click", "#other"),
                Event(7.0, 2080.0, 48.0, (2080.0, 2081.0), "pointerup", "#last"),
                Hidden(9000.0),
                Hidden(9100.0),
            ],
            &["INP 104 @9000 =20+40+44 #pay pointer at 2090 complete"],
        ),
        (
            "a first input is an interaction however short it was",
            vec![Event(7.0, 550.0, 16.0, (551.0, 553.0), "keydown", "input"), Hidden(900.0)],
            &["INP 16 @900 =1+2+13 input keyboard at 550 dom-interactive"],
        ),
        (
            "up to 49 interactions the longest, then one in 50 may be longer (p98)",
            then(
                interactions(20),
                vec![Count(49.0), Hidden(1e5), Count(50.0), Hidden(2e5), Count(149.0), Hidden(3e5)],
            ),
            &[
                "INP 200 @100000 =0+0+200 #b pointer at 19000 complete",
                "INP 192 @200000 =0+0+192 #b pointer at 18000 complete",
                "INP 184 @300000 =0+0+184 #b pointer at 17000 complete",
            ],
        ),
        (
            "the ten longest are kept, so the tenth is the lowest value",
            then(interactions(20), vec![Count(5000.0), Hidden(1e5)]),
            &["INP 128 @100000 =0+0+128 #b pointer at 10000 complete"],
        ),
        (
            "browsers without a count: identifiers grow by 7 (interactionCountPolyfill)",
            then(interactions(51), vec![Hidden(1e5)]),
            &["INP 440 @100000 =0+0+440 #b pointer at 49000 complete"],
        ),
        (
            "events that are painted within 8 ms share a frame: its first and last handler count",
            vec![
                Event(0.0, 1990.0, 112.0, (1995.0, 2040.0), "pointerover", ""),
                Event(7.0, 2000.0, 104.0, (2040.0, 2060.0), "pointerdown", "#pay"),
                Event(0.0, 2001.0, 96.0, (2060.0, 2080.0), "mousedown", ""),
                Event(0.0, 2050.0, 80.0, (2050.0, 2055.0), "another frame", ""),
                Hidden(9000.0),
            ],
            &["INP 104 @9000 =0+80+24 #pay pointer at 2000 complete"],
        ),
        (
            "a handler that outlasts the paint ends with it (web-vitals issue 492)",
            vec![Event(7.0, 2000.0, 56.0, (2030.0, 8000.0), "click", "#ask"), Hidden(9000.0)],
            &["INP 56 @9000 =30+26+0 #ask pointer at 2000 complete"],
        ),
    ]);
}

#[test]
fn the_longest_script_of_an_interaction() {
    check(&[
        (
            "counted from the interaction on, in frames that overlap it until its processing ends",
            vec![
                LongFrame(1000.0, 500.0, &[(1000.0, 499.0, "https://b/before.js", "gone")]),
                LongFrame(
                    1900.0,
                    150.0,
                    &[
                        (1900.0, 110.0, "https://b/timer.js", "setTimeout"),
                        (2010.0, 30.0, "https://b/app.js?v=2", "BUTTON#pay.onclick"),
                    ],
                ),
                LongFrame(2200.0, 90.0, &[(2200.0, 90.0, "https://b/after.js", "later")]),
                Event(7.0, 2000.0, 104.0, (2010.0, 2040.0), "click", "#pay"),
                Hidden(9000.0),
            ],
            &[
                "INP 104 @9000 =10+30+64 #pay pointer at 2000 complete !https://b/app.js !BUTTON#pay.onclick !30",
            ],
        ),
        (
            "the frame may come after the event",
            vec![
                Event(7.0, 2000.0, 104.0, (2010.0, 2040.0), "click", "#pay"),
                LongFrame(
                    2005.0,
                    90.0,
                    &[(2010.0, 30.0, "https://b/app.js", "https://b/app.js?v=2")],
                ),
                Hidden(9000.0),
            ],
            &[
                "INP 104 @9000 =10+30+64 #pay pointer at 2000 complete !https://b/app.js !https://b/app.js !30",
            ],
        ),
    ]);
    let mut happened = vec![
        LongFrame(2005.0, 90.0, &[(2010.0, 30.0, "https://b/app.js", "click")]),
        Event(7.0, 2000.0, 504.0, (2010.0, 2040.0), "click", "#pay"),
    ];
    for at in 0..1000 {
        let start = 3000.0 + f64::from(at) * 100.0;
        happened.push(LongFrame(start, 90.0, &[(0.0, 90.0, "", "")]));
        happened.push(Event(0.0, start, 90.0, (start, start), "pointermove", ""));
    }
    happened.push(Hidden(2e5));
    let kept =
        "INP 504 @200000 =10+30+464 #pay pointer at 2000 complete !https://b/app.js !click !30";
    assert_eq!(told(None, &happened), [kept], "what a candidate needs outlives what came later");
}

#[test]
fn an_event_without_a_target_has_that_of_its_interaction() {
    let told = told(
        None,
        &[
            Event(7.0, 2000.0, 104.0, (2010.0, 2040.0), "pointerdown", ""),
            Event(7.0, 2003.0, 104.0, (2050.0, 2060.0), "click", "#pay"),
            Hidden(3000.0),
        ],
    );
    assert!(told.last().is_some_and(|inp| inp.contains(" #pay ")), "{told:?}");
}
