//! Real servers for the tests that cross DNA's parts: each starts on a free port, in a folder
//! of its own, and is gone when its handle is dropped.

pub mod balancer;
pub mod bank;
pub mod beacons;
pub mod clock;
pub mod count;
pub mod dataview;
pub mod ingest;
pub mod mmdb;
pub mod process;
pub mod redis_cluster;
pub mod redis_sentinel;
pub mod redis_server;
pub mod soak;
pub mod yaml;
