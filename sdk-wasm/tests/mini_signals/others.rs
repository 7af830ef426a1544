//! Code, resources, updates of data, requests and the device.

use crate::app::{ACCOUNTS, App, SIGN_IN};
use crate::support::START;
use crate::support::phone::record;
use dna_sdk_wasm::mini::Value::{Bool, Number as N, Text as T};
use dna_sdk_wasm::mini::{Record, Value, kind};

#[test]
fn code_is_told_by_package() {
    let mut app = App::launch();
    app.show(SIGN_IN);
    app.entry("downloadPackage", "", -400.0, 120.0, &[T("__APP__"), N(182_044.0)]);
    app.entry("evaluateScript", "", -200.0, 44.0, &[T("packages/cards"), N(12.0)]);
    app.hide();
    assert_eq!(app.memory.0.borrow().sent.len(), 1, "what led to the core goes with the rest");
    let told: Vec<_> = app
        .only("code_load")
        .into_iter()
        .map(|(_, _, body, time)| (body.to_string(), time))
        .collect();
    assert_eq!(told, [
        (r#"{"code.load.type":"downloadPackage","duration_ms":120,"package.name":"__APP__","package.size":182044}"#.to_owned(), -400.0),
        (r#"{"code.load.type":"evaluateScript","duration_ms":44,"package.name":"packages/cards","script.count":12}"#.to_owned(), -200.0),
    ]);
}

#[test]
fn resources_are_grouped_and_slow_ones_told_whole() {
    let mut app = App::launch();
    app.show(SIGN_IN);
    for at in 0..3 {
        app.entry(
            "resourceTiming",
            "",
            100.0,
            50.0 + f64::from(at),
            &[T("image"), T("https://cdn.bank/a.png?card=6222"), N(1000.0), N(0.0), N(0.0)],
        );
    }
    app.entry(
        "resourceTiming",
        "",
        100.0,
        1500.0,
        &[
            T("image"),
            T("https://cdn.bank/slow.png?token=1"),
            N(9.0),
            N(START as f64),
            N(START as f64 + 8.0),
        ],
    );
    app.now += 3_000;
    app.show(ACCOUNTS);
    app.hide();
    let told = app.only("resource");
    assert!(told.iter().all(|(_, page, ..)| page == SIGN_IN), "{told:?}");
    let bodies: Vec<_> = told.iter().map(|(_, _, body, _)| body.to_string()).collect();
    assert_eq!(
        bodies,
        [
            r#"{"duration_ms":1500,"initiator_type":"image","start_time":20100,"timing.dns":8,"transfer_size":9,"url.full":"https://cdn.bank/slow.png"}"#,
            r#"{"count":3,"duration_ms":52,"duration_sum_ms":153,"initiator_type":"image","start_time":20100,"transfer_size":3000,"url.full":"https://cdn.bank"}"#,
        ]
    );
}

#[test]
fn updates_of_data_are_told_by_component_with_paths_and_no_data() {
    let mut app = App::launch();
    app.show(SIGN_IN);
    let page = |app: &mut App, duration: f64, paths: &str| {
        app.tell(kind::UPDATE, 500.0, &[T(SIGN_IN), N(duration), N(3.0), Bool(false), T(paths)]);
    };
    page(&mut app, 20.0, "t");
    page(&mut app, 212.0, "accounts[0].balance accounts[1].balance form.6222020202020208");
    page(&mut app, 30.0, "t");
    app.tell(
        kind::UPDATE,
        600.0,
        &[T("components/keypad/index"), N(5.0), N(0.0), Bool(true), T("amount")],
    );
    app.now += 2_000;
    app.show(ACCOUNTS);
    app.hide();
    let told = app.only("data_update");
    assert!(told.iter().all(|(_, page, ..)| page == SIGN_IN), "{told:?}");
    let bodies: Vec<_> = told.iter().map(|(_, _, body, _)| body.to_string()).collect();
    assert_eq!(
        bodies,
        [
            r#"{"component.path":"pages/sign-in/index","count":3,"data.paths":"accounts[].balance form.{id}","duration_ms":212,"duration_sum_ms":262,"wait_ms":3}"#,
            r#"{"component.path":"components/keypad/index","count":1,"data.paths":"amount","duration_ms":5,"duration_sum_ms":5,"merged_count":1}"#,
        ]
    );
}

#[test]
fn requests_are_told_with_the_platforms_profile() {
    let mut app = App::launch();
    app.show(SIGN_IN);
    let at = |ms: f64| N(START as f64 + ms);
    let marks = [10.0, 14.0, 22.0, 22.0, 35.0, 53.0, 54.0, 154.0, 160.0].map(at);
    let request = [
        N(170.0),
        T("request"),
        T("post"),
        T("https://api.bank/pay?card=6222"),
        N(200.0),
        T(""),
        T("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
    ];
    let rest = [at(10.0), at(13.0), N(42.0), N(612.0), N(188.0), T("h2"), Bool(true)];
    app.tell(kind::REQUEST, 5.0, &[&request[..], &marks, &rest].concat());
    app.hide();
    let told = app.only("api_call");
    let expected = serde_json::json!({
        "http.request.method": "POST", "url.full": "https://api.bank/pay", "http.response.status_code": 200, "duration_ms": 170,
        "initiator_type": "request", "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736", "span_id": "00f067aa0ba902b7",
        "timing.blocked": 4, "timing.dns": 8, "timing.connect": 31, "timing.ssl": 18, "timing.wait": 100, "timing.receive": 6,
        "timing.queue": 3, "network.connection.rtt": 42, "transfer_size": 612, "http.request.body.size": 188,
        "network.protocol.name": "h2", "network.connection.reused": 1,
    });
    assert_eq!(told[0].2, expected);
}

#[test]
fn the_device_and_what_is_missing() {
    let mut app = App::launch();
    app.show(SIGN_IN);
    app.tell(kind::MEMORY, 1.0, &[N(10.0)]);
    app.tell(kind::MEMORY, 2.0, &[Value::Nothing]);
    app.tell(kind::NETWORK, 3.0, &[T("4g"), T("weak")]);
    app.tell(kind::MISSING, 4.0, &[T("page"), T("pages/gone/index?id=1"), T("")]);
    app.tell(
        kind::MISSING,
        5.0,
        &[T("subpackage"), T("packages/cards"), T("loadSubpackage: timeout")],
    );
    app.hide();
    let told: Vec<_> =
        app.told().into_iter().map(|(kind, _, body, _)| format!("{kind} {body}")).collect();
    assert_eq!(
        told[1..6],
        [
            r#"memory_warning {"memory.warning.level":10}"#,
            "memory_warning {}",
            r#"network_change {"network.connection.state":"weak","network.connection.type":"4g"}"#,
            r#"resource_failure {"element.name":"page","url.full":"pages/gone/index"}"#,
            r#"resource_failure {"element.name":"subpackage","error.message":"loadSubpackage: timeout","url.full":"packages/cards"}"#,
        ]
    );
}

#[test]
fn what_waited_to_be_told_is_forgotten_when_consent_is_refused() {
    let mut app = App::launch();
    app.tell(kind::ENTRY, 0.0, &[T("supported")]);
    app.show(SIGN_IN);
    app.tell(kind::LAUNCH, 0.0, &[T("cold"), T(SIGN_IN), T("1001")]);
    app.tell(kind::PAGE_LOAD, 10.0, &[T(SIGN_IN), T("appLaunch"), N(4.0), N(START as f64 + 130.0)]);
    app.tell(kind::UPDATE, 500.0, &[T(SIGN_IN), N(20.0), N(3.0), Bool(false), T("t")]);
    app.tell(kind::CALL, 600.0, &[T("consent"), T("denied")]);
    app.tell(kind::CALL, 700.0, &[T("consent"), T("granted")]);
    app.tell(kind::CALL, 800.0, &[T("event"), T("after")]);
    app.hide();
    let told: Vec<_> = app.told().into_iter().map(|(kind, ..)| kind).collect();
    assert_eq!(told, ["page_view", "custom", "visibility"]);
}

#[test]
fn damaged_times_do_no_harm() {
    let mut app = App::launch();
    app.show(SIGN_IN);
    for name in [
        "appLaunch",
        "app-click",
        "route",
        "firstRender",
        "firstPaint",
        "evaluateScript",
        "downloadPackage",
        "resourceTiming",
        "?",
    ] {
        for time in [f64::NAN, -1.0, 0.0, f64::INFINITY, 1e300] {
            let bytes = record(kind::ENTRY, time, &[T(name), T("nowhere"), N(time), N(time)]);
            app.core.push(app.now, Record::open(&bytes).unwrap());
        }
    }
    app.tell(kind::UPDATE, f64::NAN, &[T(""), N(f64::NAN)]);
    app.tell(kind::LAUNCH, f64::NAN, &[]);
    app.hide();
    // The double refuses a frame with a wrong event.
    assert!(app.told().iter().any(|(kind, ..)| kind == "visibility"));
}

#[test]
fn what_is_grouped_is_told_before_long_though_nothing_else_happens() {
    let mut app = App::launch();
    app.show(SIGN_IN);
    app.pass(6_000);
    app.told();
    app.tell(kind::UPDATE, 6_000.0, &[T(SIGN_IN), N(20.0), N(3.0), Bool(false), T("t")]);
    assert_eq!(app.memory.wake_in(), Some(5_000));
    app.pass(5_000);
    assert_eq!(app.only("data_update").len(), 1);
    app.tell(kind::LAUNCH, 0.0, &[T("warm"), T(SIGN_IN), T("1001")]);
    app.pass(5_000);
    assert_eq!(app.only("app_launch").len(), 1);
}
