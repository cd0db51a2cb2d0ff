//! DNS answers: read from a message, asked by name and type.

mod name;
mod packet;

use hickory_proto::dnssec::rdata::DNSSECRData;
use hickory_proto::op::{Message, ResponseCode};
use hickory_proto::rr::{Name, RData, Record, RecordType};

pub use name::{labels, name_of, plain, unwritten, written};
pub use packet::read;

/// A usable answer: NOERROR or NXDOMAIN.
#[derive(Clone, Debug)]
pub struct Answer {
    pub nxdomain: bool,
    pub answers: Vec<Record>,
    pub authorities: Vec<Record>,
}

impl Answer {
    /// The answer a message holds; none when it neither answers nor denies.
    pub fn of(message: Message) -> Option<Self> {
        let (code, empty) = (message.response_code, message.answers.is_empty());
        matches!(code, ResponseCode::NoError | ResponseCode::NXDomain).then(|| Self {
            // An alias whose target is missing does exist itself.
            nxdomain: empty && (code == ResponseCode::NXDomain || denied_compactly(&message)),
            answers: lowered(message.answers),
            authorities: lowered(message.authorities),
        })
    }

    /// Records of `kind` at `name`, following the aliases inside this answer.
    pub fn records(&self, name: &Name, kind: RecordType) -> Vec<&Record> {
        let mut owner = name.clone();
        for _ in 0..9 {
            let found: Vec<&Record> = self.answers.iter().filter(|r| r.record_type() == kind && r.name == owner).collect();
            if !found.is_empty() || kind == RecordType::CNAME {
                return found;
            }
            match self.alias(&owner) {
                Some(next) => owner = next,
                None => return Vec::new(),
            }
        }
        Vec::new()
    }

    /// Where `name` points as an alias, if it is one.
    pub fn alias(&self, name: &Name) -> Option<Name> {
        self.answers.iter().find_map(|record| match &record.data {
            RData::CNAME(target) if record.name == *name => Some(target.0.to_lowercase()),
            _ => None,
        })
    }

    /// The texts of the TXT records at `name`: strings joined without separator (RFC 7208 3.3).
    pub fn texts(&self, name: &Name) -> Vec<Vec<u8>> {
        self.records(name, RecordType::TXT)
            .into_iter()
            .filter_map(|record| match &record.data {
                RData::TXT(txt) => Some(txt.txt_data.iter().flat_map(|part| part.iter().copied()).collect()),
                _ => None,
            })
            .collect()
    }
}

/// Whether the name asked for is said not to exist by an NSEC of its own with the type NXNAME: so do servers that sign on the fly
/// deny when they are asked for signatures, with NOERROR (RFC 9824 3.1).
fn denied_compactly(message: &Message) -> bool {
    const NXNAME: u16 = 128;
    message.queries.first().is_some_and(|query| {
        message.authorities.iter().any(|record| match &record.data {
            RData::DNSSEC(DNSSECRData::NSEC(nsec)) => record.name == *query.name() && nsec.type_bit_maps().any(|kind| u16::from(kind) == NXNAME),
            _ => false,
        })
    })
}

/// How a response code is written.
pub fn rcode(code: ResponseCode) -> String {
    match code {
        ResponseCode::NoError => "NOERROR".into(),
        ResponseCode::NXDomain => "NXDOMAIN".into(),
        ResponseCode::ServFail => "SERVFAIL".into(),
        ResponseCode::Refused => "REFUSED".into(),
        ResponseCode::FormErr => "FORMERR".into(),
        ResponseCode::NotImp => "NOTIMP".into(),
        other => other.to_string(),
    }
}

/// Owner names compare without case everywhere else.
fn lowered(records: Vec<Record>) -> Vec<Record> {
    records
        .into_iter()
        .map(|mut record| {
            record.name = record.name.to_lowercase();
            record
        })
        .collect()
}

/// Base 32 with the extended hex alphabet, lower case, unpadded (RFC 4648 7): how NSEC3 writes hashes; its order is that of the octets.
pub fn base32hex(bytes: &[u8]) -> String {
    data_encoding::BASE32HEX_NOPAD.encode(bytes).to_ascii_lowercase()
}
