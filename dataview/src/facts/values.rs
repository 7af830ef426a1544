//! Values of dimensions, as a frame has them.

use super::limits::VALUE_BYTES_MAX;
use crate::geo::Place;
use crate::model::{Dimension, Dimensions};
use dna_protocol::entry::Receipt;
use dna_protocol::{Body, Event, Header};

/// What holds for everything of a frame.
#[derive(Debug, Default)]
pub(super) struct Client {
    pub(super) region: Option<String>,
    pub(super) operator: Option<String>,
    pub(super) device: Option<String>,
    /// Name and version.
    pub(super) os: (Option<String>, Option<String>),
    /// Name and version; of a mini program its platform.
    pub(super) browser: (Option<String>, Option<String>),
    pub(super) release: Option<String>,
    pub(super) environment: Option<String>,
}

impl Client {
    pub(super) fn new(receipt: &Receipt, header: &Header, events: &[Event], place: Place) -> Self {
        let mut client = Self {
            region: place.region.map(bounded),
            operator: place.operator.map(bounded),
            device: text(receipt.device_model.as_deref()),
            os: (text(receipt.os_name.as_deref()), text(receipt.os_version.as_deref())),
            browser: (
                text(receipt.browser_name.as_deref()),
                text(receipt.browser_version.as_deref()),
            ),
            release: text(header.release.as_deref()),
            environment: text(receipt.environment.as_deref()),
        };
        if let Some(platform) = text(header.platform.as_deref()) {
            client.browser = (Some(platform), None);
        }
        let launches = events.iter().filter_map(|event| match &event.body {
            Body::AppLaunch(launch) => Some(launch),
            _ => None,
        });
        for launch in launches {
            if let Some(model) = text(launch.device_model.as_deref()) {
                client.device = Some(model);
            }
            if let Some(name) = text(launch.os_name.as_deref()) {
                client.os = (Some(name), text(launch.os_version.as_deref()));
            }
        }
        if client.device.is_none() {
            client.device = client.os.0.as_deref().and_then(kind_of_device).map(str::to_owned);
        }
        client
    }

    /// What everything of the frame can be broken down by.
    pub(super) fn dimensions(&self) -> Dimensions {
        let known = [
            (Dimension::Region, &self.region),
            (Dimension::Operator, &self.operator),
            (Dimension::Device, &self.device),
            (Dimension::Os, &self.os.0),
            (Dimension::Browser, &self.browser.0),
            (Dimension::Release, &self.release),
        ];
        known.into_iter().filter_map(|(by, value)| Some((by, value.clone()?))).collect()
    }
}

/// A name and its version, for people.
pub(super) fn versioned((name, version): &(Option<String>, Option<String>)) -> Option<String> {
    let name = name.as_ref()?;
    Some(version.as_ref().map_or_else(|| name.clone(), |version| format!("{name} {version}")))
}

/// `value`, cut at the last character that fits into a dimension.
pub(super) fn bounded(mut value: String) -> String {
    value.truncate(value.floor_char_boundary(VALUE_BYTES_MAX));
    value
}

fn text(text: Option<&str>) -> Option<String> {
    text.filter(|text| !text.is_empty()).map(str::to_owned)
}

/// What a device is, when only its system is known.
fn kind_of_device(os: &str) -> Option<&'static str> {
    let os = os.to_ascii_lowercase();
    let begins = |names: &[&str]| names.iter().any(|name| os.starts_with(name));
    if begins(&["android", "ios", "iphone", "ipad", "harmony", "openharmony"]) {
        Some("mobile")
    } else if begins(&["windows", "mac", "linux", "chromeos", "ubuntu"]) {
        Some("desktop")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_cut_between_characters() {
        let value = bounded("余额".repeat(100));
        assert!(value.len() <= VALUE_BYTES_MAX && value.len() > VALUE_BYTES_MAX - 3);
    }
}
