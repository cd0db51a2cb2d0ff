//! TLS states of a zone, and the servers they stand for.

use formats::tls::{Authentication, Suite, Version};

/// TLS states. The first three are real servers (rustls); the others answer hellos as servers did that no library here can be.
/// Their certificates are for names under `tls.example`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tls {
    /// TLS 1.2 and 1.3, with a post-quantum group.
    Modern,
    Only12,
    Only13,
    /// SSL 3.0 to TLS 1.2. At an address of its own, because SSL 3.0 names no server; one zone at most.
    Ssl3,
    Tls10,
    Tls11,
    /// Nothing newer than TLS 1.0.
    OnlyTls10,
    /// Suites besides good ones, each for one weakness.
    Null,
    Anonymous,
    Export,
    Des,
    Rc4,
    Md5,
    TripleDes,
    NoForwardSecrecy,
    Cbc,
    /// All of these, and every version but SSL 3.0.
    Everything,
    /// Nothing but key exchange under the certificate's key.
    OnlyStatic,
    /// DH modulo a prime of 1024 and of 2048 bits.
    Prime1024,
    Prime2048,
    WeakCurve,
    /// Signs its key exchange with SHA-1 when nothing better is asked for.
    Sha1Exchange,
    /// Chains of RSA certificates.
    Chain,
    Rsa1024,
    Md5Certificate,
    Sha1Intermediate,
    ExpiredIntermediate,
    MissingIntermediate,
    Reversed,
    /// RSA and ECDSA.
    TwoChains,
    /// A cross-certificate that nobody needs and that is over.
    ExpiredCross,
    /// The root is sent too; its own signature is SHA-1.
    WithRoot,
    /// Answers so many hellos, then never again; 3DES is among its suites.
    SilentAfter(usize),
    /// Closes the connection where others send an alert.
    Resets,
    /// Answers so many hellos, then closes every connection.
    TiresAfter(usize),
    /// Closes every connection.
    Refuses,
    /// Speaks no TLS.
    Foreign,
}

/// What is shown as certificates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// The trusted chain under the RSA root.
    Rsa,
    Rsa1024,
    Md5,
    Sha1Intermediate,
    ExpiredIntermediate,
    MissingIntermediate,
    Reversed,
    Both,
    ExpiredCross,
    WithRoot,
}

/// How a server behaves towards hellos.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    Plain,
    SilentAfter(usize),
    TiresAfter(usize),
    /// Closes instead of an alert.
    Curt,
    Foreign,
}

/// A server that answers hellos and can do no more.
#[derive(Clone, Debug)]
pub(super) struct Server {
    pub versions: Vec<Version>,
    /// In the order it prefers.
    pub suites: Vec<Suite>,
    pub groups: Vec<u16>,
    pub prime: usize,
    pub schemes: Vec<u16>,
    pub shown: Shown,
    pub manner: Manner,
}

const GOOD: [u16; 2] = [0xc02f, 0xc030];
const CBC: [u16; 2] = [0xc013, 0xc014];

impl Server {
    fn good() -> Self {
        Self {
            versions: vec![Version::Tls12],
            suites: suites(&GOOD),
            groups: vec![29, 23, 24],
            prime: 2048,
            schemes: vec![0x0804, 0x0401, 0x0501],
            shown: Shown::Rsa,
            manner: Manner::Plain,
        }
    }

    /// Good suites, and after them `others`.
    fn with(others: &[u16]) -> Self {
        let good = Self::good();
        Self { suites: good.suites.iter().copied().chain(suites(others)).collect(), ..good }
    }

    fn of(versions: &[Version], others: &[u16]) -> Self {
        Self { versions: versions.to_vec(), ..Self::with(others) }
    }
}

fn suites(codes: &[u16]) -> Vec<Suite> {
    codes.iter().filter_map(|code| Suite::of(*code)).collect()
}

