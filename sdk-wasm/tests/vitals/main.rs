//! The Web Vitals of pages, by what web-vitals says of the same.

mod interactions;
mod page;
mod views;

use dna_sdk_wasm::vitals::Navigation;
use page::Did::{
    Fetched, FirstPaint, Hidden, Input, Largest, Loaded, Navigated, Paint, Restored, Shifted,
    ShiftedByInput,
};
use page::{Did, told};

/// A rule, what happens, what is told.
pub(crate) type Case = (&'static str, Vec<Did>, &'static [&'static str]);

pub(crate) fn check(cases: &[Case]) {
    for (rule, happened, expected) in cases {
        assert_eq!(told(None, happened), *expected, "{rule}");
    }
}

/// What happens first and what happens later.
pub(crate) fn then(mut happened: Vec<Did>, more: Vec<Did>) -> Vec<Did> {
    happened.extend(more);
    happened
}

#[test]
fn paints_and_the_first_byte() {
    check(&[
        (
            "FCP is told at once and TTFB when the page has loaded (onFCP, onTTFB)",
            vec![FirstPaint(350.0), Paint(400.0), Loaded, Loaded, Hidden(5000.0)],
            &["FP 350 @350", "FCP 400 @400 =200 loading", "TTFB 200 @200", "CLS 0 @5000"],
        ),
        (
            "both count from the activation of a prerendered page, and are never below 0",
            vec![Navigated(300.0, 200.0), Paint(400.0), Loaded],
            &["FCP 100 @400 =0 loading", "TTFB 0 @200"],
        ),
        (
            "a paint before the activation was there when the visitor came",
            vec![Navigated(900.0, 950.0), Paint(400.0), Loaded],
            &["FCP 0 @400 =50 loading", "TTFB 50 @950"],
        ),
        (
            "the page is interactive from domInteractive on (getLoadState)",
            vec![Paint(500.0)],
            &["FCP 500 @500 =200 dom-interactive"],
        ),
        (
            "its content is loaded from domContentLoadedEventStart on",
            vec![Paint(600.0)],
            &["FCP 600 @600 =200 dom-content-loaded"],
        ),
        (
            "it is complete from domComplete on",
            vec![Paint(1000.0), Paint(1200.0)],
            &["FCP 1000 @1000 =200 complete"],
        ),
        (
            "without a usable first byte there is no TTFB, and no part of it (getNavigationEntry)",
            vec![Navigated(0.0, 0.0), Paint(400.0), Loaded, Restored(9000.0)],
            &["FCP 400 @400 =0 complete"],
        ),
        ("a page that is hidden first has no FCP", vec![Hidden(300.0), Paint(400.0)], &[]),
    ]);
    let future = Navigation { response_start: 500.0, ..Navigation::default() };
    assert!(future.checked(400.0).is_none());
    assert!(future.checked(500.5).is_some());
}

#[test]
fn a_page_that_is_loaded_in_the_background() {
    let happened =
        [Paint(400.0), Largest(500.0, "", "#h"), Shifted(600.0, 0.5, "p"), Loaded, Hidden(900.0)];
    assert_eq!(told(Some(0.0), &happened), ["TTFB 200 @200"], "hidden since it began");
    assert_eq!(
        told(Some(450.0), &happened),
        [
            "FCP 400 @400 =200 loading",
            "TTFB 200 @200",
            "CLS 0.5 @900 p largest 0.50 at 600 dom-content-loaded"
        ],
        "hidden between FCP and LCP; CLS goes on, as in CrUX"
    );
}

#[test]
fn the_largest_paint() {
    check(&[
        (
            "the last candidate counts, once, at the first input; the rest is no answer to the load",
            vec![
                Largest(400.0, "", "p"),
                Largest(700.0, "", "#h"),
                Input,
                Largest(800.0, "", "img"),
                Hidden(900.0),
            ],
            &["LCP 700 @700 =200+0+0+500 #h"],
        ),
        (
            "it is final when the page is hidden, also for when it is seen again",
            vec![Largest(400.0, "", "p"), Hidden(900.0), Largest(950.0, "", "#h"), Input],
            &["LCP 400 @400 =200+0+0+200 p"],
        ),
        (
            "what was painted after hiding waited for the visitor",
            vec![Hidden(300.0), Largest(400.0, "", "p"), Input, Hidden(500.0)],
            &[],
        ),
        (
            "parts of an image's time; its address has no query (attribution/onLCP)",
            vec![Fetched(350.0, 600.0), Largest(700.0, "https://b/i.png?u=1", "#h>img"), Input],
            &["LCP 700 @700 =200+150+250+100 #h>img https://b/i.png"],
        ),
        (
            "a video that goes on loading after its first frame",
            vec![Fetched(350.0, 2000.0), Largest(700.0, "https://b/v.mp4", "video"), Input],
            &["LCP 700 @700 =200+150+350+0 video https://b/v.mp4"],
        ),
        (
            "a resource that was asked for after the paint is another one",
            vec![Fetched(800.0, 900.0), Largest(700.0, "https://b/i.png", "img"), Input],
            &["LCP 700 @700 =200+0+0+500 img https://b/i.png"],
        ),
        (
            "all of it counts from the activation",
            vec![
                Navigated(300.0, 200.0),
                Fetched(350.0, 600.0),
                Largest(700.0, "https://b/i", "img"),
                Input,
            ],
            &["LCP 400 @700 =0+50+250+100 img https://b/i"],
        ),
        (
            "without a navigation entry all is render delay",
            vec![Navigated(0.0, 0.0), Largest(700.0, "", "p"), Input],
            &["LCP 700 @700 =0+0+0+700 p"],
        ),
    ]);
}

#[test]
fn layout_shifts() {
    check(&[
        (
            "nothing on a page that nobody saw painted (CrUX)",
            vec![Shifted(500.0, 0.1, "p"), Hidden(900.0)],
            &[],
        ),
        (
            "shifts after input are the visitor's own",
            vec![Paint(400.0), ShiftedByInput(500.0, 0.4), Hidden(900.0)],
            &["FCP 400 @400 =200 loading", "CLS 0 @900"],
        ),
        (
            "a session ends when 1000 ms pass without a shift, not 999; the worst session counts",
            vec![
                Paint(400.0),
                Shifted(1000.0, 0.1, "a"),
                Shifted(1999.0, 0.2, "b"),
                Shifted(2999.0, 0.25, "c"),
                Hidden(9000.0),
            ],
            &["FCP 400 @400 =200 loading", "CLS 0.3 @9000 b largest 0.20 at 1999 complete"],
        ),
        (
            "and 5000 ms after its first shift",
            vec![
                Paint(400.0),
                Shifted(0.0, 0.1, "a"),
                Shifted(900.0, 0.1, "b"),
                Shifted(1800.0, 0.1, "c"),
                Shifted(2700.0, 0.1, "d"),
                Shifted(3600.0, 0.1, "e"),
                Shifted(4500.0, 0.1, "f"),
                Shifted(5000.0, 0.5, "g"),
                Hidden(9000.0),
            ],
            // Of equal shifts the later one is named.
            &["FCP 400 @400 =200 loading", "CLS 0.6 @9000 f largest 0.10 at 4500 complete"],
        ),
        (
            "told at each hiding, if it has changed (bindReporter)",
            vec![
                Paint(400.0),
                Hidden(900.0),
                Hidden(1000.0),
                Shifted(1100.0, 0.1, "a"),
                Hidden(1200.0),
                Shifted(8000.0, 0.05, "b"),
                Hidden(9000.0),
            ],
            &[
                "FCP 400 @400 =200 loading",
                "CLS 0 @900",
                "CLS 0.1 @1200 a largest 0.10 at 1100 complete",
            ],
        ),
    ]);
}
