//! What an error of the operating system says about the way to a server.

use std::io::{Error, ErrorKind};

use formats::evidence::Failure;

/// Linux and the BSDs: the machine knows nothing of this family of addresses (`EAFNOSUPPORT`), for which Rust has no name.
const NO_SUCH_FAMILY: [i32; 3] = [97, 47, 10047];

/// A port that nobody holds open, a network that this machine has no way to, or something else.
pub(crate) fn unreached(error: &Error) -> Failure {
    let no_family = error.raw_os_error().is_some_and(|code| NO_SUCH_FAMILY.contains(&code));
    match error.kind() {
        ErrorKind::ConnectionRefused => Failure::Closed,
        ErrorKind::NetworkUnreachable | ErrorKind::AddrNotAvailable => Failure::NoRoute(error.to_string()),
        _ if no_family => Failure::NoRoute(error.to_string()),
        _ => Failure::Unreachable(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_port_is_no_missing_route() {
        assert_eq!(unreached(&Error::from(ErrorKind::ConnectionRefused)), Failure::Closed);
        for kind in [ErrorKind::NetworkUnreachable, ErrorKind::AddrNotAvailable] {
            assert!(matches!(unreached(&Error::from(kind)), Failure::NoRoute(_)), "{kind}");
        }
        assert!(matches!(unreached(&Error::from_raw_os_error(97)), Failure::NoRoute(_)));
        // A router on the way may say so for its own reasons.
        for kind in [ErrorKind::HostUnreachable, ErrorKind::ConnectionReset] {
            assert!(matches!(unreached(&Error::from(kind)), Failure::Unreachable(_)), "{kind}");
        }
    }
}
