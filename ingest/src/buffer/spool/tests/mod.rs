//! The spool before a store in memory that fails as a test wants.
