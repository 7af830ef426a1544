//! A packed frame: the frame's bytes in fewer, for whoever sends it. `[length, block]` behind the
//! tag that opens a frame: an array where a frame has its map. `block` is an LZ4 block
//! (<https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md>) and `length` says how many bytes
//! it unpacks to.
//!
//! It is for clients that cannot say `Content-Encoding`: a browser would have to ask the server
//! first whether it may, and compresses by itself only where somebody can wait for it.

#[cfg(feature = "unpack")]
mod entry;
mod pack;
#[cfg(feature = "unpack")]
mod unpack;

#[cfg(feature = "unpack")]
pub use entry::{DICTIONARY, EntryPacker, unpack_entry};
pub use pack::pack;
#[cfg(feature = "unpack")]
pub use unpack::{UnpackProblem, unpack};
