//! The answer to a frame that was taken.

use crate::accept::{Rejected, Rejection};
use actix_http::Response;
use actix_web::body::BoxBody;
use actix_web::http::header::{CONTENT_TYPE, HeaderValue};
use bytes::Bytes;
use dna_protocol::Skipped;
use serde::Serialize;

/// What the body of a 200 is.
pub(super) const MEDIA_TYPE: &str = "application/json";

/// The body of a 200. Parts that say nothing are left out.
#[derive(Debug, Default, Serialize)]
pub(super) struct Answer {
    accepted: usize,
    #[serde(skip_serializing_if = "is_zero")]
    sampled_out: usize,
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

/// Good events that were left out, and why.
#[derive(Debug, Clone, Copy)]
pub(super) struct LeftOut {
    /// The configuration samples them out.
    pub(super) sampled_out: usize,
    /// Too much came.
    pub(super) shed: usize,
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
    /// A frame of which `accepted` events were kept.
    pub(super) fn kept(
        accepted: usize,
        left_out: LeftOut,
        rejected: Rejected,
        skipped: Skipped,
    ) -> Self {
        let rejected_count = rejected.count();
        let skipped = SkippedCounts::of(skipped);
        let rejected = rejected.listed;
        let LeftOut { sampled_out, shed } = left_out;
        Self { accepted, sampled_out, shed, rejected, rejected_count, skipped, duplicate: false }
    }

    /// A frame that was kept before, with `accepted` events.
    pub(super) fn duplicate(accepted: usize) -> Self {
        Self { accepted, duplicate: true, ..Self::default() }
    }

    /// As JSON.
    pub(super) fn body(&self) -> Vec<u8> {
        // Lists and maps of texts and numbers always have a JSON form.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// As actix has it.
    pub(super) fn response(&self) -> Response<BoxBody> {
        let mut response = Response::ok().set_body(BoxBody::new(Bytes::from(self.body())));
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        response
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
