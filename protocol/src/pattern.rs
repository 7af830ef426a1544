//! The pattern of an address: what it is the address of, whoever's it is.

/// Hexadecimal digits from which on a segment is an identifier. Shorter ones may be words.
const HEX_MIN: usize = 12;

/// The path of `url` and the route in its fragment, with `{id}` in place of identifiers.
#[must_use]
pub fn pattern(url: &str, fragment: Option<&str>) -> String {
    // A parameter that the application allows is no part of it.
    let url = url.split_once('?').map_or(url, |(before, _)| before);
    let path = url
        .split_once("://")
        .map_or(url, |(_, rest)| rest.find('/').map_or("/", |slash| &rest[slash..]));
    match fragment {
        Some(fragment) => format!("{}#{}", segments(path), segments(fragment)),
        None => segments(path),
    }
}

fn segments(path: &str) -> String {
    let segment = |segment| if is_identifier(segment) { "{id}" } else { segment };
    path.split('/').map(segment).collect::<Vec<_>>().join("/")
}

/// Whether a segment is a number, a UUID, a long hexadecimal number, or what one of them was before
/// it was masked.
fn is_identifier(segment: &str) -> bool {
    let digits = segment.bytes().filter(u8::is_ascii_digit).count();
    let hex = segment.bytes().filter(u8::is_ascii_hexdigit).count();
    let dashes = segment.bytes().filter(|byte| *byte == b'-').count();
    let is_number = digits > 0 && digits == segment.len();
    let is_hex = digits > 0 && hex >= HEX_MIN && hex + dashes == segment.len();
    let is_masked = segment.starts_with('{') && segment.ends_with('}');
    is_number || is_hex || is_masked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_make_way_and_names_stay() {
        for (url, fragment, expected) in [
            ("https://b.example", None, "/"),
            ("https://b.example/api/v1/accounts", None, "/api/v1/accounts"),
            ("https://b.example/api/accounts/42/cards/", None, "/api/accounts/{id}/cards/"),
            ("https://b/o/0b8d9d0e-4c1f-4f0a-9a53-0e2f4f5d6a7b/x", None, "/o/{id}/x"),
            ("https://b/o/507f1f77bcf86cd799439011", None, "/o/{id}"),
            ("https://b/o/{phone}", None, "/o/{id}"),
            ("https://b/facade/deadbeef/2026-report", None, "/facade/deadbeef/2026-report"),
            ("https://b/app", Some("/orders/42"), "/app#/orders/{id}"),
        ] {
            assert_eq!(pattern(url, fragment), expected);
        }
    }
}
