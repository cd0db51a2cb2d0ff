//! Reading a DNS message that may be odd, but is no reason to hear nothing.

use hickory_proto::op::Message;
use hickory_proto::rr::{RData, Record, RecordType};
use hickory_proto::serialize::binary::{BinDecodable, BinDecoder};

/// Bytes before the questions (RFC 1035 4.1.1).
const HEADER: usize = 12;

/// Reads a message.
///
/// A TXT record without any string breaks RFC 1035 3.3.14, and the library then refuses the whole answer. Servers that send one
/// exist, and the other records still count, so records without data are left out.
pub fn read(bytes: &[u8]) -> Option<Message> {
    Message::from_vec(bytes).ok().or_else(|| without_empty(bytes))
}

/// The message without its empty records. Its EDNS record is left out too: nothing in it is needed.
fn without_empty(bytes: &[u8]) -> Option<Message> {
    let number = |at: usize| bytes.get(at..at + 2)?.try_into().ok().map(u16::from_be_bytes);
    let mut at = HEADER;
    for _ in 0..number(4)? {
        at = after_name(bytes, at)? + 4;
    }
    let mut head = bytes.get(..at)?.to_vec();
    head.get_mut(6..HEADER)?.fill(0);
    let mut message = Message::from_vec(&head).ok()?;
    let whole = BinDecoder::new(bytes);
    let mut rest = whole.clone(u16::try_from(at).ok()?);
    for (count, section) in [(number(6)?, &mut message.answers), (number(8)?, &mut message.authorities), (number(10)?, &mut message.additionals)] {
        for _ in 0..count {
            let record = Record::read(&mut rest).ok()?;
            if !matches!(record.data, RData::Update0(_)) && record.record_type() != RecordType::OPT {
                section.push(record);
            }
        }
    }
    Some(message)
}

/// Where the name at `at` ends: with an empty label or with a pointer (RFC 1035 4.1.4).
fn after_name(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match *bytes.get(at)? {
            0 => return Some(at + 1),
            pointer if pointer >= 0xc0 => return Some(at + 2),
            length => at += 1 + usize::from(length),
        }
    }
}

#[cfg(test)]
mod tests {
    use hickory_proto::op::{MessageType, OpCode, Query};
    use hickory_proto::rr::rdata::TXT;
    use hickory_proto::rr::{Name, RData, Record, RecordType};
    use proptest::prelude::*;

    use super::*;

    fn with(texts: &[&[u8]], empty: bool) -> Vec<u8> {
        let name = Name::from_ascii("null.example.com.").unwrap();
        let mut message = Message::new(7, MessageType::Response, OpCode::Query);
        message.add_query(Query::query(name.clone(), RecordType::TXT));
        for text in texts {
            message.answers.push(Record::from_rdata(name.clone(), 60, RData::TXT(TXT::from_bytes(vec![text]))));
        }
        if empty {
            message.answers.push(Record::from_rdata(name, 60, RData::TXT(TXT::from_bytes(Vec::new()))));
        }
        message.to_vec().unwrap()
    }

    #[test]
    fn a_text_without_strings_hides_nothing_else() {
        assert!(Message::from_vec(&with(&[b"v=spf1 -all"], true)).is_err(), "the library reads it now: this module may go");
        let read = read(&with(&[b"v=spf1 -all"], true)).unwrap();
        let kinds: Vec<RecordType> = read.answers.iter().map(Record::record_type).collect();
        assert_eq!(kinds, [RecordType::TXT]);
        assert_eq!((read.id, read.message_type, read.queries.len()), (7, MessageType::Response, 1));
    }

    #[test]
    fn a_sound_message_is_read_as_the_library_reads_it() {
        let bytes = with(&[b"one", b"two"], false);
        assert_eq!(read(&bytes).unwrap(), Message::from_vec(&bytes).unwrap());
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = without_empty(&bytes);
            let _ = read(&bytes);
        }

        #[test]
        fn a_cut_message_is_none(length in 0usize..60) {
            let whole = with(&[b"v=spf1 -all"], true);
            prop_assert!(without_empty(&whole[..length.min(whole.len() - 1)]).is_none());
        }
    }
}
