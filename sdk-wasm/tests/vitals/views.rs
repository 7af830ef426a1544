//! Views that begin without a load.

use crate::page::Did::{
    Count, Event, Hidden, Input, Largest, Left, Loaded, Paint, Restored, RestoredPaint, Shifted,
    Soft, SoftPaint,
};
use crate::page::{Did, told, told_by};
use crate::{check, then};
use dna_sdk_wasm::vitals::Vitals;

#[test]
fn a_page_that_comes_back_from_the_cache() {
    let seen = || {
        vec![
            Paint(400.0),
            Largest(400.0, "", "p"),
            Shifted(500.0, 0.1, "p"),
            Count(1.0),
            Event(7.0, 2000.0, 104.0, (2010.0, 2040.0), "click", "#pay"),
            Loaded,
            Hidden(3000.0),
        ]
    };
    const SEEN: usize = 5;
    let told = |more: Vec<Did>| told(None, &then(seen(), more)).split_off(SEEN);
    assert_eq!(
        told(vec![Restored(9000.0), RestoredPaint(9030.0), Hidden(9900.0)]),
        ["TTFB 0 @9000", "FCP 30 @9030 =0 complete", "LCP 30 @9030 =0+0+0+30", "CLS 0 @9900"],
        "FCP and LCP end at the second animation frame; CLS and INP start anew"
    );
    assert_eq!(
        told(vec![
            Restored(9000.0),
            RestoredPaint(9030.0),
            Shifted(9100.0, 0.05, "a"),
            Count(2.0),
            Hidden(9900.0),
        ])[3..],
        ["CLS 0.05 @9900 a largest 0.05 at 9100 complete", "INP 8 @9900 =8 complete"],
        "an interaction too short for an entry counts as 8 ms (web-vitals issue 724)"
    );
    assert_eq!(
        told(vec![Restored(9000.0), Hidden(9010.0), RestoredPaint(9530.0)]),
        ["TTFB 0 @9000", "CLS 0 @9010", "FCP 530 @9530 =0 complete", "LCP 530 @9530 =0+0+0+530"],
        "hidden before it was painted: the frames come when it is seen"
    );
    assert_eq!(
        self::told(
            Some(0.0),
            &[Paint(400.0), Restored(9000.0), RestoredPaint(9030.0), Hidden(9900.0)]
        ),
        ["FCP 30 @9030 =0 complete", "LCP 30 @9030 =0+0+0+30", "CLS 0 @9900"],
        "a page of the background is seen at last; without a first TTFB there is no second"
    );
}

#[test]
fn soft_navigations() {
    let seen = || {
        vec![
            Paint(400.0),
            Largest(400.0, "", "p"),
            Shifted(500.0, 0.1, "p"),
            Loaded,
            Count(1.0),
            Event(7.0, 2000.0, 104.0, (2010.0, 2040.0), "click", "#pay"),
            Left(2000.0),
            Soft(2000.0, 2150.0, 7.0),
        ]
    };
    check(&[(
        "the view before is told in full; the new one begins with its interaction",
        seen(),
        &[
            "FCP 400 @400 =200 loading",
            "TTFB 200 @200",
            "LCP 400 @400 =200+0+0+200 p",
            "CLS 0.1 @2000 p largest 0.10 at 500 dom-interactive",
            "INP 104 @2000 =10+30+64 #pay pointer at 2000 complete",
            "TTFB 0 @2000",
            "FCP 150 @2150 =0 complete",
        ],
    )]);
    let told = |more: Vec<Did>| told(None, &then(seen(), more)).split_off(7);
    assert_eq!(
        told(vec![
            SoftPaint(7.0, 2000.0, 2150.0, "h2"),
            SoftPaint(14.0, 2100.0, 2160.0, "#of-another"),
            SoftPaint(7.0, 2000.0, 2300.0, "#chart"),
            Input,
            SoftPaint(7.0, 2000.0, 2400.0, "#late"),
            Count(2.0),
            Hidden(9000.0),
        ]),
        ["LCP 300 @2300 =0+0+0+300 #chart", "CLS 0 @9000", "INP 8 @9000 =8 complete"],
        "paints of the interaction count, until the next input"
    );
}

#[test]
fn a_browser_that_tells_of_no_shifts_has_no_cls() {
    let seen = [Paint(400.0), Loaded, Hidden(3000.0)];
    let with = ["FCP 400 @400 =200 loading", "TTFB 200 @200", "CLS 0 @3000"];
    assert_eq!(told(None, &seen), with);
    assert_eq!(told_by(Vitals::new(None, false), &seen), with[..2]);
}
