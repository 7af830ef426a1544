//! Region and operator from files in MaxMind's format.

use dataview::geo::{Geo, GeoError, Language, Naming, Place};
use dna_tests::mmdb;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use tempfile::TempDir;

const ENGLISH: Naming = Naming { language: Language::En, city: false };

fn shanghai(operator: &str) -> Value {
    mmdb::record(["China", "中国"], ["Shanghai", "上海"], ["Shanghai", "上海"], operator)
}

fn write(folder: &TempDir, name: &str, networks: &[(&str, Value)]) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, mmdb::file(name, networks)).expect("writable");
    path
}

fn place(region: &str, operator: &str) -> Place {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Place { region: some(region), operator: some(operator) }
}

#[test]
fn one_file_may_have_both() {
    let folder = TempDir::new().expect("writable");
    let suzhou =
        mmdb::record(["China", "中国"], ["Jiangsu", "江苏"], ["Suzhou", "苏州"], "China Mobile");
    let file = write(
        &folder,
        "Both",
        &[
            ("203.0.112.0/23", shanghai("China Telecom")),
            ("203.0.113.0/24", suzhou),
            ("2001:db8::/32", shanghai("China Unicom")),
        ],
    );
    let geo = Geo::open(vec![file.clone()], ENGLISH).expect("writable");
    assert_eq!(geo.locate("203.0.112.0"), place("China / Shanghai", "China Telecom"));
    assert_eq!(geo.locate("203.0.113.0"), place("China / Jiangsu", "China Mobile"));
    assert_eq!(geo.locate("2001:db8:1::"), place("China / Shanghai", "China Unicom"));
    for unknown in ["198.51.100.0", "2001:db9::", "", "localhost"] {
        assert_eq!(geo.locate(unknown), Place::default(), "{unknown}");
    }
    let chinese = Naming { language: Language::ZhCn, city: true };
    let geo = Geo::open(vec![file], chinese).expect("writable");
    assert_eq!(geo.locate("203.0.113.0"), place("中国 / 江苏 / 苏州", "China Mobile"));
    assert_eq!(geo.locate("203.0.112.0"), place("中国 / 上海", "China Telecom"), "its own region");
    assert_eq!(geo.unreadable(), 0);
}

#[test]
fn two_files_complete_each_other() {
    let folder = TempDir::new().expect("writable");
    let city = json!({"country": {"iso_code": "CN"}, "location": {"latitude": 31}});
    let city = write(&folder, "City", &[("203.0.113.0/24", city)]);
    let isp = json!({"isp": "China Telecom", "organization": "China Telecom Shanghai"});
    let asn = json!({"autonomous_system_organization": "CHINANET"});
    let isp = write(&folder, "ISP", &[("203.0.113.0/24", isp), ("198.51.100.0/24", asn)]);
    for files in [vec![city.clone(), isp.clone()], vec![isp, city]] {
        let geo = Geo::open(files, ENGLISH).expect("writable");
        assert_eq!(geo.locate("203.0.113.0"), place("CN", "China Telecom"));
        assert_eq!(geo.locate("198.51.100.0"), place("", "CHINANET"));
    }
}

#[test]
fn a_file_that_changes_is_read_again_and_a_bad_one_changes_nothing() {
    let folder = TempDir::new().expect("writable");
    let path = write(&folder, "City", &[("203.0.113.0/24", shanghai("before"))]);
    let geo = Geo::open(vec![path.clone()], ENGLISH).expect("writable");
    assert!(geo.refresh().is_empty(), "it has not changed");

    let after = mmdb::file("City", &[("203.0.113.0/24", shanghai("after"))]);
    replace(&path, &after[..after.len() / 2]);
    let told = geo.refresh();
    assert!(matches!(&told[..], [Err(GeoError::Malformed { .. })]), "{told:?}");
    assert!(geo.refresh().is_empty(), "it is told once");
    assert_eq!(geo.locate("203.0.113.0"), place("China / Shanghai", "before"));

    fs::remove_file(&path).expect("writable");
    assert!(geo.refresh().is_empty(), "it is being replaced");
    replace(&path, &after);
    assert!(matches!(&geo.refresh()[..], [Ok(read)] if *read == path));
    assert_eq!(geo.locate("203.0.113.0"), place("China / Shanghai", "after"));
}

/// Files of the same length that are written in the same instant differ by their time here.
fn replace(path: &Path, bytes: &[u8]) {
    fs::write(path, bytes).expect("writable");
    let file = fs::File::options().write(true).open(path).expect("writable");
    file.set_modified(SystemTime::now() + Duration::from_secs(60)).expect("writable");
}

#[test]
fn a_file_that_is_none_is_refused_by_name() {
    let folder = TempDir::new().expect("writable");
    let path = folder.path().join("GeoLite2.mmdb");
    let error = Geo::open(vec![path.clone()], ENGLISH).unwrap_err();
    assert!(error.to_string().contains("GeoLite2.mmdb"), "{error}");
    fs::write(&path, "<html>").expect("writable");
    let error = Geo::open(vec![path], ENGLISH).unwrap_err();
    assert!(error.to_string().contains("no file in MaxMind's format"), "{error}");
}

#[test]
fn a_damaged_file_panics_nowhere() {
    let folder = TempDir::new().expect("writable");
    let whole = mmdb::file("City", &[("203.0.113.0/24", shanghai("China Telecom"))]);
    let path = folder.path().join("City");
    // The tree and the record, every third byte.
    for at in (0..whole.len()).step_by(3) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0xff;
        fs::write(&path, damaged).expect("writable");
        if let Ok(geo) = Geo::open(vec![path.clone()], ENGLISH) {
            let _ = geo.locate("203.0.113.0");
            let _ = geo.locate("2001:db8::");
        }
    }
}
