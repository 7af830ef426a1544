//! The bank's services and who calls whom.

use super::{Operation, Step};
use Step::{Leave, Together, Wait};

/// All operations. The first four are what requests come in by.
pub const OPERATIONS: [Operation; 19] = [
    own("gateway", "POST /transfer", 4.0, &[Wait(4), Wait(5)]),
    own("gateway", "GET /balance", 3.0, &[Wait(6)]),
    own("gateway", "POST /sms-code", 3.0, &[Wait(7)]),
    own("gateway", "GET /cards", 3.0, &[Wait(8)]),
    own("account", "check", 8.0, &[Together(&[9, 10]), Leave(18)]),
    own("account", "debit", 12.0, &[Wait(11), Wait(12), Wait(13)]),
    own("account", "balance", 6.0, &[Wait(11), Leave(18)]),
    own("notify", "send code", 5.0, &[Wait(14), Wait(15)]),
    own("cards", "list", 9.0, &[Together(&[16, 17])]),
    own("risk", "score", 15.0, &[Wait(13)]),
    own("limits", "check", 7.0, &[Wait(16)]),
    sql("account-db", "SELECT balance FROM account WHERE id = ?", 9.0),
    sql("account-db", "UPDATE account SET balance = ? WHERE id = ?", 14.0),
    sql("risk-db", "SELECT * FROM rule WHERE kind = ?", 8.0),
    sql("notify-db", "INSERT INTO code VALUES (?, ?)", 6.0),
    third("sms.gateway.example", "POST /send", 120.0),
    own("cache", "GET", 1.0, &[]),
    third("bureau.example", "GET /report", 90.0),
    own("audit", "write", 10.0, &[]),
];

const fn own(
    service: &'static str,
    operation: &'static str,
    own_ms: f64,
    calls: &'static [Step],
) -> Operation {
    Operation { service, operation, statement: None, third_party: false, own_ms, calls }
}

const fn sql(service: &'static str, statement: &'static str, own_ms: f64) -> Operation {
    Operation { statement: Some(statement), ..own(service, "query", own_ms, &[]) }
}

const fn third(service: &'static str, operation: &'static str, own_ms: f64) -> Operation {
    Operation { third_party: true, ..own(service, operation, own_ms, &[]) }
}
