//! Which view of a page the vitals are of.

use super::page::{Navigation, Page};

/// How a view began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Begun {
    /// The page was loaded.
    Loaded,
    /// It came back from the back/forward cache.
    Restored,
    /// An interaction changed address and content.
    Soft,
}

/// A view.
#[derive(Debug)]
pub(super) struct View {
    pub(super) begun: Begun,
    /// When, ms after the time origin.
    pub(super) start: f64,
    /// The interaction that began it; 0 for none.
    pub(super) interaction: f64,
}

impl View {
    pub(super) fn new(begun: Begun, start: f64, interaction: f64) -> Self {
        Self { begun, start, interaction }
    }

    /// The navigation that the parts of a paint count from. What came back, or was there already,
    /// has no first byte to wait for.
    pub(super) fn navigation(&self, page: &impl Page) -> Option<Navigation> {
        match self.begun {
            Begun::Loaded => page.navigation(),
            Begun::Restored => None,
            Begun::Soft => {
                Some(Navigation { activation_start: self.start, ..Navigation::default() })
            }
        }
    }
}
