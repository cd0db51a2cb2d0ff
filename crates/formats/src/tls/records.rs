//! Records and the handshake messages in them (RFC 8446 4, 5; RFC 6101 5).

use super::Version;
use super::octets::{Reader, block};

/// Handshake messages that are read (RFC 5246 7.4).
pub const CLIENT_HELLO: u8 = 1;
pub const SERVER_HELLO: u8 = 2;
pub const CERTIFICATE: u8 = 11;
pub const SERVER_KEY_EXCHANGE: u8 = 12;
pub const SERVER_HELLO_DONE: u8 = 14;

/// Kinds of records.
const CHANGE_CIPHER: u8 = 20;
const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;
const DATA: u8 = 23;

/// Octets of a record: 2^14, and room to encrypt them (RFC 5246 6.2.3).
const LONGEST_RECORD: usize = 16_384 + 2_048;
const FRAGMENT: usize = 16_384;
/// Octets of one message; a longer one is no hello and no chain worth reading.
const LONGEST_MESSAGE: usize = 131_072;

/// One handshake message without its header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub kind: u8,
    pub body: Vec<u8>,
}

/// An alert that ends the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alert(pub u8);

impl Alert {
    /// Its IANA name, or its number.
    pub fn name(self) -> String {
        let known = match self.0 {
            0 => "close_notify",
            10 => "unexpected_message",
            20 => "bad_record_mac",
            22 => "record_overflow",
            40 => "handshake_failure",
            41 => "no_certificate",
            43 => "unsupported_certificate",
            47 => "illegal_parameter",
            48 => "unknown_ca",
            49 => "access_denied",
            50 => "decode_error",
            70 => "protocol_version",
            71 => "insufficient_security",
            80 => "internal_error",
            86 => "inappropriate_fallback",
            90 => "user_canceled",
            109 => "missing_extension",
            110 => "unsupported_extension",
            112 => "unrecognized_name",
            116 => "certificate_required",
            120 => "no_application_protocol",
            other => return format!("alert {other}"),
        };
        known.to_owned()
    }
}

/// What came is something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no TLS record")]
pub struct NotTls;

/// What one side has sent so far, in the clear.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flight {
    /// Messages that are complete.
    pub messages: Vec<Message>,
    /// An alert that ends the connection; mere warnings are passed over.
    pub alert: Option<Alert>,
    /// Whether encrypted records began.
    pub sealed: bool,
}

impl Flight {
    /// Reads as many records as `octets` hold; an unfinished one is left for later.
    ///
    /// # Errors
    /// What is no TLS, or longer than anything this reader is for.
    pub fn read(octets: &[u8]) -> Result<Self, NotTls> {
        let (mut from, mut flight, mut joined) = (Reader(octets), Self::default(), Vec::new());
        while let Some(kind) = from.number(1) {
            if !(usize::from(CHANGE_CIPHER)..=usize::from(DATA)).contains(&kind) {
                return Err(NotTls);
            }
            let Some(major) = from.number(1) else { break };
            let Some(length) = from.number(1).and_then(|_| from.number(2)) else { break };
            if major != 3 || length > LONGEST_RECORD {
                return Err(NotTls);
            }
            let Some(content) = from.take(length) else { break };
            match (u8::try_from(kind), content) {
                (Ok(HANDSHAKE), content) => joined.extend_from_slice(content),
                (Ok(ALERT), [level, description]) if *level == 2 || *description == 0 => flight.alert = Some(Alert(*description)),
                (Ok(ALERT), _) => {}
                _ => flight.sealed = true,
            }
            if flight.alert.is_some() || flight.sealed {
                break;
            }
        }
        let (read, unfinished) = split(&joined);
        if unfinished.is_some_and(|length| length > LONGEST_MESSAGE) {
            return Err(NotTls);
        }
        flight.messages = read;
        Ok(flight)
    }

    /// The body of the first message of `kind`.
    pub fn message(&self, kind: u8) -> Option<&[u8]> {
        self.messages.iter().find(|message| message.kind == kind).map(|message| message.body.as_slice())
    }
}

/// Whole messages, and the length of one that is not whole yet.
fn split(octets: &[u8]) -> (Vec<Message>, Option<usize>) {
    let (mut from, mut found) = (Reader(octets), Vec::new());
    loop {
        let before = from;
        let (Some(kind), Some(length)) = (from.number(1).and_then(|kind| u8::try_from(kind).ok()), from.number(3)) else {
            return (found, (!before.0.is_empty()).then_some(0));
        };
        let Some(body) = from.take(length) else { return (found, Some(length)) };
        found.push(Message { kind, body: body.to_vec() });
    }
}

/// The messages in `octets`, each with its header; what is not whole at the end is left out.
pub fn messages(octets: &[u8]) -> Vec<Message> {
    split(octets).0
}

/// A message with its header.
pub fn handshake(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut whole = vec![kind];
    whole.extend(block(3, body));
    whole
}

/// Messages in as many records as they need, labelled `version`.
pub(super) fn wrap(version: Version, messages: &[u8]) -> Vec<u8> {
    let record = |fragment: &[u8]| [&[HANDSHAKE], version.code().to_be_bytes().as_slice(), block(2, fragment).as_slice()].concat();
    messages.chunks(FRAGMENT).flat_map(record).collect()
}

impl Flight {
    /// `messages` in records, as a server that chose `version` sends them.
    pub fn write(version: Version, messages: &[u8]) -> Vec<u8> {
        wrap(version.min(Version::Tls12), messages)
    }
}

impl Alert {
    /// The alert as it is sent: fatal.
    pub fn write(self, version: Version) -> Vec<u8> {
        [&[ALERT], version.min(Version::Tls12).code().to_be_bytes().as_slice(), &[0, 2, 2, self.0]].concat()
    }
}
