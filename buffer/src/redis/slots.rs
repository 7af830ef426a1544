//! Hash slots of a Redis Cluster, and who serves them.

use super::connector::Place;
use ::redis::Value;

/// Slots of every Cluster.
const SLOTS: u16 = 16384;

/// Neighbouring slots and the master that serves them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) first: u16,
    pub(super) last: u16,
    pub(super) master: Place,
}

/// The slot of a key: CRC-16 (XMODEM) of what stands in its first braces, modulo 16384, as the
/// Cluster specification says.
pub(super) fn slot_of(key: &[u8]) -> u16 {
    let tag = || {
        let open = key.iter().position(|byte| *byte == b'{')? + 1;
        let length = key[open..].iter().position(|byte| *byte == b'}')?;
        (length > 0).then(|| &key[open..open + length])
    };
    crc16(tag().unwrap_or(key)) % SLOTS
}

fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ (u16::from(*byte) << 8), |crc, _| {
            if crc & 0x8000 == 0 { crc << 1 } else { (crc << 1) ^ 0x1021 }
        })
    })
}

/// Reads the reply to CLUSTER SLOTS. `asked` stands where a node does not say its own host.
pub(super) fn parse_slots(reply: &Value, asked: &Place) -> Vec<Range> {
    let Value::Array(ranges) = reply else { return Vec::new() };
    ranges.iter().filter_map(|range| parse_range(range, asked)).collect()
}

fn parse_range(range: &Value, asked: &Place) -> Option<Range> {
    let Value::Array(range) = range else { return None };
    let [Value::Int(first), Value::Int(last), Value::Array(master), ..] = range.as_slice() else {
        return None;
    };
    let [host, Value::Int(port), ..] = master.as_slice() else { return None };
    let host = match host {
        Value::BulkString(host) => String::from_utf8(host.clone()).ok()?,
        Value::SimpleString(host) => host.clone(),
        _ => String::new(),
    };
    Some(Range {
        first: u16::try_from(*first).ok()?,
        last: u16::try_from(*last).ok()?,
        master: at(&host, u16::try_from(*port).ok()?, asked),
    })
}

/// Where a refusal `MOVED SLOT HOST:PORT` or `ASK SLOT HOST:PORT` leads, from its details.
pub fn redirection(details: &str, asked: &Place) -> Option<Place> {
    let (_, place) = details.split_once(' ')?;
    let (host, port) = place.trim().rsplit_once(':')?;
    Some(at(host, port.parse().ok()?, asked))
}

/// A node that does not know its own host leaves it out: it is the one that was asked.
fn at(host: &str, port: u16, asked: &Place) -> Place {
    match asked {
        Place::Tcp(own, _) if host.is_empty() => Place::Tcp(own.clone(), port),
        _ => Place::Tcp(host.to_owned(), port),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_those_of_the_specification() {
        // CLUSTER KEYSLOT of Redis 7.0.
        assert_eq!(slot_of(b"123456789"), 12739);
        for (key, like) in [("dna:{0}:events", "0"), ("dna:{12}:events", "12")] {
            assert_eq!(slot_of(key.as_bytes()), slot_of(like.as_bytes()));
        }
        assert_eq!(slot_of(b"0"), 13907);
        assert_ne!(slot_of(b"a{}b"), slot_of(b""), "empty braces do not count");
    }

    #[test]
    fn four_shards_lie_on_all_of_three_masters() {
        let thirds: std::collections::BTreeSet<u16> = (0..4)
            .map(|shard| slot_of(crate::redis::stream_key(shard).as_bytes()) / 5462)
            .collect();
        assert_eq!(thirds.len(), 3);
    }

    #[test]
    fn a_redirection_names_a_node() {
        let asked = Place::Tcp("a".to_owned(), 1);
        let to = |details| redirection(details, &asked).map(|place| place.to_string());
        assert_eq!(to("3999 10.0.0.1:6381").as_deref(), Some("10.0.0.1:6381"));
        assert_eq!(to("3999 :6381").as_deref(), Some("a:6381"));
        assert_eq!(to("3999 ::1:6381").as_deref(), Some("::1:6381"));
        assert_eq!(to("3999"), None);
    }
}
