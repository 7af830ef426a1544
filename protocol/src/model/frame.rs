//! The frame: what one beacon carries.

use super::Event;
use super::view::Views;
use crate::field::{Address, Id, Text, Verbatim};
use crate::record::record;

/// A header and the events of one batch.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Frame {
    /// What holds for all events of the batch.
    pub header: Header,
    /// The events, in the order in which they happened.
    pub events: Vec<Event>,
}

record! {
    /// What holds for all events of a frame. Key 15 is taken: `events`.
    pub struct Header {
        /// The client's clock when it sent the frame, in ms since the Unix epoch. Absent: the clock is not corrected.
        0 => sent_at: u64 = "sent_at_ms",
        /// The application's key. Required.
        1 => app_key: Text<64> = "app_key",
        /// The session. Required.
        2 => session_id: Id<16> = "session.id",
        /// Number of the frame, unique in its session: (session.id, sequence) tells a retry. Required.
        3 => sequence: u64 = "sequence",
        /// What event times are counted from, in ms since the Unix epoch. Absent: 0, event times are absolute.
        4 => time_base: u64 = "time_base_ms",
        /// The page view, from one navigation or change of route to the next. Absent where there are `views`.
        5 => view_id: Id<8> = "view.id",
        /// The page's address, without query and fragment. Absent where there are `views`.
        6 => url: Address<2048> = "url.full",
        /// The application's release. Kept as it is: it comes from who built the page, and is often a long number.
        7 => release: Verbatim<64> = "service.version",
        /// The client's name, e.g. `dna-web`.
        8 => sdk_name: Text<32> = "telemetry.sdk.name",
        /// The client's version.
        9 => sdk_version: Text<32> = "telemetry.sdk.version",
        /// How often this frame was sent before; absent: never.
        10 => attempt: u64 = "attempt",
        /// Events that the client dropped since its last frame because it had no room left, or gave up with a frame: for want of room, too old, refused.
        11 => dropped_queue_full: u64 = "dropped.queue_full",
        /// Events that the client dropped since its last frame because one page made too many.
        12 => dropped_rate_limited: u64 = "dropped.rate_limited",
        /// The share of sessions that are kept, in percent, when the client samples.
        13 => sample_percent: u64 = "sample_percent",
        /// Why a session is kept that the share would have left out: vip, error. Such a session stands for itself alone.
        14 => sampled_by: Text<16> = "sampling.reason",
        /// The browser's visitor, over all its sessions. Only with the visitor's consent.
        16 => visitor_id: Id<16> = "visitor.id",
        /// Events that the page's own filter took out since the client's last frame.
        17 => dropped_filtered: u64 = "dropped.filtered",
        /// Of a frame with events of several views: those views, each with its `view.id` and `url.full`.
        18 => views: Views = "views",
        /// Of a mini program: the platform that it runs on: wechat, alipay, douyin, qq, baidu.
        19 => platform: Text<16> = "miniprogram.platform",
    }
}

impl Header {
    /// The view that `event`, one of the frame's, belongs to.
    #[must_use]
    pub fn view_id_of(&self, event: &Event) -> Option<Id<8>> {
        match &self.views {
            Some(views) => views.get(event.view)?.id,
            None => self.view_id,
        }
    }

    /// The address of the page when `event`, one of the frame's, happened.
    #[must_use]
    pub fn url_of(&self, event: &Event) -> Option<&str> {
        let url = match &self.views {
            Some(views) => &views.get(event.view)?.url,
            None => &self.url,
        };
        url.as_deref()
    }
}
