//! Launches, and pages until they are there.

use crate::app::{ACCOUNTS, App, SIGN_IN};
use crate::support::START;
use dna_sdk_wasm::mini::Value::{Number as N, Text as T};
use dna_sdk_wasm::mini::kind;

#[test]
fn a_launch_is_told_with_the_platforms_measurement_and_the_device() {
    let mut app = App::launch();
    app.tell(kind::ENTRY, 0.0, &[T("supported")]);
    app.show(SIGN_IN);
    let device = [
        T("3.8.9"),
        T("8.0.60"),
        T("PLK110"),
        T("Android 15"),
        T("android"),
        N(34.0),
        T("wifi"),
        T("zh_CN"),
        N(390.0),
        N(763.0),
    ];
    app.tell(
        kind::LAUNCH,
        0.0,
        &[&[T("cold"), T("pages/sign-in/index?card=6222020202020208"), T("1001")], &device[..]]
            .concat(),
    );
    app.entry("appLaunch", SIGN_IN, -900.0, 1400.0, &[]);
    app.hide();
    let told = app.only("app_launch");
    let [(_, page, body, time)] = &told[..] else { panic!("{told:?}") };
    assert_eq!((page.as_str(), *time), (SIGN_IN, -900.0));
    let expected = serde_json::json!({
        "app.launch.type": "cold", "app.launch.path": SIGN_IN, "app.launch.scene": "1001", "duration_ms": 1400,
        "miniprogram.base_library.version": "3.8.9", "miniprogram.host.version": "8.0.60", "device.model.identifier": "PLK110",
        "os.name": "Android", "os.version": "15", "device.benchmark_level": 34, "network.connection.type": "wifi",
        "browser.language": "zh_CN", "viewport.width": 390, "viewport.height": 763,
    });
    assert_eq!(body, &expected);
}

#[test]
fn a_launch_that_nobody_measures_is_told_all_the_same() {
    for measured in [false, true] {
        let mut app = App::launch();
        if measured {
            app.tell(kind::ENTRY, 0.0, &[T("supported")]);
        }
        app.show(SIGN_IN);
        app.tell(kind::LAUNCH, 0.0, &[T("cold"), T(SIGN_IN), T("1001")]);
        app.pass(6_000);
        let told = app.only("app_launch");
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!((told[0].3, told[0].2.get("duration_ms")), (0.0, None));
    }
}

#[test]
fn where_the_platform_tells_the_click_alone_the_launch_ends_with_its_first_page() {
    let mut app = App::launch();
    app.tell(kind::ENTRY, 0.0, &[T("supported")]);
    app.entry("app-click", "", -700.0, 300.0, &[]);
    app.tell(kind::LAUNCH, 0.0, &[T("cold"), T(SIGN_IN), T("021001")]);
    app.show(SIGN_IN);
    app.tell(kind::PAGE_LOAD, 10.0, &[T(SIGN_IN), T("appLaunch"), N(4.0), N(START as f64 + 250.0)]);
    app.hide();
    let told = app.only("app_launch");
    assert_eq!((&told[0].2["duration_ms"], told[0].3), (&950.into(), -700.0));
}

#[test]
fn a_page_is_told_with_all_that_is_known_of_it_once() {
    let mut app = App::launch();
    app.tell(kind::ENTRY, 0.0, &[T("supported")]);
    app.show(SIGN_IN);
    app.now += 10_000;
    app.show(ACCOUNTS);
    app.tell(
        kind::PAGE_LOAD,
        9_990.0,
        &[T(ACCOUNTS), T("switchTab"), N(6.0), N(START as f64 + 10_300.0)],
    );
    app.entry("firstContentfulPaint", ACCOUNTS, 10_200.0, f64::NAN, &[]);
    app.entry("route", ACCOUNTS, 9_950.0, 38.0, &[T("switchTab")]);
    let marks = [10_060.0, 10_070.0, 10_082.0, 10_090.0, 10_250.0].map(|at| N(START as f64 + at));
    app.entry("firstRender", ACCOUNTS, 10_000.0, 180.0, &marks);
    app.entry("largestContentfulPaint", ACCOUNTS, 10_450.0, f64::NAN, &[]);
    app.hide();
    let told = app.told();
    let of = |kind: &str| {
        told.iter().filter(|(name, page, ..)| name == kind && page == ACCOUNTS).collect::<Vec<_>>()
    };
    let [(_, _, load, time)] = of("page_load")[..] else { panic!("{told:?}") };
    assert_eq!(*time, 9_950.0);
    let expected = serde_json::json!({
        "navigation.type": "switchTab", "duration_ms": 350, "route.duration_ms": 38, "page.on_load.duration_ms": 6,
        "first_render.duration_ms": 180, "view_layer_ready": 110, "init_data_send": 120, "init_data_receive": 132,
        "view_layer_render_start": 140, "view_layer_render_end": 300,
    });
    assert_eq!(load, &expected);
    let vitals: Vec<_> = of("web_vital").iter().map(|(_, _, body, _)| body.to_string()).collect();
    assert_eq!(
        vitals,
        [
            r#"{"browser.web_vital.name":"FCP","browser.web_vital.value":250}"#,
            r#"{"browser.web_vital.name":"LCP","browser.web_vital.value":500}"#,
        ]
    );
}

#[test]
fn what_is_measured_late_belongs_to_its_own_page() {
    let mut app = App::launch();
    app.tell(kind::ENTRY, 0.0, &[T("supported")]);
    app.show(SIGN_IN);
    app.tell(kind::PAGE_LOAD, 10.0, &[T(SIGN_IN), T("appLaunch"), N(1.0), N(START as f64 + 200.0)]);
    app.now += 1_000;
    app.show(ACCOUNTS);
    app.entry("firstRender", SIGN_IN, 20.0, 100.0, &[]);
    app.entry("firstPaint", SIGN_IN, 90.0, f64::NAN, &[]);
    app.entry("appLaunch", SIGN_IN, -500.0, 700.0, &[]);
    app.hide();
    let told = app.told();
    for (kind, value, expected) in
        [("page_load", "duration_ms", 700), ("web_vital", "browser.web_vital.value", 590)]
    {
        let found: Vec<_> = told.iter().filter(|(name, ..)| name == kind).collect();
        let [(_, page, body, _)] = found[..] else { panic!("{kind}: {told:?}") };
        assert_eq!((page.as_str(), &body[value]), (SIGN_IN, &expected.into()), "{kind}");
    }
}

#[test]
fn without_measurements_a_page_is_told_when_it_is_ready() {
    let mut app = App::launch();
    app.show(SIGN_IN);
    app.tell(kind::PAGE_LOAD, 10.0, &[T(SIGN_IN), T("appLaunch"), N(4.0), N(START as f64 + 130.0)]);
    app.pass(5_000);
    let told = app.only("page_load");
    assert_eq!(
        told[0].2.to_string(),
        r#"{"duration_ms":120,"navigation.type":"appLaunch","page.on_load.duration_ms":4}"#
    );
}
