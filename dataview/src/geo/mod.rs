//! Region and operator.

/// Where a client's network is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// Country and region.
    pub region: Option<String>,
    /// The operator (ISP).
    pub operator: Option<String>,
}
