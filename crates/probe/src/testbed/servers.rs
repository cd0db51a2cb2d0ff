//! The name servers of a testbed domain: how many, at which addresses, and which of them is at fault.

use std::net::Ipv4Addr;

/// Name-server states. Where one of two is at fault, it is the second, and it has no IPv6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Servers {
    /// Two in different networks, by IPv4 and IPv6, UDP and TCP.
    Good,
    /// One refuses to speak of the zone.
    OneLame,
    /// One answers, but not with authority, as a resolver would.
    OneRecursive,
    /// One answers SERVFAIL.
    OneFailing,
    OneSilent,
    OneOldSerial,
    /// One serves signatures that have expired.
    OneExpired,
    /// One serves the zone without its signatures.
    OneUnsigned,
    OneWithoutTcp,
    /// Nothing listens at the address of one.
    OneClosed,
    /// One has other NS records than the other.
    OneOtherSet,
    /// One has a name without an address.
    OneWithoutAddress,
    OnlyOne,
    /// Both in one /24.
    OneNetwork,
    /// The parent delegates to a server that the zone does not name.
    ParentDiffers,
    NoIpv6,
    NoIpv4,
    /// Answered over IPv4 only: over IPv6 the question is refused.
    RefusesIpv6,
    /// Answered over IPv4 only: over IPv6 nothing is said.
    SilentIpv6,
    /// An IPv6 address that only wraps an IPv4 one.
    MappedIpv6,
}

/// Where the testbed's authoritative servers listen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Place {
    First,
    Second,
    /// In the same network as the first.
    Neighbour,
    /// UDP only.
    WithoutTcp,
    /// Of the top-level zones.
    Above,
}

impl Place {
    pub const ALL: [Self; 5] = [Self::First, Self::Second, Self::Neighbour, Self::WithoutTcp, Self::Above];

    /// On Linux all of 127/8 is this machine.
    pub fn address(self) -> Ipv4Addr {
        match self {
            Self::First => Ipv4Addr::new(127, 0, 1, 53),
            Self::Neighbour => Ipv4Addr::new(127, 0, 1, 54),
            Self::Second => Ipv4Addr::new(127, 0, 2, 53),
            Self::WithoutTcp => Ipv4Addr::new(127, 0, 3, 53),
            Self::Above => Ipv4Addr::new(127, 0, 4, 53),
        }
    }
}

/// Nobody listens here.
const NOBODY: Ipv4Addr = Ipv4Addr::new(127, 0, 5, 53);

impl Servers {
    /// Whether `zone`'s second server misbehaves, and so has no IPv6.
    fn one_at_fault(self) -> bool {
        use Servers::{OneClosed, OneExpired, OneFailing, OneLame, OneOldSerial, OneOtherSet, OneRecursive, OneSilent, OneUnsigned, OneWithoutTcp};
        matches!(
            self,
            OneLame | OneRecursive | OneFailing | OneSilent | OneOldSerial | OneExpired | OneUnsigned | OneWithoutTcp | OneClosed | OneOtherSet
        )
    }

    /// NS records of `domain` and the addresses they lead to: owner (relative), type and data.
    pub(super) fn records(self, domain: &str) -> Vec<(String, &'static str, String)> {
        let mut records = Vec::new();
        let mut add = |host: &str, v4: Option<Ipv4Addr>, v6: Option<&str>| {
            records.push((String::new(), "NS", format!("{host}.{domain}.")));
            records.extend(v4.map(|address| (host.to_owned(), "A", address.to_string())));
            records.extend(v6.map(|address| (host.to_owned(), "AAAA", address.to_owned())));
        };
        let v6 = match self {
            Self::NoIpv6 => None,
            Self::MappedIpv6 => Some("::ffff:127.0.1.53"),
            _ => Some("::1"),
        };
        let first = Some(Place::First.address()).filter(|_| self != Self::NoIpv4);
        add("ns1", first, v6);
        let second = match self {
            Self::OnlyOne => return records,
            Self::OneWithoutAddress | Self::NoIpv4 => None,
            Self::OneWithoutTcp => Some(Place::WithoutTcp.address()),
            Self::OneNetwork => Some(Place::Neighbour.address()),
            Self::OneClosed => Some(NOBODY),
            _ => Some(Place::Second.address()),
        };
        add("ns2", second, v6.filter(|_| self != Self::OneWithoutAddress && !self.one_at_fault()));
        records
    }
}
