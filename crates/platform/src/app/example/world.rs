//! The piece of Internet the example's domains answer from: a testbed on loopback, built from the generator's zones.

use engine::facts::Check;
use engine::simulate::{DmarcModel, DnssecModel, MxModel, SpfModel, StsModel, WebModel, ZoneModel, government};
use jiff::Timestamp;
use probe::testbed::{Caa, Dane, Dkim, Dmarc, Dnssec, Https, Mx, Page, Plain, Servers, Site, Smtp, Spf, Sts, Testbed, TlsRpt, Zone};

use super::Wish;
use crate::base::config::ProbeConfig;
use crate::base::error::{Error, Result};

/// A running testbed with the example's domains.
pub struct World {
    /// The testbed; dropping it closes its sockets.
    pub testbed: Testbed,
    zones: std::sync::Mutex<Vec<Zone>>,
}

impl World {
    /// Serves `zones` as they are at `now`.
    ///
    /// # Errors
    /// When no loopback port can be opened.
    pub async fn start(zones: &[ZoneModel], now: Timestamp, seed: u64) -> Result<Self> {
        let zones: Vec<Zone> = zones.iter().map(zone).collect();
        let testbed = Testbed::start(&zones, now.as_second(), seed).await.map_err(Error::internal)?;
        Ok(Self { testbed, zones: std::sync::Mutex::new(zones) })
    }

    /// Serves the domains as the last cycle of `wish` left them.
    ///
    /// # Errors
    /// As [`World::start`].
    pub async fn current(wish: &Wish, now: Timestamp) -> Result<Self> {
        // Zones do not depend on the standard.
        let made = government(wish.seed, &wish.plan, &[]);
        let zones = made.cycles.last().map_or(&[][..], |cycle| cycle.zones.as_slice());
        let world = Self::start(zones, now, wish.seed).await?;
        // Nobody has put right yet what happened to it in the example.
        if let Some(story) = Story::of(zones) {
            world.front(&story.defaced, Some(Page::defaced()))?;
        }
        Ok(world)
    }

    /// Lets probes ask this world instead of the Internet.
    pub fn reach(&self) -> ProbeConfig {
        ProbeConfig::at(self.testbed.vantage("example"))
    }

    /// Lets the owner of `domain` repair everything: the zone answers as a good one from now on. `false`: there is no such domain.
    ///
    /// # Errors
    /// When a key cannot be made.
    pub fn repair(&self, domain: &str) -> Result<bool> {
        self.put(domain, Zone::good(domain))
    }

    /// Lets `domain` lose its SPF and DMARC records, as after a careless move to another provider.
    ///
    /// # Errors
    /// When a key cannot be made.
    pub fn spoil(&self, domain: &str) -> Result<bool> {
        self.put(domain, Zone { spf: Spf::Missing, dmarc: Dmarc::Missing, ..Zone::good(domain) })
    }

    /// Lets the web server of `domain` show `front`, or its usual page again. `false`: there is no such domain.
    ///
    /// # Errors
    /// When a key cannot be made.
    pub fn front(&self, domain: &str, front: Option<Page>) -> Result<bool> {
        let now = self.zones.lock().unwrap_or_else(|poison| poison.into_inner()).iter().find(|zone| zone.domain == domain).cloned();
        now.map_or(Ok(false), |mut zone| {
            zone.site.pages.retain(|(path, _)| path != "/");
            self.put(domain, front.map_or(zone.clone(), |front| zone.showing(front)))
        })
    }

    /// The domains it answers for, in order.
    pub fn domains(&self) -> Vec<String> {
        let mut names: Vec<String> = self.zones.lock().unwrap_or_else(|poison| poison.into_inner()).iter().map(|zone| zone.domain.clone()).collect();
        names.sort();
        names
    }

    fn put(&self, domain: &str, to: Zone) -> Result<bool> {
        let mut zones = self.zones.lock().unwrap_or_else(|poison| poison.into_inner());
        let Some(place) = zones.iter_mut().find(|zone| zone.domain == domain) else { return Ok(false) };
        self.testbed.change(to.clone()).map_err(Error::internal)?;
        *place = to;
        Ok(true)
    }
}

/// To whose homepages something happens in the example.
pub struct Story {
    /// Somebody else's page stands in its place.
    pub defaced: String,
    /// It is gone for some minutes.
    pub down: String,
    /// Its text changes.
    pub news: String,
}

impl Story {
    /// Chosen among those that can be reached; none where there are too few.
    pub fn of(zones: &[ZoneModel]) -> Option<Self> {
        let there: Vec<&ZoneModel> = zones.iter().filter(|zone| matches!(zone.web, WebModel::Valid { .. })).collect();
        let at = |place: usize| there.get(place).map(|zone| zone.domain.clone());
        let (third, half) = (there.len() / 3, there.len() / 2);
        (third > 0 && half > third).then(|| Some(Self { defaced: at(half)?, down: at(third)?, news: at(0)? })).flatten()
    }
}

