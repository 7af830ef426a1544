//! The file of rules: TOML with tables `[[rules]]` and `[[channels]]`.

use super::channel::{Channel, ChannelSettings};
use super::limits::{CHANNELS_MAX, FILE_BYTES_MAX, RULES_MAX};
use super::rule::{Rule, WrongRule};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What the file says.
#[derive(Debug, Clone, Default)]
pub struct FileSet {
    /// Its rules, by name.
    pub rules: BTreeMap<String, Rule>,
    /// Its channels, by name.
    pub channels: BTreeMap<String, Arc<Channel>>,
    /// The file, and those that it names.
    pub files: Vec<PathBuf>,
}

/// Why a file of rules is refused.
#[derive(Debug, thiserror::Error)]
pub enum WrongFile {
    /// It cannot be read.
    #[error("cannot read {}: {why}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// It is no TOML, or has keys that nobody knows.
    #[error("{}: line {line}: {what}", path.display())]
    NotRules {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong there.
        what: String,
    },
    /// Something in it is not allowed.
    #[error("{}: {wrong}", path.display())]
    Wrong {
        /// The file.
        path: PathBuf,
        /// What.
        wrong: WrongRule,
    },
}

/// The file as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Written {
    rules: Vec<Rule>,
    channels: Vec<ChannelSettings>,
}

impl FileSet {
    /// Reads and judges the file at `path`; `pages` is where DataView's pages are, for links.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn read(path: &Path, pages: Option<&str>) -> Result<Self, WrongFile> {
        let unreadable = |why: String| WrongFile::Unreadable { path: path.to_owned(), why };
        let file = File::open(path).map_err(|error| unreadable(error.to_string()))?;
        let mut text = String::new();
        let read = file.take(FILE_BYTES_MAX + 1).read_to_string(&mut text);
        read.map_err(|error| unreadable(error.to_string()))?;
        if text.len() as u64 > FILE_BYTES_MAX {
            return Err(unreadable(format!("it has more than {FILE_BYTES_MAX} bytes")));
        }
        Self::parse(path, &text, pages)
    }

    /// Judges `text` as the content of `path`.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn parse(path: &Path, text: &str, pages: Option<&str>) -> Result<Self, WrongFile> {
        let written: Written = toml::from_str(text).map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            let what = error.message().lines().next().unwrap_or_default().to_owned();
            WrongFile::NotRules { path: path.to_owned(), line, what }
        })?;
        let wrong = |wrong: WrongRule| WrongFile::Wrong { path: path.to_owned(), wrong };
        let mut set = Self { files: vec![path.to_owned()], ..Self::default() };
        for (name, count, max) in [
            ("channels", written.channels.len(), CHANNELS_MAX),
            ("rules", written.rules.len(), RULES_MAX),
        ] {
            if count > max {
                return Err(wrong(WrongRule::new(name, count, format!("at most {max} tables"))));
            }
        }
        for (at, settings) in written.channels.iter().enumerate() {
            let place = format!("channels[{at}]");
            let channel = Channel::new(settings, pages, &mut set.files);
            let channel = channel.map_err(|it| wrong(it.within(&place)))?;
            let name = channel.name.clone();
            if set.channels.insert(name.clone(), Arc::new(channel)).is_some() {
                let allowed = "a name that no other channel has";
                return Err(wrong(WrongRule::new(format!("{place}.name"), name, allowed)));
            }
        }
        for (at, rule) in written.rules.into_iter().enumerate() {
            let place = format!("rules[{at}]");
            let checked = rule.check().and_then(|()| set.check_channels(&rule));
            checked.map_err(|it| wrong(it.within(&place)))?;
            let name = rule.name.clone();
            if set.rules.insert(name.clone(), rule).is_some() {
                let allowed = "a name that no other rule has";
                return Err(wrong(WrongRule::new(format!("{place}.name"), name, allowed)));
            }
        }
        Ok(set)
    }

    /// Whether the channels that `rule` names are there.
    ///
    /// # Errors
    /// The first that is not.
    pub fn check_channels(&self, rule: &Rule) -> Result<(), WrongRule> {
        for (field, names) in [("channels", &rule.channels), ("escalate_to", &rule.escalate_to)] {
            if let Some(name) = names.iter().find(|name| !self.channels.contains_key(*name)) {
                let there: Vec<_> = self.channels.keys().map(String::as_str).collect();
                let allowed = match there.is_empty() {
                    true => "a channel of the file of rules; there is none".to_owned(),
                    false => format!("channels of the file of rules: {}", there.join(", ")),
                };
                return Err(WrongRule::new(field, name, allowed));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        let read = FileSet::parse(Path::new("alerts.toml"), text, None);
        read.map_or_else(|wrong| wrong.to_string(), |_| "good".to_owned())
    }

    #[test]
    fn wrong_files_name_the_place_and_what_is_allowed() {
        let rule = "[[rules]]\nname = \"calls\"\napp = \"bank\"\n";
        let when =
            "when = { type = \"threshold\", measure = \"availability.calls\", below = 0.9 }\n";
        let channel = "[[channels]]\nname = \"ops\"\n";
        let to = "to = { type = \"wecom\", url = \"http://127.0.0.1:9/x\" }\n";
        for (text, expected) in [
            (String::new(), "good"),
            (format!("{rule}{when}"), "good"),
            (format!("{channel}{to}{rule}{when}channels = [\"ops\"]"), "good"),
            (rule.to_owned(), "alerts.toml: line 1: missing field `when`"),
            (format!("{rule}{when}whenn = 1"), "line 5: unknown field `whenn`, expected one of"),
            ("rulez = 1".to_owned(), "unknown field `rulez`, expected `rules` or `channels`"),
            (format!("{rule}{}", when.replace("0.9", "\"x\"")), "line 4: "),
            (
                format!("{rule}{}", when.replace("calls", "callz")),
                "`rules[0].when.measure` = \"availability.callz\" is not allowed; expected",
            ),
            (format!("{rule}{when}{rule}{when}"), "`rules[1].name` = \"calls\""),
            (
                format!("{rule}{when}channels = [\"ops\"]"),
                "`rules[0].channels` = \"ops\" is not allowed; expected a channel of the file",
            ),
            (
                format!("{channel}{}", to.replace("127.0.0.1", "hook.example")),
                "`channels[0].to.url` = (a secret, not shown) is not allowed; expected https://",
            ),
            (
                format!("{channel}{}", to.replace("url =", "url_file =")),
                "`channels[0].to.url_file` = \"http://127.0.0.1:9/x\"",
            ),
            (
                format!("{channel}{}", to.replace("}", ", secret_file = \"x\" }")),
                "`channels[0].to.secret_file`",
            ),
            (format!("{channel}{}", to.replace("wecom", "pager")), "unknown variant `pager`"),
            (format!("{channel}{}", to.replace("url =", "uri =")), "unknown field `uri`"),
            ("[[rules]]\nname = ".to_owned(), "alerts.toml: line 2: "),
        ] {
            let told = refused(&text);
            assert!(told.contains(expected), "{text}\n{told}\n{expected}");
        }
    }
}
