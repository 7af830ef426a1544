//! What can be said on the wire, under OpenTelemetry's and the W3C's names.

mod action;
mod busy;
mod event;
mod failure;
mod frame;
mod mini;
mod network;
mod page;
mod told;
mod view;
mod vital;

pub use action::UserAction;
pub use busy::LongFrame;
pub use event::{Body, Event, KINDS, Kind, KindInfo};
pub use failure::{Console, Exception, Report, ResourceFailure};
pub use frame::{Frame, Header};
pub use mini::{AppLaunch, CodeLoad, DataUpdate, MemoryWarning, NetworkChange, PageLoad};
pub use network::{ApiCall, Resource};
pub use page::{PageView, RouteChange, Visibility};
pub use told::{Custom, Identity, Mark, Transaction};
pub use view::{View, Views};
pub use vital::{WEB_VITALS, WebVital};
