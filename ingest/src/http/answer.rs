//! The answer to a frame that was taken.

use crate::accept::{Rejected, Rejection};
use actix_web::HttpResponse;
use dna_protocol::Skipped;
use serde::Serialize;

/// The body of a 200. Parts that say nothing are left out.
#[derive(Debug, Default, Serialize)]
pub(super) struct Answer {
    accepted: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    rejected: Vec<Rejection>,
    #[serde(skip_serializing_if = "is_zero")]
    rejected_count: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    skipped: Option<SkippedCounts>,
    #[serde(skip_serializing_if = "is_zero")]
    shed: usize,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    duplicate: bool,
}

/// What was passed over.
#[derive(Debug, Serialize)]
pub(super) struct SkippedCounts {
    #[serde(skip_serializing_if = "is_zero_u32")]
    keys: u32,
    #[serde(skip_serializing_if = "is_zero_u32")]
    kinds: u32,
}

impl Answer {
    /// A frame of which `accepted` events were kept, and `shed` were not because too much came.
    pub(super) fn kept(accepted: usize, shed: usize, rejected: Rejected, skipped: Skipped) -> Self {
        let rejected_count = rejected.count();
        let skipped = SkippedCounts::of(skipped);
        Self {
            accepted,
            rejected: rejected.listed,
            rejected_count,
            skipped,
            shed,
            duplicate: false,
        }
    }

    /// A frame that was kept before, with `accepted` events.
    pub(super) fn duplicate(accepted: usize) -> Self {
        Self { accepted, duplicate: true, ..Self::default() }
    }

    pub(super) fn response(&self) -> HttpResponse {
        HttpResponse::Ok().json(self)
    }
}

impl SkippedCounts {
    pub(super) fn of(skipped: Skipped) -> Option<Self> {
        let Skipped { keys, kinds } = skipped;
        (keys > 0 || kinds > 0).then_some(Self { keys, kinds })
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if")]
fn is_zero_u32(count: &u32) -> bool {
    *count == 0
}