impl Tls {
    /// The server that answers hellos, where no real one does.
    pub(super) fn server(self) -> Option<Server> {
        use Version::{Ssl3, Tls10, Tls11, Tls12};
        let good = Server::good();
        let old = [CBC.as_slice(), &[0x0033, 0x0039]].concat();
        Some(match self {
            Self::Modern | Self::Only12 | Self::Only13 => return None,
            Self::Ssl3 => Server::of(&[Ssl3, Tls10, Tls11, Tls12], &old),
            Self::Tls10 => Server::of(&[Tls10, Tls11, Tls12], &old),
            Self::Tls11 => Server::of(&[Tls11, Tls12], &old),
            Self::OnlyTls10 => Server::of(&[Tls10], &old),
            Self::Null => Server::with(&[0x0002, 0x003b]),
            Self::Anonymous => Server::with(&[0x0034, 0xc018]),
            Self::Export => Server::of(&[Tls10, Tls12], &[CBC.as_slice(), &[0x0003, 0x0014]].concat()),
            Self::Des => Server::of(&[Tls10, Tls12], &[CBC.as_slice(), &[0x0015]].concat()),
            Self::Rc4 => Server::with(&[0xc011, 0x0005]),
            Self::Md5 => Server::with(&[0x0004]),
            Self::TripleDes => Server::with(&[0xc012, 0x000a]),
            Self::NoForwardSecrecy => Server::with(&[0x009c, 0x002f]),
            Self::Cbc => Server::with(&CBC),
            Self::Everything => {
                let all = Suite::all().filter(|suite| matches!(suite.authentication(), Authentication::Rsa | Authentication::Anonymous));
                let schemes = [good.schemes.as_slice(), &[0x0201, 0x0101]].concat();
                let groups = vec![29, 23, 24, 25, 30, 22, 26, 27, 28, 21, 19, 1, 9, 13];
                Server { versions: vec![Tls10, Tls11, Tls12], suites: all.collect(), groups, prime: 1024, schemes, ..good }
            }
            Self::OnlyStatic => Server { suites: suites(&[0x009d, 0x009c, 0x0035, 0x002f]), ..good },
            Self::Prime1024 => Server { prime: 1024, ..Server::with(&[0x009e]) },
            Self::Prime2048 => Server::with(&[0x009e]),
            Self::WeakCurve => Server { groups: vec![29, 23, 19], ..good },
            Self::Sha1Exchange => Server { schemes: vec![0x0401, 0x0201], ..good },
            Self::Chain => good,
            Self::Rsa1024 => Server { shown: Shown::Rsa1024, ..good },
            Self::Md5Certificate => Server { shown: Shown::Md5, ..good },
            Self::Sha1Intermediate => Server { shown: Shown::Sha1Intermediate, ..good },
            Self::ExpiredIntermediate => Server { shown: Shown::ExpiredIntermediate, ..good },
            Self::MissingIntermediate => Server { shown: Shown::MissingIntermediate, ..good },
            Self::Reversed => Server { shown: Shown::Reversed, ..good },
            Self::TwoChains => {
                let good = Server::with(&[0xc02b]);
                Server { shown: Shown::Both, schemes: [good.schemes.as_slice(), &[0x0403]].concat(), ..good }
            }
            Self::ExpiredCross => Server { shown: Shown::ExpiredCross, ..good },
            Self::WithRoot => Server { shown: Shown::WithRoot, ..good },
            Self::SilentAfter(hellos) => Server { manner: Manner::SilentAfter(hellos), ..Server::with(&[0xc012]) },
            Self::Resets => Server { manner: Manner::Curt, ..good },
            Self::TiresAfter(hellos) => Server { manner: Manner::TiresAfter(hellos), ..good },
            Self::Refuses => Server { manner: Manner::TiresAfter(0), ..good },
            Self::Foreign => Server { manner: Manner::Foreign, ..good },
        })
    }
}
