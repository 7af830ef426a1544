//! What figures are broken down by.

/// A way to break figures down. The names are the ones of the query API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Dimension {
    /// Everything of an application together.
    All = 0,
    /// The page: its route's name or its address with identifiers taken out.
    Page = 1,
    /// The API: method and address with identifiers taken out.
    Api = 2,
    /// The region of the client's network.
    Region = 3,
    /// The operator (ISP) of the client's network.
    Operator = 4,
    /// The device: model, or kind where the model is unknown.
    Device = 5,
    /// The operating system's name.
    Os = 6,
    /// The browser's name, or the platform of a mini program.
    Browser = 7,
    /// The application's release.
    Release = 8,
    /// The name of a transaction.
    Transaction = 9,
}

impl Dimension {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::All,
        Self::Page,
        Self::Api,
        Self::Region,
        Self::Operator,
        Self::Device,
        Self::Os,
        Self::Browser,
        Self::Release,
        Self::Transaction,
    ];

    /// Its name in the query API.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Page => "page",
            Self::Api => "api",
            Self::Region => "region",
            Self::Operator => "operator",
            Self::Device => "device",
            Self::Os => "os",
            Self::Browser => "browser",
            Self::Release => "release",
            Self::Transaction => "transaction",
        }
    }

    /// The dimension called `name`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dimension| dimension.name() == name)
    }
}

/// The values that one measure has; where one is absent it is not known.
pub type Dimensions = Vec<(Dimension, String)>;
