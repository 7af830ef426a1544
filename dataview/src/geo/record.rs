//! What a file says of a network. Files of several kinds have the same in several places; what is
//! in none is not known.

use super::{Naming, Place};
use serde::Deserialize;
use std::collections::BTreeMap;

/// A record of any of the kinds.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Record<'a> {
    #[serde(borrow)]
    country: Named<'a>,
    /// Where the network was registered, for those that are at no one place.
    registered_country: Named<'a>,
    subdivisions: Vec<Named<'a>>,
    city: Named<'a>,
    /// GeoLite2-ASN and GeoIP2-ISP.
    isp: Option<&'a str>,
    organization: Option<&'a str>,
    autonomous_system_organization: Option<&'a str>,
    /// GeoIP2-Enterprise.
    traits: Traits<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Named<'a> {
    #[serde(borrow)]
    names: BTreeMap<&'a str, &'a str>,
    iso_code: Option<&'a str>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Traits<'a> {
    isp: Option<&'a str>,
    organization: Option<&'a str>,
    autonomous_system_organization: Option<&'a str>,
}

impl Record<'_> {
    pub(super) fn place(&self, naming: Naming) -> Place {
        let name = |named: &Named<'_>| named.name(naming).map(str::to_owned);
        let country = name(&self.country).or_else(|| name(&self.registered_country));
        let region = self.subdivisions.first().and_then(name);
        let city = Some(&self.city).filter(|_| naming.city).and_then(name);
        // Municipalities are their own region.
        let city = city.filter(|city| region.as_ref() != Some(city));
        let parts: Vec<_> = [country, region, city].into_iter().flatten().collect();
        Place {
            region: (!parts.is_empty()).then(|| parts.join(" / ")),
            operator: self.operator().map(str::to_owned),
        }
    }

    fn operator(&self) -> Option<&str> {
        let Traits { isp, organization, autonomous_system_organization } = self.traits;
        let all = [
            self.isp,
            isp,
            self.organization,
            organization,
            self.autonomous_system_organization,
            autonomous_system_organization,
        ];
        all.into_iter().flatten().find(|name| !name.is_empty())
    }
}

impl Named<'_> {
    fn name(&self, naming: Naming) -> Option<&str> {
        let found = self.names.get(naming.language.code()).or_else(|| self.names.get("en"));
        found.copied().or(self.iso_code).filter(|name| !name.is_empty())
    }
}