/// The testbed's zone for the generator's description.
pub fn zone(model: &ZoneModel) -> Zone {
    let fails = |check: Check| model.faults.contains(&check);
    Zone {
        spf: match model.spf {
            SpfModel::HardFail => Spf::HardFail,
            SpfModel::SoftFail => Spf::SoftFail,
            SpfModel::Parked => Spf::Parked,
            SpfModel::Missing => Spf::Missing,
            SpfModel::TwoRecords => Spf::TwoRecords,
            SpfModel::SyntaxError => Spf::SyntaxError,
            SpfModel::PlusAll => Spf::PlusAll,
            SpfModel::TooManyLookups => Spf::TooManyLookups,
        },
        dmarc: match model.dmarc {
            DmarcModel::Reject => Dmarc::Reject,
            DmarcModel::Quarantine => Dmarc::Quarantine,
            DmarcModel::None => Dmarc::None,
            DmarcModel::Missing => Dmarc::Missing,
            DmarcModel::Invalid => Dmarc::Invalid,
        },
        mx: match model.mx {
            MxModel::Hosts => Mx::Hosts,
            MxModel::Null => Mx::Null,
            MxModel::NoAddress => Mx::NoAddress,
            MxModel::Missing => Mx::Missing,
        },
        dnssec: match model.dnssec {
            DnssecModel::Unsigned => Dnssec::Unsigned,
            DnssecModel::Signed => Dnssec::Signed,
            DnssecModel::Island => Dnssec::Island,
            DnssecModel::Expired => Dnssec::Expired,
            DnssecModel::WrongDs => Dnssec::WrongDs,
        },
        https: match model.web {
            WebModel::Valid { days_left } => Https::Valid { days_left: i64::from(days_left) },
            WebModel::Expired => Https::Expired,
            WebModel::WrongName => Https::WrongName,
            WebModel::SelfSigned => Https::SelfSigned,
            WebModel::NoHttps => Https::NoHttps,
            WebModel::Down => Https::Down,
        },
        sts: match model.sts {
            StsModel::Enforce => Sts::Enforce,
            StsModel::Testing => Sts::Testing,
            StsModel::Missing => Sts::Missing,
            StsModel::NoPolicy => Sts::NoPolicy,
            StsModel::OtherHost => Sts::OtherHost,
        },
        tls_rpt: if fails(Check::TlsRpt) { TlsRpt::Missing } else { TlsRpt::Good },
        smtp: if fails(Check::StartTls) { Smtp::Plain } else { Smtp::Tls },
        dane: if fails(Check::Dane) { Dane::Missing } else { Dane::Good },
        caa: if fails(Check::Caa) { Caa::Missing } else { Caa::Issue },
        dkim: if fails(Check::Dkim) { Dkim::Rsa1024 } else { Dkim::Rsa2048 },
        servers: match (fails(Check::NameServers), fails(Check::Ipv6)) {
            (true, true) => Servers::OnlyOne,
            (true, false) => Servers::OneOldSerial,
            (false, true) => Servers::NoIpv6,
            (false, false) => Servers::Good,
        },
        site: site(&fails),
        ..Zone::good(model.domain.clone())
    }
}

/// The site of a domain that fails some checks.
fn site(fails: &impl Fn(Check) -> bool) -> Site {
    let mut site = Site::good();
    if fails(Check::HttpsRedirect) {
        site = site.plain(Plain::Says(Page::html("<!doctype html><title>ようこそ</title><p>ようこそ</p>")));
    }
    if fails(Check::Hsts) {
        site = site.without("Strict-Transport-Security");
    }
    if fails(Check::SecurityHeaders) {
        site = site.without("Content-Security-Policy").without("X-Frame-Options");
    }
    if fails(Check::SecurityTxt) {
        site.pages.retain(|(path, _)| path != "/.well-known/security.txt");
    }
    if fails(Check::Exposures) {
        site = site.page("/.git/HEAD", Page::text("ref: refs/heads/main\n"));
    }
    site
}

#[cfg(test)]
mod tests {
    use engine::simulate::{Plan, synthetic_requirements};

    use super::*;

    #[test]
    fn zones_keep_their_names() {
        let made = government(3, &Plan { organisations: 4, systems: 4, people: 64, ..Plan::example() }, &synthetic_requirements(20));
        for model in &made.cycles[0].zones {
            assert_eq!(zone(model).domain, model.domain);
        }
    }
}
