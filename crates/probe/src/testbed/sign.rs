//! Keys and signatures of the testbed's zones: ECDSA P-256 with SHA-256 (RFC 6605).

use hickory_proto::dnssec::crypto::EcdsaSigningKey;
use hickory_proto::dnssec::rdata::sig::SigInput;
use hickory_proto::dnssec::rdata::{DNSKEY, DNSSECRData, DS, RRSIG};
use hickory_proto::dnssec::{Algorithm, DigestType, SigningKey, TBS};
use hickory_proto::rr::{DNSClass, Name, RData, Record, SerialNumber};

use super::Error;

/// The key of one zone.
pub(super) struct ZoneKey {
    key: EcdsaSigningKey,
    dnskey: DNSKEY,
    tag: u16,
}

fn fault(error: impl std::fmt::Display) -> Error {
    Error::Dnssec(error.to_string())
}

impl ZoneKey {
    pub fn generate() -> Result<Self, Error> {
        let algorithm = Algorithm::ECDSAP256SHA256;
        let pkcs8 = EcdsaSigningKey::generate_pkcs8(algorithm).map_err(fault)?;
        let key = EcdsaSigningKey::from_pkcs8(&pkcs8, algorithm).map_err(fault)?;
        let dnskey = DNSKEY::from_key(&key.to_public_key().map_err(fault)?);
        let tag = dnskey.calculate_key_tag().map_err(fault)?;
        Ok(Self { key, dnskey, tag })
    }

    pub fn dnskey(&self) -> RData {
        RData::DNSSEC(DNSSECRData::DNSKEY(self.dnskey.clone()))
    }

    /// The DS the parent publishes for this key at `zone`.
    pub fn ds(&self, zone: &Name) -> Result<DS, Error> {
        let digest = self.dnskey.to_digest(zone, DigestType::SHA256).map_err(fault)?;
        Ok(DS::new(self.tag, Algorithm::ECDSAP256SHA256, DigestType::SHA256, digest.as_ref().to_vec()))
    }

    /// Signs the records of one name and type, valid from `from` to `until` (Unix seconds).
    pub fn sign(&self, zone: &Name, rrset: &[Record], from: i64, until: i64) -> Option<Record> {
        let first = rrset.first()?;
        let input = SigInput {
            type_covered: first.record_type(),
            algorithm: Algorithm::ECDSAP256SHA256,
            num_labels: first.name.num_labels(),
            original_ttl: first.ttl,
            // Serial arithmetic modulo 2³² (RFC 4034 3.1.5).
            sig_expiration: SerialNumber::new(until as u32),
            sig_inception: SerialNumber::new(from as u32),
            key_tag: self.tag,
            signer_name: zone.clone(),
        };
        let tbs = TBS::from_input(&first.name, DNSClass::IN, &input, rrset.iter()).ok()?;
        let signature = self.key.sign(&tbs).ok()?;
        let rrsig = RData::DNSSEC(DNSSECRData::RRSIG(RRSIG::from_sig(input, signature)));
        Some(Record::from_rdata(first.name.clone(), first.ttl, rrsig))
    }
}
