//! What is counted and measured.

use super::{Dimensions, ViewId};

/// What a roll-up is about. The names are the ones of the query API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Metric {
    /// Page views, and changes of route.
    PageViews = 1,
    /// Page views that worked: loaded, and without an exception that nobody caught, whenever it is told.
    PageViewsOk = 2,
    /// API calls, but for those that the page itself called off.
    ApiCalls = 3,
    /// API calls that worked: answered with a status below 400.
    ApiCallsOk = 4,
    /// Exceptions and rejections that nobody caught, and resources that failed.
    Errors = 5,
    /// Different sessions.
    Sessions = 6,
    /// Different users, by pseudonym.
    Users = 7,
    /// Duration of API calls, in ms.
    ApiDuration = 8,
    /// Duration of transactions that ended well, in ms.
    TransactionDuration = 9,
    /// Transactions that ended, well or not.
    Transactions = 10,
    /// Transactions that failed or were given up.
    TransactionsFailed = 11,
    /// Largest Contentful Paint, in ms.
    Lcp = 12,
    /// Interaction to Next Paint, in ms.
    Inp = 13,
    /// Cumulative Layout Shift, without unit.
    Cls = 14,
    /// First Contentful Paint, in ms.
    Fcp = 15,
    /// Time to First Byte, in ms.
    Ttfb = 16,
    /// From the navigation's start to the end of `load`, in ms.
    PageLoad = 17,
    /// Events of any kind.
    Events = 18,
    /// Something was thrown in a view that nobody caught: it counts nothing itself, but the view's
    /// [`PageViewsOk`](Self::PageViewsOk) does not count any more, whichever is told first.
    PageViewsBroken = 19,
}

impl Metric {
    /// All that can be asked for.
    pub const ALL: [Self; 18] = [
        Self::PageViews,
        Self::PageViewsOk,
        Self::ApiCalls,
        Self::ApiCallsOk,
        Self::Errors,
        Self::Sessions,
        Self::Users,
        Self::ApiDuration,
        Self::TransactionDuration,
        Self::Transactions,
        Self::TransactionsFailed,
        Self::Lcp,
        Self::Inp,
        Self::Cls,
        Self::Fcp,
        Self::Ttfb,
        Self::PageLoad,
        Self::Events,
    ];

    /// Its name in the query API.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::PageViews => "page_views",
            Self::PageViewsOk => "page_views_ok",
            Self::ApiCalls => "api_calls",
            Self::ApiCallsOk => "api_calls_ok",
            Self::Errors => "errors",
            Self::Sessions => "sessions",
            Self::Users => "users",
            Self::ApiDuration => "api_duration_ms",
            Self::TransactionDuration => "transaction_duration_ms",
            Self::Transactions => "transactions",
            Self::TransactionsFailed => "transactions_failed",
            Self::Lcp => "lcp_ms",
            Self::Inp => "inp_ms",
            Self::Cls => "cls",
            Self::Fcp => "fcp_ms",
            Self::Ttfb => "ttfb_ms",
            Self::PageLoad => "page_load_ms",
            Self::Events => "events",
            Self::PageViewsBroken => "page_views_broken",
        }
    }

    /// The metric called `name`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|metric| metric.name() == name)
    }
}

/// One contribution to the roll-ups of a minute.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    /// What it is about.
    pub metric: Metric,
    /// When, in ms since the Unix epoch, corrected for the client's clock.
    pub at_ms: u64,
    /// How much.
    pub value: Value,
    /// By what it can be broken down; [`Dimension::All`](super::Dimension::All) goes without saying.
    pub dimensions: Dimensions,
    /// Of what a view counts once: the view. Clients tell a page view again when it has loaded after
    /// all, which counts nothing when an earlier frame of the same session had this metric for this
    /// view; and CLS and INP when they have changed, of which the last one counts (by `at_ms`).
    pub once: Option<ViewId>,
}

/// How a measure is added up.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value {
    /// So many of them.
    Count(u64),
    /// One of the values whose percentiles are wanted (DDSketch).
    Sample(f64),
    /// A hash of one of the things whose different ones are counted (HyperLogLog).
    Unique(u64),
}
