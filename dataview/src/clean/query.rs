//! Queries without the values in them: `… WHERE id = ?`.
//!
//! The text of a query says what was asked; its literals say of whom. A scanner over characters,
//! which knows quotes, numbers and comments of the SQL dialects in use and nothing of grammar. Where
//! two dialects read a text differently, and the wrong reading would let a value through, the rest
//! of the text is taken out.

/// What `"…"` and `\` mean in a dialect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quotes {
    /// SQL's standard: double quotes name things, `\` is a character.
    Standard,
    /// MySQL's: double quotes hold values, `\` escapes.
    MySql,
    /// Not known: double quotes may hold values, and what `\` means cannot be told.
    Unknown,
}

impl Quotes {
    /// Of `db.system.name` (or the older `db.system`).
    #[must_use]
    pub fn of(system: &str) -> Self {
        match system {
            "mysql" | "mariadb" | "tidb" | "clickhouse" => Self::MySql,
            "postgresql"
            | "sqlite"
            | "oracle"
            | "oracle.db"
            | "mssql"
            | "microsoft.sql_server"
            | "db2"
            | "ibm.db2"
            | "h2"
            | "h2database"
            | "hsqldb"
            | "derby"
            | "cockroachdb"
            | "opengauss"
            | "dameng"
            | "kingbase" => Self::Standard,
            _ => Self::Unknown,
        }
    }
}

/// `query` with `?` in the place of values, without comments, and with white space and lists of
/// values made one. Queries that are JSON lose their values too; commands (Redis) their arguments.
#[must_use]
pub fn without_literals(query: &str, system: &str) -> String {
    if matches!(system, "redis" | "memcached" | "valkey") {
        return command(query);
    }
    let text = query.trim_start();
    if text.starts_with(['{', '[']) {
        return match serde_json::from_str(text) {
            Ok(value) => without_values(value).to_string(),
            Err(_) => "?".to_owned(),
        };
    }
    let mut scan =
        Scan { rest: query, out: String::with_capacity(query.len()), quotes: Quotes::of(system) };
    while !scan.rest.is_empty() {
        scan.step();
    }
    scan.out.truncate(scan.out.trim_end().len());
    scan.out
}

/// The command's name; of its arguments that they were there.
fn command(text: &str) -> String {
    let mut words = text.split_whitespace();
    let name = words.next().unwrap_or_default();
    if words.next().is_some() { format!("{name} ?") } else { name.to_owned() }
}

fn without_values(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Value::Object(members) => {
            members.into_iter().map(|(name, value)| (name, without_values(value))).collect()
        }
        Value::Array(values) if values.iter().any(|it| it.is_object() || it.is_array()) => {
            values.into_iter().map(without_values).collect()
        }
        _ => "?".into(),
    }
}

struct Scan<'a> {
    rest: &'a str,
    out: String,
    quotes: Quotes,
}

