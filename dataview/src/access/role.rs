//! Roles, and what they may do.

use serde::{Deserialize, Serialize};
use std::fmt;
use utoipa::ToSchema;

/// What somebody may do. Each may do what those before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Sees figures, errors, sessions and traces.
    Viewer,
    /// Looks users up by their real ID, and looks after incidents, too.
    Support,
    /// Manages accounts, tokens and subscriptions, and reads the audit log, too.
    Administrator,
}

/// Something that not everybody may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// To ask.
    Read,
    /// To look a user up by the real ID.
    LookUp,
    /// To acknowledge and silence incidents.
    Respond,
    /// To manage accounts, tokens and subscriptions, and to read the audit log.
    Administer,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Viewer, Self::Support, Self::Administrator];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Support => "support",
            Self::Administrator => "administrator",
        }
    }

    /// The role called `name`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// Whether it has `right`.
    #[must_use]
    pub fn has(self, right: Right) -> bool {
        let least = match right {
            Right::Read => Self::Viewer,
            Right::LookUp | Right::Respond => Self::Support,
            Right::Administer => Self::Administrator,
        };
        self >= least
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Which applications somebody may ask about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// All.
    All,
    /// These.
    Apps(Vec<String>),
}

impl Scope {
    /// Whether `app` is among them.
    #[must_use]
    pub fn has(&self, app: &str) -> bool {
        match self {
            Self::All => true,
            Self::Apps(apps) => apps.iter().any(|allowed| allowed == app),
        }
    }

    /// As it is told: no list stands for all.
    #[must_use]
    pub fn apps(&self) -> Option<&[String]> {
        match self {
            Self::All => None,
            Self::Apps(apps) => Some(apps),
        }
    }

    /// What `apps` stands for.
    #[must_use]
    pub fn of(apps: Option<Vec<String>>) -> Self {
        apps.map_or(Self::All, Self::Apps)
    }
}
