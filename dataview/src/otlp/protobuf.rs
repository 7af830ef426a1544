//! Requests in Protocol Buffers.
//!
//! The two outer layers are walked without decoding what is in them, so that one span is decoded at
//! a time: a span of two bytes would become one of some hundred in memory, and a request of 32 MiB
//! gigabytes.

use super::decode::Malformed;
use super::limits::ITEMS_MAX;
use prost::encoding::{DecodeContext, WireType, decode_key, decode_varint, skip_field};

/// What one resource tells.
#[derive(Debug, Default)]
pub(super) struct Group<'a> {
    /// The message of the resource; the last, where there are several.
    pub(super) resource: &'a [u8],
    /// The messages of its spans or log lines.
    pub(super) items: Vec<&'a [u8]>,
}

/// The groups of a request, and how many items were left out because there are too many. Requests
/// for traces and logs have the same shape: resources (1), whose second field are scopes, whose
/// second field are the items.
pub(super) fn groups(body: &[u8]) -> Result<(Vec<Group<'_>>, u64), Malformed> {
    let (mut groups, mut room, mut left_out) = (Vec::new(), ITEMS_MAX, 0);
    for_each(body, &mut |tag, resource_items| {
        if tag != 1 {
            return Ok(());
        }
        let mut group = Group::default();
        for_each(resource_items, &mut |tag, field| match tag {
            1 => {
                group.resource = field;
                Ok(())
            }
            2 => for_each(field, &mut |tag, item| {
                if tag == 2 && room > 0 {
                    room -= 1;
                    group.items.push(item);
                } else if tag == 2 {
                    left_out += 1;
                }
                Ok(())
            }),
            _ => Ok(()),
        })?;
        if !group.items.is_empty() {
            groups.push(group);
        }
        Ok(())
    })?;
    Ok((groups, left_out))
}

/// Calls `each` with number and bytes of the fields of a message that have a length.
fn for_each<'a>(
    mut message: &'a [u8],
    each: &mut dyn FnMut(u32, &'a [u8]) -> Result<(), Malformed>,
) -> Result<(), Malformed> {
    while !message.is_empty() {
        let (tag, wire) = decode_key(&mut message).map_err(Malformed::new)?;
        if wire != WireType::LengthDelimited {
            skip_field(wire, tag, &mut message, DecodeContext::default())
                .map_err(Malformed::new)?;
            continue;
        }
        let len = decode_varint(&mut message).map_err(Malformed::new)?;
        let len = usize::try_from(len).unwrap_or(usize::MAX);
        let Some((field, rest)) = message.split_at_checked(len) else {
            return Err(Malformed::new("a field is longer than the message it is in"));
        };
        message = rest;
        each(tag, field)?;
    }
    Ok(())
}
