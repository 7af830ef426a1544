//! The Wasm's allocator: blocks of 16, 32, 64 … bytes, and for each size a list of those that are
//! free. The standard library's allocator is ten times larger, and texts and lists that double as
//! they grow need no other sizes.
//!
//! A block that was one size once stays that size, so that what a page holds at most of each size is
//! what it keeps. The parts that hold much are bounded in bytes (`limits.rs`).

#![cfg_attr(not(any(test, target_family = "wasm")), allow(dead_code, reason = "others have one"))]
#![allow(unsafe_code, reason = "memory is given out as what is asked for")]

use std::alloc::{GlobalAlloc, Layout};
use std::cell::UnsafeCell;
use std::ptr::null_mut;

/// The smallest block: 16 bytes, which is also what all blocks are aligned to.
const SMALLEST: u32 = 4;

/// Sizes there are; the largest is 32 MiB, more than a page ever holds.
const SIZES: usize = 22;

/// What more memory comes in, at least.
const PAGE: usize = 65_536;

/// The free blocks of each size, and the memory that no block was made of yet.
pub(crate) struct Pools {
    state: UnsafeCell<State>,
    /// Gives the address of so many more bytes; 0 when there are none.
    grow: fn(usize) -> usize,
}

struct State {
    /// The first free block of each size; in each stands the address of the next, 0 after the last.
    free: [usize; SIZES],
    next: usize,
    end: usize,
}

// SAFETY: the Wasm has one thread, and the tests use each from one.
unsafe impl Sync for Pools {}

impl Pools {
    pub(crate) const fn new(grow: fn(usize) -> usize) -> Self {
        let state = State { free: [0; SIZES], next: 0, end: 0 };
        Self { state: UnsafeCell::new(state), grow }
    }
}

/// Which of the sizes holds so many bytes.
fn size_of(layout: Layout) -> usize {
    let bytes = layout.size().max(1 << SMALLEST);
    ((bytes - 1).ilog2() + 1 - SMALLEST) as usize
}

// SAFETY: each block is in one list or given out, never both; it is as long as its size says,
// which is what was asked for or more, and aligned to 16 bytes, which is more than anything here
// asks for: what would ask for more gets nothing.
unsafe impl GlobalAlloc for Pools {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let size = size_of(layout);
        // SAFETY: nobody else has the state meanwhile: one thread, and nothing here calls back.
        let state = unsafe { &mut *self.state.get() };
        let (Some(free), true) = (state.free.get_mut(size), layout.align() <= 1 << SMALLEST) else {
            return null_mut();
        };
        let first = *free;
        if first != 0 {
            // SAFETY: a free block begins with the address of the next.
            *free = unsafe { *(first as *const usize) };
            return first as *mut u8;
        }
        let bytes = 1 << (size as u32 + SMALLEST);
        if state.end - state.next < bytes {
            let more = bytes.next_multiple_of(PAGE);
            let begin = (self.grow)(more);
            if begin == 0 {
                return null_mut();
            }
            // What comes after what there was goes on where that ended.
            if begin != state.end {
                state.next = begin;
            }
            state.end = begin + more;
        }
        let block = state.next;
        state.next += bytes;
        block as *mut u8
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: as above; the block is of this size and nobody's any more.
        unsafe {
            let state = &mut *self.state.get();
            if let Some(free) = state.free.get_mut(size_of(layout)) {
                *block.cast::<usize>() = std::mem::replace(free, block as usize);
            }
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, bytes: usize) -> *mut u8 {
        // SAFETY: the caller's size and the block's alignment make a layout.
        let larger = unsafe { Layout::from_size_align_unchecked(bytes, layout.align()) };
        if size_of(larger) == size_of(layout) {
            return block;
        }
        // SAFETY: both are as long as the shorter of them at least, and apart from each other.
        unsafe {
            let moved = self.alloc(larger);
            if !moved.is_null() {
                moved.copy_from_nonoverlapping(block, layout.size().min(bytes));
                self.dealloc(block, layout);
            }
            moved
        }
    }
}

/// More pages of the Wasm's memory.
#[cfg(target_family = "wasm")]
pub(crate) fn grow(bytes: usize) -> usize {
    let before = std::arch::wasm32::memory_grow::<0>(bytes / PAGE);
    if before == usize::MAX { 0 } else { before * PAGE }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::alloc::System;
    use std::collections::HashMap;

    fn grow(bytes: usize) -> usize {
        let layout = Layout::from_size_align(bytes, PAGE).expect("a page is aligned");
        // SAFETY: the layout has bytes; the tests leave them to the end of the process.
        unsafe { System.alloc(layout) as usize }
    }

    fn layout(bytes: usize) -> Layout {
        Layout::from_size_align(bytes, 8).expect("it is small")
    }

    #[test]
    fn blocks_never_overlap_and_keep_what_is_in_them() {
        let pools = Pools::new(grow);
        let mut held: HashMap<usize, (usize, u8)> = HashMap::new();
        let mut random = 1_u32;
        for round in 0..20_000_u32 {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let bytes = 1 + (random >> 8) as usize % if round % 50 == 0 { 100_000 } else { 300 };
            let mark = round as u8;
            // SAFETY: what is written and read is within what was asked for.
            unsafe {
                if held.len() > 200 {
                    let at = *held.keys().min().expect("there are some");
                    let (length, mark) = held.remove(&at).expect("it is there");
                    let whole = std::slice::from_raw_parts(at as *const u8, length);
                    assert!(whole.iter().all(|byte| *byte == mark), "round {round}");
                    if round % 3 == 0 {
                        let moved = pools.realloc(at as *mut u8, layout(length), bytes);
                        let whole = std::slice::from_raw_parts(moved, length.min(bytes));
                        assert!(whole.iter().all(|byte| *byte == mark), "round {round}");
                        pools.dealloc(moved, layout(bytes));
                    } else {
                        pools.dealloc(at as *mut u8, layout(length));
                    }
                }
                let block = pools.alloc(layout(bytes));
                assert_eq!(block as usize % 16, 0);
                block.write_bytes(mark, bytes);
                held.insert(block as usize, (bytes, mark));
            }
        }
    }

    #[test]
    fn what_was_given_back_is_given_out_again() {
        let pools = Pools::new(grow);
        // SAFETY: each block is given back as what it was asked for.
        unsafe {
            let first = pools.alloc(layout(100));
            let grown = pools.realloc(first, layout(100), 128);
            assert_eq!(first, grown, "a block of 128 holds both");
            pools.dealloc(grown, layout(128));
            for bytes in [65, 100, 128] {
                let again = pools.alloc(layout(bytes));
                assert_eq!(again, first);
                pools.dealloc(again, layout(bytes));
            }
        }
    }

    #[test]
    fn what_nobody_can_give_is_not_given() {
        // SAFETY: nothing is written anywhere.
        unsafe {
            assert!(Pools::new(|_| 0).alloc(layout(10)).is_null());
            assert!(Pools::new(grow).alloc(layout(1 << 40)).is_null());
            let aligned = Layout::from_size_align(10, 32).expect("it is one");
            assert!(Pools::new(grow).alloc(aligned).is_null());
        }
    }
}
