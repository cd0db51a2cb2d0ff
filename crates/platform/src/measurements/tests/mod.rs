//! The measurements from outside: a testbed on loopback is measured, changed and measured again.

mod commands;
mod comparing;
mod giving;
mod importing;
mod keeping;
mod lasting;
mod regressing;
mod running;
mod seeing;

use probe::testbed::{Testbed, Zone};

use super::observation::Observation;
use super::run::{Asked, RunId};
use super::{actions, store};
use crate::base::actor::Scope;
use crate::base::config::ProbeConfig;
use crate::register::actions::{NewOrganisation, add_assets, add_organisation};
use crate::register::asset::NewAsset;
use crate::testing::{Bench, START};

/// A bench whose probes see only the testbed, with the centre and two ministries.
pub async fn bench_on(testbed: &Testbed) -> Bench {
    let bench = Bench::with(|config| config.probe = ProbeConfig::at(testbed.vantage("testbed"))).await;
    let mut work = bench.work().await;
    for (code, parent, kind, name_ja) in
        [("centre", "", "centre", "センター"), ("moa", "centre", "ministry", "甲省"), ("mob", "centre", "ministry", "乙省")]
    {
        let new = NewOrganisation {
            code: code.into(),
            parent: parent.into(),
            kind: kind.into(),
            name_ja: name_ja.into(),
            name_en: format!("Organisation {code}"),
            valid_from: "2020-04-01".into(),
        };
        add_organisation(&mut work, &new).await.unwrap();
    }
    work.commit().await.unwrap();
    bench
}

fn now() -> i64 {
    START.parse::<jiff::Timestamp>().unwrap().as_second()
}

/// Registers a domain with its web server.
pub async fn register(bench: &Bench, code: &str, domain: &str) {
    let asset = |kind: &str| NewAsset { organisation: code.into(), kind: kind.into(), name: domain.into(), count: 1, ..NewAsset::default() };
    let mut work = bench.work().await;
    add_assets(&mut work, &[asset("domain"), asset("web-server")]).await.unwrap();
    work.commit().await.unwrap();
}

async fn ask(bench: &Bench, asked: &Asked) -> RunId {
    let mut work = bench.work().await;
    let id = actions::run(&mut work, asked).await.unwrap();
    work.commit().await.unwrap();
    id
}

async fn measure(bench: &Bench) -> RunId {
    let id = ask(bench, &Asked::default()).await;
    bench.run_jobs().await;
    id
}

async fn latest(bench: &Bench) -> Vec<Observation> {
    store::latest(&mut bench.app.db.read().await.unwrap(), &Scope::Everything).await.unwrap()
}

pub async fn testbed(zones: &[Zone]) -> Testbed {
    Testbed::start(zones, now(), 1).await.unwrap()
}
