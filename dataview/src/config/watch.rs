//! `[watch]`: rules, incidents and who is told.

use super::{ConfigError, Section};
use dna_baselines::{Calendar, Holidays};
use jiff::tz::TimeZone;
use std::path::PathBuf;

/// Rules, incidents and who is told.
#[derive(Debug, Clone)]
pub struct WatchConfig {
    /// Whether rules are judged and channels told by this process.
    pub enabled: bool,
    /// The file of rules and channels.
    pub rules_file: Option<PathBuf>,
    /// The days and hours that baselines go by.
    pub calendar: Calendar,
    /// Where people reach DataView's pages, for links.
    pub pages_url: Option<String>,
    /// The tiers (`user.tier`) whose customers incidents name.
    pub vip_tiers: Vec<String>,
}

impl WatchConfig {
    pub(super) fn read(root: &mut Section<'_>) -> Result<Self, ConfigError> {
        const FILE: &str = "the path of a file of rules, or empty";
        const URL: &str = "http://… or https://…, or empty";
        const TIERS: &str = "tiers as clients tell them (`user.tier`)";
        let mut section = root.section("watch")?;
        let enabled = section.boolean("enabled", true)?;
        let rules_file = section.text("rules_file", FILE)?.filter(|path| !path.is_empty());
        let pages_url = section.text("pages_url", URL)?.filter(|url| !url.is_empty());
        let is_url = |url: &String| url.starts_with("http://") || url.starts_with("https://");
        if let Some(wrong) = pages_url.as_ref().filter(|url| !is_url(url)) {
            return Err(section.refuse("pages_url", wrong, URL));
        }
        let calendar = read_calendar(&mut section)?;
        let tier = |tier: &str| (!tier.is_empty()).then(|| tier.to_owned());
        let mut vip_tiers = section.list("vip_tiers", TIERS, tier)?;
        if vip_tiers.is_empty() {
            vip_tiers.push("vip".to_owned());
        }
        section.finish()?;
        let rules_file = rules_file.map(PathBuf::from);
        Ok(Self { enabled, rules_file, calendar, pages_url, vip_tiers })
    }
}

fn read_calendar(section: &mut Section<'_>) -> Result<Calendar, ConfigError> {
    const ZONE: &str = "a time zone of this machine, e.g. UTC or Asia/Shanghai";
    const FILE: &str = "the path of a file of holidays, or empty";
    let zone: String = section.parsed("time_zone", "UTC", ZONE)?;
    let zone = TimeZone::get(&zone).map_err(|_| section.refuse("time_zone", &zone, ZONE))?;
    let known = [("none", false), ("china", true)];
    let is_china = section.choice("holidays", &known, false)?;
    let mut holidays = if is_china { Holidays::china() } else { Holidays::default() };
    if let Some(path) = section.text("holidays_file", FILE)?.filter(|path| !path.is_empty()) {
        let read = section.layers().read_file(&path).map_err(|error| error.to_string());
        let parsed = read.and_then(|text| Holidays::parse(&text).map_err(|it| it.to_string()));
        holidays = parsed.map_err(|error| {
            section.refuse("holidays_file", &path, format!("a file of holidays: {error}"))
        })?;
    }
    Ok(Calendar::new(zone, holidays))
}
