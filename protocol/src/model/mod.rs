//! What can be said on the wire, under OpenTelemetry's and the W3C's names.

mod event;
mod frame;

pub use event::{
    ApiCall, Body, Custom, Event, Exception, Identity, KINDS, Kind, KindInfo, PageView,
    ResourceFailure, RouteChange, WEB_VITALS, WebVital,
};
pub use frame::{Frame, Header};
