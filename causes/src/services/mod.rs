//! Which service, operation and statement.
