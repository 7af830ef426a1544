//! Every bound of the edge that is not the operator's to set, with the reason beside it.

use std::time::Duration;

/// Connections that wait to be taken, in the system's queue: a second's worth at the 1,000 a
/// second that a door must take, and room for a stutter. The system may bound it lower
/// (`net.core.somaxconn`).
pub const BACKLOG: i32 = 4096;

/// Bytes of the address part of a PROXY v2 header. 216 are those of two Unix addresses, the rest
/// is for what a proxy adds about TLS; the specification wants 520 bytes to be enough for all.
pub const PROXY_BYTES_MAX: usize = 2048;

/// How often the files of certificates are looked at: how late a renewed one is served, unless
/// SIGHUP says so at once.
pub const CERTIFICATE_POLL: Duration = Duration::from_secs(2);

/// Bytes of a file of certificates or of a key: a chain of ten with long keys has some 30 KB.
pub const CERTIFICATE_BYTES_MAX: u64 = 1024 * 1024;

/// Bytes that a client of HTTP/2 may send of one body before it is told to go on: the largest
/// frame that our clients send, so that none of them ever waits.
pub const H2_STREAM_WINDOW: u32 = 64 * 1024;

/// The same for all bodies of one connection: what it may make us hold that no request reads yet.
pub const H2_CONNECTION_WINDOW: u32 = 512 * 1024;

/// Addresses whose requests are counted at the same moment, 16 bytes each: 1 MB, in which all
/// customers of a large bank who are there in the same few seconds have room.
pub const ADDRESSES_MAX: usize = 64 * 1024;

/// Parts of that table, each with its own lock, so that workers seldom wait for each other.
pub const ADDRESS_PARTS: usize = 16;

/// Places that an address may have: so many are looked at for each request.
pub const ADDRESS_WAYS: usize = 8;

/// Bytes that the system holds of answers that a client has not taken. Left to itself it holds
/// megabytes for each, so that thousands who stop reading could fill the memory; ours are small.
pub const SEND_BUFFER: usize = 64 * 1024;
