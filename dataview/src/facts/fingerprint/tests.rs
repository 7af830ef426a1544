//! The same error is one over releases, builds and visitors; others are others.

use super::*;
use proptest::prelude::*;

/// A build of the same source: what it calls things, and where it puts them.
#[derive(Debug, Clone)]
struct Build {
    variable: String,
    class: String,
    hash: String,
    line: u32,
    column: u32,
    order: u32,
}

fn build() -> impl Strategy<Value = Build> {
    let name = "[a-zA-Z$_][a-zA-Z0-9$_]?";
    let hash = prop_oneof!["[0-9a-f]{7}[0-9]", "[A-Za-z0-9_-]{4}[0-9][A-Za-z0-9_-]{3}"];
    (name, name, hash, 1..9_000_u32, 1..90_000_u32, 0..1_000_000_u32).prop_map(
        |(variable, class, hash, line, column, order)| Build {
            variable,
            class,
            hash,
            line,
            column,
            order,
        },
    )
}

fn thrown_by(build: &Build) -> u64 {
    let Build { variable, class, hash, line, column, order } = build;
    let message = format!("{variable}.rates is undefined for order {order}");
    let stack = format!(
        "TypeError: {message}\n    at {variable} (https://cdn/vendors-{hash}.js:{column}:1)\n    \
         at {class}.convert (https://bank.example/assets/index-{hash}.js:{line}:{column})\n    \
         at {variable} (https://bank.example/assets/other-{hash}.js:1:{line})"
    );
    let thrown =
        Thrown { kind: "exception", name: "TypeError", message: &message, stack: &stack, file: "" };
    of_thrown(&thrown)
}

proptest! {
    #[test]
    fn builds_and_visitors_make_no_other_error((a, b) in (build(), build())) {
        prop_assert_eq!(thrown_by(&a), thrown_by(&b));
    }

    #[test]
    fn another_word_makes_another_error((a, b) in ("[a-z]{4,9}", "[a-z]{4,9}")) {
        let of = |word: &str| of_thrown(&Thrown { message: &format!("no {word} found"), ..Thrown::default() });
        prop_assert_eq!(of(&a) == of(&b), a == b);
    }

    #[test]
    fn anything_has_a_fingerprint(
        (name, message, stack, file) in (any::<String>(), any::<String>(), any::<String>(), any::<String>())
    ) {
        let thrown = Thrown { kind: "exception", name: &name, message: &message, stack: &stack, file: &file };
        prop_assert_eq!(of_thrown(&thrown), of_thrown(&thrown));
        prop_assert_eq!(of_resource(&name, &file), of_resource(&name, &file));
    }
}

#[test]
fn a_fingerprint_never_changes() {
    let thrown = Thrown {
        kind: "exception",
        name: "TypeError",
        message: "t.pay is not a function",
        stack: "TypeError: t.pay is not a function\n    at pay (https://b/app.1a2b3c4d.js:1:2)",
        file: "",
    };
    assert_eq!(format!("{:016x}", of_thrown(&thrown)), "3fc4e0ea72d5c0bd");
}

#[test]
fn kind_type_file_and_function_make_another_error() {
    let stack = |function, file| format!("    at {function} (https://b/{file}:1:2)");
    let of = |kind, name, function, file| {
        of_thrown(&Thrown { kind, name, stack: &stack(function, file), ..Thrown::default() })
    };
    let one = of("exception", "TypeError", "pay", "app.js");
    assert_eq!(one, of("exception", "TypeError", "Cart.pay", "app.1a2b3c4d.js"));
    assert_ne!(one, of("unhandled_rejection", "TypeError", "pay", "app.js"));
    assert_ne!(one, of("exception", "RangeError", "pay", "app.js"));
    assert_ne!(one, of("exception", "TypeError", "load", "app.js"));
    assert_ne!(one, of("exception", "TypeError", "pay", "cards.js"));
}
