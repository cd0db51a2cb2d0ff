//! What two receivers of mail report of some of the example's domains: most mail is signed by the registered key, some comes from a sender whom
//! nobody told of DMARC, some from strangers.

use engine::simulate::{MxModel, ZoneModel};
use jiff::Timestamp;
use probe::testbed::dkim::SELECTOR;

use super::stage::Stage;
use crate::base::error::{Error, Result};
use crate::measurements::aggregate_reports::actions;

/// Domains that are reported on, and days.
const DOMAINS: usize = 4;
const DAYS: i64 = 10;
const RECEIVERS: [&str; 2] = ["mailbox.example", "post.example"];
const DAY: i64 = 86_400;

/// One record of a report: where from, how much, aligned by DKIM and by SPF, what happened, the selector and how its signature was.
struct Record(&'static str, u64, [&'static str; 3], (&'static str, &'static str));

/// What receivers saw of the domain at `place` on one day.
fn records(place: usize, day: i64) -> Vec<Record> {
    let much = 40 + 7 * place as u64 + 3 * day.unsigned_abs();
    let mut seen = vec![Record("192.0.2.7", much, ["pass", "pass", "none"], (SELECTOR, "pass"))];
    if place.is_multiple_of(2) {
        // A newsletter that signs with a key nobody put into the register.
        seen.push(Record("198.51.100.20", 12, ["pass", "fail", "none"], ("news2026", "pass")));
    }
    if place == 1 {
        // A reservation system that neither signs nor is named in SPF.
        seen.push(Record("203.0.113.5", 9, ["fail", "fail", "quarantine"], ("", "")));
    }
    if day % 3 == 0 {
        seen.push(Record("203.0.113.77", 2 + day.unsigned_abs(), ["fail", "fail", "reject"], ("forged", "fail")));
    }
    seen
}

/// The report, as RFC 9990 writes it.
fn report(receiver: &str, domain: &str, end: i64, records: &[Record]) -> String {
    let record = |Record(source, count, [dkim, spf, disposition], (selector, outcome)): &Record| {
        let signature = match *selector {
            "" => String::new(),
            name => format!("<dkim><domain>{domain}</domain><selector>{name}</selector><result>{outcome}</result></dkim>"),
        };
        format!(
            "<record><row><source_ip>{source}</source_ip><count>{count}</count><policy_evaluated><disposition>{disposition}</disposition>\
             <dkim>{dkim}</dkim><spf>{spf}</spf></policy_evaluated></row><identifiers><header_from>{domain}</header_from></identifiers>\
             <auth_results>{signature}<spf><domain>{domain}</domain><scope>mfrom</scope><result>{spf}</result></spf></auth_results></record>"
        )
    };
    let begin = end - DAY + 1;
    format!(
        "<?xml version=\"1.0\"?><feedback xmlns=\"urn:ietf:params:xml:ns:dmarc-2.0\"><version>1.0</version><report_metadata><org_name>{receiver}</org_name>\
         <email>dmarc@{receiver}</email><report_id>{domain}-{end}</report_id><date_range><begin>{begin}</begin><end>{end}</end></date_range>\
         </report_metadata><policy_published><domain>{domain}</domain><p>none</p></policy_published>{}</feedback>",
        records.iter().map(record).collect::<String>()
    )
}

/// Takes in the reports of the last days: those before the day on which somebody looks at the example, where it is known.
pub async fn load(stage: &Stage, zones: &[ZoneModel]) -> Result<()> {
    if let Some(today) = stage.wish.today {
        stage.on(&today.to_string())?;
    }
    let today = stage.app.clock.now().duration_since(Timestamp::UNIX_EPOCH).as_secs() / DAY * DAY;
    let mut work = stage.work().await?;
    for (place, zone) in zones.iter().filter(|zone| zone.mx == MxModel::Hosts).take(DOMAINS).enumerate() {
        for (back, receiver) in (0..DAYS).flat_map(|back| RECEIVERS.map(|receiver| (back, receiver))) {
            let text = report(receiver, &zone.domain, today - back * DAY - 1, &records(place, DAYS - back));
            let taken = actions::import(&mut work, &format!("{receiver}!{}.xml", zone.domain), text.as_bytes()).await?;
            if taken.is_refused() {
                let told: Vec<String> = taken.problems.iter().map(|one| one.message(crate::base::lang::Lang::En)).collect();
                return Err(Error::internal(format!("a report of the example was refused: {}", told.join("; "))));
            }
        }
    }
    work.commit().await
}
