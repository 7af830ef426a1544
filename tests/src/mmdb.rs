//! Writes small files in MaxMind's format (<https://maxmind.github.io/MaxMind-DB/>), so that tests and the demo
//! need none of anybody's.

use serde_json::{Value, json};
use std::net::IpAddr;

/// Zero bytes between tree and data.
const SEPARATOR: usize = 16;
/// What the metadata begins with.
const MARKER: &[u8] = b"\xab\xcd\xefMaxMind.com";

/// Where one of a node's two ways leads.
#[derive(Debug, Clone, Copy)]
enum Way {
    Nowhere,
    Node(usize),
    Record(usize),
}

/// A file that says of each network (`203.0.113.0/24`, `2001:db8::/32`) its record: maps, lists,
/// texts, whole numbers and booleans. Of two networks of which one is in the other, the wider one
/// comes first.
///
/// # Panics
/// When a network or record is none.
#[must_use]
pub fn file(kind: &str, networks: &[(&str, Value)]) -> Vec<u8> {
    let (mut tree, mut data) = (vec![[Way::Nowhere; 2]], Vec::new());
    for (network, record) in networks {
        let at = data.len();
        write(&mut data, record);
        put(&mut tree, &path(network), at);
    }
    let mut bytes = Vec::new();
    for way in tree.iter().flatten() {
        let value = match *way {
            Way::Nowhere => tree.len(),
            Way::Node(node) => node,
            Way::Record(at) => tree.len() + SEPARATOR + at,
        };
        bytes.extend(u32::try_from(value).expect("a small file").to_be_bytes());
    }
    bytes.extend([0; SEPARATOR]);
    bytes.extend(data);
    bytes.extend(MARKER);
    metadata(&mut bytes, kind, tree.len());
    bytes
}

/// A record as GeoLite2-City and GeoLite2-ASN together have it, with names in English and Chinese.
#[must_use]
pub fn record(country: [&str; 2], region: [&str; 2], city: [&str; 2], operator: &str) -> Value {
    let named = |[en, zh]: [&str; 2]| json!({"names": {"en": en, "zh-CN": zh}});
    json!({
        "country": named(country),
        "subdivisions": [named(region)],
        "city": named(city),
        "autonomous_system_number": 64_500,
        "autonomous_system_organization": operator,
    })
}

/// The bits of a network in a tree of IPv6; IPv4 is below `::/96`.
fn path(network: &str) -> Vec<bool> {
    let (address, length) = network.split_once('/').expect("a network");
    let (address, before) = match address.parse().expect("an address") {
        IpAddr::V4(address) => (address.to_ipv6_compatible(), 96),
        IpAddr::V6(address) => (address, 0),
    };
    let length: u32 = length.parse().expect("a length");
    (0..before + length).map(|bit| address.to_bits() >> (127 - bit) & 1 == 1).collect()
}

fn put(tree: &mut Vec<[Way; 2]>, path: &[bool], record: usize) {
    let (last, way) = path.split_last().expect("not all of the Internet");
    let mut node = 0;
    for bit in way.iter().map(|bit| usize::from(*bit)) {
        node = match tree[node][bit] {
            Way::Node(next) => next,
            // What the wider network says holds for what is not said of the narrower one.
            before => {
                tree.push([before; 2]);
                let next = tree.len() - 1;
                tree[node][bit] = Way::Node(next);
                next
            }
        };
    }
    tree[node][usize::from(*last)] = Way::Record(record);
}

fn metadata(out: &mut Vec<u8>, kind: &str, nodes: usize) {
    head(out, 7, 9);
    let texts = |out: &mut Vec<u8>, name: &str, value: &Value| {
        write(out, &name.into());
        write(out, value);
    };
    texts(out, "database_type", &kind.into());
    texts(out, "description", &json!({"en": "synthetic"}));
    texts(out, "languages", &json!(["en", "zh-CN"]));
    texts(out, "node_count", &nodes.into());
    for (name, value) in [
        ("binary_format_major_version", 2_u16),
        ("binary_format_minor_version", 0),
        ("ip_version", 6),
        ("record_size", 32),
    ] {
        write(out, &name.into());
        head(out, 5, 2);
        out.extend(value.to_be_bytes());
    }
    write(out, &"build_epoch".into());
    head(out, 9, 8);
    out.extend(1_790_000_000_u64.to_be_bytes());
}

/// The control byte or bytes of a value of type `kind` with so many bytes or members.
fn head(out: &mut Vec<u8>, kind: u8, size: usize) {
    let (short, rest) = match size {
        0..29 => (size as u8, Vec::new()),
        29..285 => (29, vec![(size - 29) as u8]),
        _ => (30, u16::try_from(size - 285).expect("a small value").to_be_bytes().to_vec()),
    };
    match kind {
        1..=7 => out.push(kind << 5 | short),
        _ => out.extend([short, kind - 7]),
    }
    out.extend(rest);
}

fn write(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::String(text) => {
            head(out, 2, text.len());
            out.extend(text.as_bytes());
        }
        Value::Number(number) => {
            head(out, 6, 4);
            let number = number.as_u64().and_then(|number| u32::try_from(number).ok());
            out.extend(number.expect("a whole number").to_be_bytes());
        }
        Value::Bool(value) => head(out, 14, usize::from(*value)),
        Value::Array(values) => {
            head(out, 11, values.len());
            values.iter().for_each(|value| write(out, value));
        }
        Value::Object(members) => {
            head(out, 7, members.len());
            for (name, value) in members {
                write(out, &name.as_str().into());
                write(out, value);
            }
        }
        Value::Null => panic!("the format has no null"),
    }
}
