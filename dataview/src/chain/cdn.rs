//! What a CDN says of an answer in its `Server-Timing` (W3C Server Timing): the only part of the
//! network that the bank has no log of, and the browser reads it.
//!
//! The names are those that Akamai, Cloudflare and CloudFront document, and that others took over.

/// A CDN's part of a call.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cdn {
    /// Whether its cache had the answer, as it says it: `HIT`, `MISS`, …
    pub cache: Option<String>,
    /// Where it answered, in its own words.
    pub place: Option<String>,
    /// How long the CDN itself took, in ms.
    pub edge_ms: Option<f64>,
    /// How long whom it asked took, in ms.
    pub origin_ms: Option<f64>,
    /// From its request's end to the answer's first byte, in ms.
    pub total_ms: Option<f64>,
}

impl Cdn {
    /// How long it took altogether, in ms, where that is said.
    #[must_use]
    pub fn duration_ms(&self) -> Option<f64> {
        let parts = self.edge_ms.into_iter().chain(self.origin_ms).reduce(|a, b| a + b);
        self.total_ms.or(parts)
    }

    /// Whether it asked somebody behind it; an answer of its cache asks nobody.
    #[must_use]
    pub fn asked(&self) -> bool {
        let hit = self.cache.as_ref().is_some_and(|cache| cache.eq_ignore_ascii_case("hit"));
        !hit || self.origin_ms.is_some_and(|ms| ms > 0.0)
    }
}

/// What the list says of a CDN; `None` when it says nothing that is known to be one's.
#[must_use]
pub(super) fn read(list: &str) -> Option<Cdn> {
    let mut cdn = Cdn::default();
    for metric in pieces(list, ',') {
        let mut parts = pieces(metric, ';').into_iter().map(str::trim);
        let name = parts.next().unwrap_or_default().to_ascii_lowercase();
        let (mut duration, mut description) = (None, None);
        for part in parts {
            let Some((key, value)) = part.split_once('=') else { continue };
            let value = value.trim().trim_matches('"');
            match key.trim().to_ascii_lowercase().as_str() {
                "dur" => duration = value.parse().ok().filter(is_duration),
                "desc" => description = Some(value.to_owned()).filter(|text| !text.is_empty()),
                _ => {}
            }
        }
        match name.as_str() {
            "cdn-cache" | "cfcachestatus" => cdn.cache = description,
            "cdn-cache-hit" => cdn.cache = Some("HIT".to_owned()),
            "cdn-cache-miss" => cdn.cache = Some("MISS".to_owned()),
            "cdn-cache-refresh" => cdn.cache = Some("REFRESH".to_owned()),
            "cdn-pop" => cdn.place = description,
            "edge" | "cfedge" => cdn.edge_ms = duration,
            "origin" | "cforigin" | "cdn-upstream-fbl" => cdn.origin_ms = duration,
            "cdn-downstream-fbl" => cdn.total_ms = duration,
            _ => {}
        }
    }
    (cdn != Cdn::default()).then_some(cdn)
}

fn is_duration(value: &f64) -> bool {
    (0.0..=dna_protocol::limits::MILLIS_MAX).contains(value)
}

/// The pieces between separators that stand outside of quotes.
fn pieces(text: &str, separator: char) -> Vec<&str> {
    let mut quoted = false;
    text.split(|letter| {
        quoted ^= letter == '"';
        letter == separator && !quoted
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cdn(list: &str) -> Cdn {
        read(list).unwrap_or_else(|| panic!("{list}"))
    }

    #[test]
    fn each_network_is_understood_in_its_own_words() {
        let akamai = cdn("cdn-cache; desc=HIT, edge; dur=3");
        assert_eq!((akamai.cache.as_deref(), akamai.edge_ms), (Some("HIT"), Some(3.0)));
        assert!(!akamai.asked());
        let cloudflare =
            cdn("db;dur=5, cfCacheStatus;desc=\"DYNAMIC\", cfEdge;dur=4.5,cfOrigin;dur=20");
        assert_eq!(cloudflare.duration_ms(), Some(24.5));
        assert!(cloudflare.asked());
        let cloudfront = cdn("cdn-upstream-layer;desc=\"EDGE\",cdn-upstream-fbl;dur=200,\
             cdn-cache-miss,cdn-pop;desc=\"HKG62-C1\",cdn-downstream-fbl;dur=204");
        assert_eq!(cloudfront.cache.as_deref(), Some("MISS"));
        assert_eq!(cloudfront.place.as_deref(), Some("HKG62-C1"));
        assert_eq!((cloudfront.origin_ms, cloudfront.duration_ms()), (Some(200.0), Some(204.0)));
    }

    #[test]
    fn what_is_no_cdns_or_broken_is_none() {
        for list in ["", ",;=", "db;dur=5", "edge", "edge;dur=-1, origin;dur=NaN, cdn-cache;desc="]
        {
            assert_eq!(read(list), None, "{list}");
        }
        let quoted = cdn("app;desc=\"a, edge;dur=9\", cdn-cache;desc=\"HIT");
        assert_eq!((quoted.edge_ms, quoted.cache.as_deref()), (None, Some("HIT")));
    }
}
