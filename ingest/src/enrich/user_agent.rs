//! Browser, system and device from the `User-Agent` header.
//!
//! Parsed by [`woothee`], with a table of our own in front for what it does not know; why so:
//! `docs/decisions/0008-user-agents-by-woothee.md`.

use crate::limits::USER_AGENT_BYTES_MAX;
use dna_protocol::field::Text;
use woothee::parser::Parser;

/// What a user agent says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Agent {
    /// The browser, or the application around it.
    pub browser_name: Option<Text<64>>,
    /// Its version.
    pub browser_version: Option<Text<32>>,
    /// The operating system.
    pub os_name: Option<Text<64>>,
    /// Its version.
    pub os_version: Option<Text<32>>,
    /// The device's model.
    pub device_model: Option<Text<64>>,
}

/// Tokens that name a browser or an application with a browser in it, the outermost first: a
/// mini program of WeChat in a Huawei browser's engine is WeChat.
const TOKENS: [(&str, &str); 17] = [
    ("MicroMessenger/", "WeChat"),
    ("AlipayClient/", "Alipay"),
    ("baiduboxapp/", "Baidu App"),
    ("DingTalk/", "DingTalk"),
    (" QQ/", "QQ"),
    ("MQQBrowser/", "QQ Browser"),
    ("HuaweiBrowser/", "Huawei Browser"),
    ("ArkWeb/", "ArkWeb"),
    ("HeyTapBrowser/", "OPPO Browser"),
    ("VivoBrowser/", "Vivo Browser"),
    ("MiuiBrowser/", "Xiaomi Browser"),
    ("UCBrowser/", "UC Browser"),
    ("Quark/", "Quark"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("HeadlessChrome/", "Headless Chrome"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
];

/// Systems as OpenTelemetry's users know them, for woothee's names.
const SYSTEMS: [(&str, &str); 5] = [
    ("iPhone", "iOS"),
    ("iPad", "iPadOS"),
    ("iPod", "iOS"),
    ("Mac OSX", "macOS"),
    ("ChromeOS", "Chrome OS"),
];

/// Reads a `User-Agent`.
#[must_use]
pub fn parse(agent: &str) -> Agent {
    let agent = looked_at(agent);
    let mut parsed =
        Parser::new().parse(agent).map(|found| from_woothee(&found)).unwrap_or_default();
    let token = TOKENS.iter().find_map(|(token, name)| {
        let after = agent.find(token)? + token.len();
        Some((*name, version(&agent[after..])))
    });
    if let Some((name, version)) = token {
        parsed.browser_name = Some(Text::cut(name));
        parsed.browser_version = known(version);
    }
    if let Some((name, version)) = harmony(agent) {
        parsed.os_name = Some(Text::cut(name));
        parsed.os_version = known(version);
    }
    parsed.device_model = android_model(agent).map(Text::cut);
    parsed
}

/// The part of a user agent that is looked at.
#[must_use]
pub fn looked_at(agent: &str) -> &str {
    &agent[..agent.floor_char_boundary(USER_AGENT_BYTES_MAX)]
}

fn from_woothee(found: &woothee::parser::WootheeResult<'_>) -> Agent {
    // "Windows 10", "NT 10.0": the name has the version that people know.
    let (os, os_version) = match found.os.strip_prefix("Windows ") {
        Some(version) => ("Windows", version),
        None => (found.os, &*found.os_version),
    };
    let os = SYSTEMS.iter().find(|(theirs, _)| *theirs == os).map_or(os, |(_, ours)| ours);
    Agent {
        browser_name: known(found.name),
        browser_version: known(found.version),
        os_name: known(os),
        os_version: known(os_version),
        device_model: None,
    }
}

/// `text`, unless it says that nothing is known.
fn known<const MAX: usize>(text: &str) -> Option<Text<MAX>> {
    (!text.is_empty() && text != "UNKNOWN").then(|| Text::cut(text))
}

/// The digits and dots at the start of `text`.
fn version(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    text[..end].trim_end_matches('.')
}

/// OpenHarmony, which calls itself an Android for old pages' sake or not at all.
fn harmony(agent: &str) -> Option<(&'static str, &str)> {
    if let Some(at) = agent.find("OpenHarmony ") {
        return Some(("HarmonyOS", version(&agent[at + "OpenHarmony ".len()..])));
    }
    agent.contains("; HarmonyOS;").then_some(("HarmonyOS", ""))
}

/// The model that Android puts last into its parentheses, with or without ` Build/…`:
/// `(Linux; Android 14; SM-S918B Build/UP1A; wv)`. `K` is what reduced agents say of all.
fn android_model(agent: &str) -> Option<&str> {
    let start = agent.find("(Linux; ")? + 1;
    let inside = &agent[start..start + agent[start..].find(')')?];
    let mut parts = inside.split("; ").skip_while(|part| !part.starts_with("Android"));
    parts.next()?;
    let is_locale = |part: &str| part.len() <= 5 && part.contains('-') && !part.contains(' ');
    let model = parts.find(|part| !is_locale(part) && *part != "HarmonyOS" && *part != "U")?;
    let model = model.split(" Build/").next().unwrap_or_default().trim();
    (!matches!(model, "" | "K" | "wv" | "Mobile" | "Tablet") && !model.starts_with("rv:"))
        .then_some(model)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Browser, version, system, version, model; `-` where nothing is known.
    #[track_caller]
    fn check(agent: &str, expected: &str) {
        let parsed = parse(agent);
        let or_dash = |text: Option<&str>| text.unwrap_or("-").to_owned();
        let found = [
            or_dash(parsed.browser_name.as_deref()),
            or_dash(parsed.browser_version.as_deref()),
            or_dash(parsed.os_name.as_deref()),
            or_dash(parsed.os_version.as_deref()),
            or_dash(parsed.device_model.as_deref()),
        ];
        assert_eq!(found.join(" | "), expected, "{agent}");
    }

    #[test]
    fn the_browsers_of_a_banks_customers() {
        let lines = include_str!("user_agents.txt");
        let mut lines = lines.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let mut count = 0;
        while let (Some(expected), Some(agent)) = (lines.next(), lines.next()) {
            check(agent, expected);
            count += 1;
        }
        assert!(count >= 15, "{count}");
    }

    #[test]
    fn nonsense_says_nothing_and_costs_little() {
        let long = "(Linux; Android ".repeat(100_000);
        for agent in ["", "x", "\u{7f}", "(Linux; ", "(Linux; Android 1)", "MicroMessenger/", &long]
        {
            let _ = parse(agent);
        }
        assert_eq!(parse("nothing known"), Agent::default());
    }
}
