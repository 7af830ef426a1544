//! Until when a certificate is valid.

use der::asn1::{AnyRef, GeneralizedTime, UtcTime};
use der::{Decode, SliceReader, Tag, TagNumber};
use std::time::Duration;

/// `notAfter` of an X.509 certificate in DER (RFC 5280, section 4.1), since the Unix epoch; `None`
/// when that cannot be read, or lies before it.
///
/// Only this is read, and nothing is proved: whether to trust a certificate is the client's matter.
#[must_use]
pub fn not_after(certificate: &[u8]) -> Option<Duration> {
    // TBSCertificate, its algorithm, the signature.
    let certificate = AnyRef::from_der(certificate).ok()?;
    let content = value_of(certificate)?;
    let content = value_of(AnyRef::decode(&mut SliceReader::new(content).ok()?).ok()?)?;
    let mut fields = SliceReader::new(content).ok()?;
    let first = AnyRef::decode(&mut fields).ok()?;
    let version = Tag::ContextSpecific { constructed: true, number: TagNumber(0) };
    // Without a version, which is left out of the first one's, it was the serial number.
    let before_validity = if first.header().tag() == version { 3 } else { 2 };
    for _ in 0..before_validity {
        AnyRef::decode(&mut fields).ok()?;
    }
    let mut validity = SliceReader::new(value_of(AnyRef::decode(&mut fields).ok()?)?).ok()?;
    AnyRef::decode(&mut validity).ok()?;
    let end = AnyRef::decode(&mut validity).ok()?;
    match end.header().tag() {
        // Until 2049.
        Tag::UtcTime => Some(end.decode_as::<UtcTime>().ok()?.to_unix_duration()),
        _ => Some(end.decode_as::<GeneralizedTime>().ok()?.to_unix_duration()),
    }
}

/// What a sequence holds.
fn value_of(sequence: AnyRef<'_>) -> Option<&[u8]> {
    (sequence.header().tag() == Tag::Sequence).then(|| sequence.value())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ending(year: i32, month: u8, day: u8) -> Vec<u8> {
        let mut params = rcgen::CertificateParams::new(["localhost".to_owned()]).expect("a name");
        params.not_after = rcgen::date_time_ymd(year, month, day);
        let key = rcgen::KeyPair::generate().expect("a key");
        params.self_signed(&key).expect("a certificate").der().to_vec()
    }

    #[test]
    fn the_end_is_read_in_both_forms() {
        // date -u -d 2030-01-02 +%s; from 2050 on the year has four digits.
        assert_eq!(not_after(&ending(2030, 1, 2)), Some(Duration::from_secs(1_893_542_400)));
        assert_eq!(not_after(&ending(2060, 7, 1)), Some(Duration::from_secs(2_855_865_600)));
    }

    #[test]
    fn what_is_no_certificate_has_no_end_and_does_no_harm() {
        let good = ending(2030, 1, 2);
        for end in 0..good.len() {
            assert_eq!(not_after(&good[..end]), None, "{end} bytes");
        }
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 0xff;
            // Whatever it says then, it says it without a panic.
            let _ = not_after(&bad);
        }
    }
}
