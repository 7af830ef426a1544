//! Stacks as the engines write them: the same program, and the oddities of each.
#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps nothing")]

use dna_protocol::stack::{frame, frames};
use proptest::prelude::{any, prop, proptest};

type Place = (&'static str, &'static str, u32, u32);

fn found(stack: &str) -> Vec<(&str, &str, u32, u32)> {
    frames(stack).map(|it| (it.function, it.file, it.line, it.column)).collect()
}

const APP: &str = "https://bank.example/assets/app.js";

/// `throw` in a method, called by a callback of `map`, of a promise, from the top.
const CHROMIUM: &str = "TypeError: rates is undefined: at:1:2
    at Rates.read (https://bank.example/assets/app.js:3:11)
    at https://bank.example/assets/app.js:8:21
    at Array.map (<anonymous>)
    at async Promise.all (index 0)
    at async exchange (https://bank.example/assets/app.js:7:14)
    at new Form (https://bank.example/assets/app.js:12:3)
    at Object.submit [as onclick] (https://bank.example/assets/app.js:20:5)
    at eval (eval at run (https://bank.example/assets/app.js:30:9), <anonymous>:1:7)
    at <anonymous>:1:1
    at HTMLButtonElement.<anonymous> (https://bank.example:8443/assets/app.js:40:1)";

const FIREFOX: &str = "read@https://bank.example/assets/app.js:3:11
exchange/<@https://bank.example/assets/app.js:8:21
exchange@https://bank.example/assets/app.js:7:14
async*submit@https://bank.example/assets/app.js:20:5
run@https://bank.example/assets/app.js line 30 > eval:1:7
@https://cdn.example/npm/@scope/lib@1.2.3/index.js:1:4000
setTimeout handler*@https://bank.example/assets/app.js:40:1
";

const SAFARI: &str = "read@https://bank.example/assets/app.js:3:20
https://bank.example/assets/app.js:8:25
map@[native code]
exchange@https://bank.example/assets/app.js:7:17
eval code
eval@[native code]
module code@https://bank.example/assets/app.js:40:9
global code@https://bank.example/assets/old.js:2";

#[test]
fn chromium() {
    let expected: &[Place] = &[
        ("Rates.read", APP, 3, 11),
        ("", APP, 8, 21),
        ("exchange", APP, 7, 14),
        ("new Form", APP, 12, 3),
        ("Object.submit [as onclick]", APP, 20, 5),
        ("eval", APP, 30, 9),
        ("HTMLButtonElement.<anonymous>", "https://bank.example:8443/assets/app.js", 40, 1),
    ];
    assert_eq!(found(CHROMIUM), expected);
}

#[test]
fn firefox() {
    let expected: &[Place] = &[
        ("read", APP, 3, 11),
        ("exchange", APP, 8, 21),
        ("exchange", APP, 7, 14),
        ("submit", APP, 20, 5),
        ("run", APP, 30, 0),
        ("", "https://cdn.example/npm/@scope/lib@1.2.3/index.js", 1, 4000),
        ("", APP, 40, 1),
    ];
    assert_eq!(found(FIREFOX), expected);
}

#[test]
fn safari() {
    let expected: &[Place] = &[
        ("read", APP, 3, 20),
        ("", APP, 8, 25),
        ("exchange", APP, 7, 17),
        ("", APP, 40, 9),
        ("", "https://bank.example/assets/old.js", 2, 0),
    ];
    assert_eq!(found(SAFARI), expected);
}

#[test]
fn messages_and_code_without_a_place_are_no_frames() {
    for line in [
        "",
        "Error: mail to a@https://bank.example/x.js:1:1",
        "see https://bank.example/x.js:1:1",
        "at https://bank.example/x.js",
        "at f (native)",
        "f@[native code]",
        "at f (https://bank.example/x.js:99999999999:1)",
        "at f (https://bank.example/x.js:0:1)",
        "Caused by: RangeError: no",
        "at ) (",
        "@",
        "@:1:1",
    ] {
        assert_eq!(frame(line), None, "{line}");
    }
}

proptest! {
    #[test]
    fn any_text_is_read(text in any::<String>()) {
        frames(&text).count();
    }

    #[test]
    fn anything_like_a_stack_is_read(
        parts in prop::collection::vec(
            prop::sample::select(vec!["at ", "@", "(", ")", "eval at ", " line ", " > ", ":", "1", "é", "://", "async ", "\n", " ", "*", "/<"]),
            0..40,
        )
    ) {
        frames(&parts.concat()).count();
    }
}