impl Scan<'_> {
    fn step(&mut self) {
        let Some(first) = self.rest.chars().next() else { return };
        let second = self.rest[first.len_utf8()..].chars().next().unwrap_or_default();
        match (first, second) {
            (c, _) if c.is_whitespace() => self.space(1.max(c.len_utf8())),
            ('-', '-') | ('#', _) if first == '-' || self.quotes != Quotes::Standard => {
                let end = self.rest.find('\n').unwrap_or(self.rest.len());
                self.space(end);
            }
            ('/', '*') => {
                let end = self.rest[2..].find("*/").map_or(self.rest.len(), |at| at + 4);
                self.space(end);
            }
            ('\'', _) => self.quoted('\'', self.quotes),
            ('"', _) if self.quotes == Quotes::Standard => self.name('"'),
            ('"', _) => self.quoted('"', self.quotes),
            ('`', _) => self.name('`'),
            ('$', _) => self.dollar(),
            ('0'..='9', _) | ('.', '0'..='9') => self.number(),
            (c, _) if c.is_alphabetic() || c == '_' => self.word(),
            (c, _) => {
                self.out.push(c);
                self.rest = &self.rest[c.len_utf8()..];
            }
        }
    }

    /// Passes over `len` bytes of white space or comment.
    fn space(&mut self, len: usize) {
        if !self.out.is_empty() && !self.out.ends_with(' ') {
            self.out.push(' ');
        }
        self.rest = &self.rest[len..];
    }

    /// A word; `E'…'`, `N'…'`, `X'…'` and the like are values.
    fn word(&mut self) {
        let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$');
        let end = self.rest.find(|c| !is_part(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        let prefix = rest.starts_with('\'') && word.len() <= 2;
        self.rest = rest;
        if prefix {
            let escapes = word.eq_ignore_ascii_case("e");
            self.quoted('\'', if escapes { Quotes::MySql } else { self.quotes });
        } else {
            self.out.push_str(word);
        }
    }

    /// A quoted name, which stays as it is.
    fn name(&mut self, quote: char) {
        match self.rest[1..].find(quote) {
            Some(at) => {
                self.out.push_str(&self.rest[..at + 2]);
                self.rest = &self.rest[at + 2..];
            }
            None => self.give_up(),
        }
    }

    /// A quoted value. Two quotes in it are one of its characters.
    fn quoted(&mut self, quote: char, quotes: Quotes) {
        let mut characters = self.rest.char_indices().skip(1).peekable();
        while let Some((at, c)) = characters.next() {
            match c {
                '\\' if quotes == Quotes::MySql => {
                    characters.next();
                }
                // Whether the quote behind it ends the value depends on the dialect.
                '\\' if quotes == Quotes::Unknown
                    && characters.peek().is_some_and(|(_, next)| *next == quote) =>
                {
                    return self.give_up();
                }
                c if c == quote => {
                    if characters.peek().is_some_and(|(_, next)| *next == quote) {
                        characters.next();
                        continue;
                    }
                    self.rest = &self.rest[at + 1..];
                    return self.value();
                }
                _ => {}
            }
        }
        self.give_up();
    }

    /// `$1` is a placeholder; `$$…$$` and `$tag$…$tag$` are values.
    fn dollar(&mut self) {
        let tag = self.rest[1..].find('$').map(|at| &self.rest[..at + 2]);
        let is_tag = |tag: &&str| {
            let name = &tag[1..tag.len() - 1];
            !name.starts_with(|c: char| c.is_ascii_digit())
                && name.chars().all(|c| c.is_alphanumeric() || c == '_')
        };
        if let Some(tag) = tag.filter(is_tag) {
            match self.rest[tag.len()..].find(tag) {
                Some(at) => {
                    self.rest = &self.rest[at + 2 * tag.len()..];
                    self.value();
                }
                None => self.give_up(),
            }
            return;
        }
        let digits = self.rest[1..].find(|c: char| !c.is_ascii_digit());
        let end = digits.map_or(self.rest.len(), |at| at + 1);
        self.out.push_str(&self.rest[..end]);
        self.rest = &self.rest[end..];
    }

    fn number(&mut self) {
        let bytes = self.rest.as_bytes();
        let is_part = |at: usize| {
            let sign = matches!(bytes[at], b'+' | b'-') && matches!(bytes[at - 1], b'e' | b'E');
            bytes[at].is_ascii_alphanumeric() || matches!(bytes[at], b'.' | b'_') || sign
        };
        let end = (1..bytes.len()).find(|at| !is_part(*at)).unwrap_or(bytes.len());
        self.rest = &self.rest[end..];
        self.value();
    }

    /// A value was there. Of a list of values one stays.
    fn value(&mut self) {
        let list =
            self.out.trim_end().strip_suffix(',').is_some_and(|out| out.trim_end().ends_with('?'));
        if list {
            let end = self.out.trim_end().len() - 1;
            self.out.truncate(self.out[..end].trim_end().len());
        } else {
            self.out.push('?');
        }
    }

    fn give_up(&mut self) {
        self.rest = "";
        self.value();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(system: &str, query: &str, expected: &str) {
        assert_eq!(without_literals(query, system), expected, "{query}");
        assert_eq!(without_literals(expected, system), expected, "twice is once: {expected}");
    }

    #[test]
    fn values_make_way_and_names_stay() {
        check("sqlite", "SELECT * FROM t WHERE id = 42", "SELECT * FROM t WHERE id = ?");
        check("sqlite", "SELECT a1, t2.b FROM t2 LIMIT 10", "SELECT a1, t2.b FROM t2 LIMIT ?");
        check(
            "postgresql",
            r#"SELECT "id" FROM "user" WHERE n='O''Hara' AND b=$1"#,
            r#"SELECT "id" FROM "user" WHERE n=? AND b=$1"#,
        );
        check(
            "mysql",
            r#"SELECT `a` FROM t WHERE n="it\"s" AND m='x\'y'"#,
            "SELECT `a` FROM t WHERE n=? AND m=?",
        );
        check(
            "postgresql",
            r"SELECT E'a\'b', X'1f', $$it's$$, $t$ $$ $t$ FROM t",
            "SELECT ? FROM t",
        );
        check(
            "mssql",
            "INSERT INTO t VALUES (1, 'a', -2.5e-3, 0x1F)",
            "INSERT INTO t VALUES (?, -?)",
        );
        check(
            "sqlite",
            "SELECT a -- card 6222\n FROM t /* 'x' */ WHERE b IN ('a','b' , 'c')",
            "SELECT a FROM t WHERE b IN (?)",
        );
        check("sqlite", "UPDATE t SET a = ?, b = :name", "UPDATE t SET a = ?, b = :name");
        check("other", r#"SELECT "secret" # 'x"#, "SELECT ?");
        check("redis", "SET customer:7 secret", "SET ?");
        check("redis", "PING", "PING");
        check(
            "mongodb",
            r#"{"find":"t","filter":{"a":1,"b":["x"]}}"#,
            r#"{"filter":{"a":"?","b":"?"},"find":"?"}"#,
        );
        check("mongodb", r#"{"find": "#, "?");
    }

    #[test]
    fn where_dialects_differ_the_rest_goes() {
        check("other", r"SELECT '\' AND b='secret'", "SELECT ?");
        check("postgresql", r"SELECT '\' AND b='secret'", "SELECT ? AND b=?");
        check("sqlite", "SELECT 'unended secret", "SELECT ?");
        check("sqlite", "SELECT \"unended secret", "SELECT ?");
        check("sqlite", "SELECT $tag$ secret", "SELECT ?");
    }

    proptest! {
        #[test]
        fn no_value_comes_through(value in "[a-z '\\\\\"$#/*-]{0,12}", system in "mysql|postgresql|other") {
            let quoted = match system.as_str() {
                "mysql" => value.replace('\\', "\\\\").replace('\'', "''"),
                _ => value.replace('\'', "''"),
            };
            let query = format!("SELECT a FROM t WHERE n = '{quoted}' AND m = 'QQQQ' AND k = 7777");
            let clean = without_literals(&query, &system);
            prop_assert!(clean.starts_with("SELECT a FROM t WHERE n = ?"), "{}", clean);
            prop_assert!(!clean.contains("QQQQ") && !clean.contains("7777"), "{} -> {}", query, clean);
        }

        #[test]
        fn any_text_is_read(query in "\\PC{0,60}", system in "mysql|postgresql|other|redis") {
            let _ = without_literals(&query, &system);
        }
    }
}
