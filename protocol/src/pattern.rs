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
    let mut pattern = String::with_capacity(path.len() + fragment.map_or(0, |it| 1 + it.len()));
    segments(path, &mut pattern);
    if let Some(fragment) = fragment {
        pattern.push('#');
        segments(fragment, &mut pattern);
    }
    pattern
}

fn segments(path: &str, pattern: &mut String) {
    for (at, segment) in path.split('/').enumerate() {
        if at > 0 {
            pattern.push('/');
        }
        pattern.push_str(if is_identifier(segment) { "{id}" } else { segment });
    }
}

/// Whether a segment is a number, a UUID, a long hexadecimal number, or what one of them was before
/// it was masked.
fn is_identifier(segment: &str) -> bool {
    let (mut digits, mut letters, mut dashes) = (0, 0, 0);
    for byte in segment.bytes() {
        match byte {
            b'0'..=b'9' => digits += 1,
            b'a'..=b'f' | b'A'..=b'F' => letters += 1,
            b'-' => dashes += 1,
            _ => return segment.starts_with('{') && segment.ends_with('}'),
        }
    }
    let is_number = letters + dashes == 0;
    digits > 0 && (is_number || digits + letters >= HEX_MIN)
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
