//! Subscriptions: collected once, read many times.
//!
//! A subscriber has a name, a filter, a mask of fields and a cursor of its own in the store. Who
//! reads slowly is behind and costs nobody else: nothing waits in memory for it. Lines come at
//! least once; `id` tells one that comes again.
//!
//! [`read`] makes lines for whoever pulls or listens; [`deliver`] brings them to webhooks.

mod definition;
pub mod deliver;
mod failure;
mod filter;
pub mod limits;
mod line;
mod mask;
mod read;
mod registry;
mod signature;
mod subscription;

pub use definition::{Definition, Delivery, Name, WrongDefinition};
pub use filter::Filter;
pub use line::Line;
pub use mask::Mask;
pub use read::{Lines, lines, lines_between};
pub use registry::{Edit, Registry, RegistryError, WaitingForFile};
pub use signature::{Secret, sign};
pub use subscription::{DeliveryError, DeliveryErrorCode, OldSecret, Progress, Subscription};
