//! Hellos and answers: published bytes, bytes of a real program, and bytes of nobody.

use data_encoding::HEXLOWER_PERMISSIVE;
use proptest::prelude::*;

use super::*;
use crate::evidence::Octets;

/// ClientHello and ServerHello of RFC 8448 3, with their headers.
const RFC_CLIENT: &str = "010000c00303cb34ecb1e78163ba1c38c6dacb196a6dffa21a8d9912ec18a2ef6283024dece7000006130113031302010000910000000b0009000006 \
    736572766572ff01000100000a00140012001d0017001800190100010101020103010400230000003300260024001d002099381de560e4bd43d23d8e \
    435a7dbafeb3c06e51c13cae4d5413691e529aaf2c002b0003020304000d0020001e0403050306030203080408050806040105010601020104020502 \
    06020202002d00020101001c00024001";
const RFC_SERVER: &str = "020000560303a6af06a4121860dc5e6e60249cd34c95930c8ac5cb1434dac155772ed3e2692800130100002e00330024001d0020c9828876112095fe \
    66762bdbf7c672e156d6cc253b833df1dd69b1b04e751f0f002b00020304";

/// What `openssl s_server` 3.0 sent: with `-tls1_3 -groups P-384` to the hello above, whose only share is of x25519; with `-tls1_2` and a
/// certificate on P-256; and to a hello of TLS 1.1, which it does not speak.
const OPENSSL_RETRY: &str = "1603030038020000340303cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c00130100000c002b000203040033000200 \
    18140303000101";
const OPENSSL_12: &str = "160303004a02000046030313530742cc69aa4a957966b61ab3131d1bab1cd3d1316d65b75408e4ff3a94f120d4efe57d307eb56d15192095c36aa167 \
    0a628f1d2df3ec197fb12a012b816dd8c02b00160303017a0b0001760001730001703082016c30820113a0030201020214215476877d23d7a7a0fa0c \
    3842b3219669800d8e300a06082a8648ce3d040302300c310a300806035504030c0161301e170d3236313132373230303832375a170d333631313234 \
    3230303832375a300c310a300806035504030c01613059301306072a8648ce3d020106082a8648ce3d03010703420004045d642cdd05ad80235dc8af \
    9554ae5d3ab6bf0e9a63304c87fa1dd6c49c91bd1052e0a9a5c4bfd3ac3730b2e6937fc37166914d046bf65a6a67a7e07e89aa2ba3533051301d0603 \
    551d0e0416041413da665e838beca52f3a0c9c3a1ff3a811333dd6301f0603551d2304183016801413da665e838beca52f3a0c9c3a1ff3a811333dd6 \
    300f0603551d130101ff040530030101ff300a06082a8648ce3d0403020347003044022033cdf301fbaf5d25ea18f2d094528fe10de0183da57212e2 \
    0b9d3f99fb0b27230220311ca3d84c149c1ad628056416489c1b8b9eaa7006b61731fcfa743444dee7e616030300730c00006f03001d207bc9792cd2 \
    34ff2d7d0770028a2ed5104c06e173cb9511aeb6fc97e62648a344040300473045022100ca4a9393b54c5db21c45228010daef7bce9cc3777b5f3451 \
    7d7fd6e45404b73e0220485dbc5bff0879b7652af7be1aa6484f5f154189de9d815953e050110ced828716030300040e000000";
const OPENSSL_ALERT: &str = "15030200020246";

fn hex(text: &str) -> Vec<u8> {
    HEXLOWER_PERMISSIVE.decode(text.replace(char::is_whitespace, "").as_bytes()).unwrap()
}

#[test]
fn the_trace_of_rfc_8448_is_read() {
    let all = messages(&[hex(RFC_CLIENT), hex(RFC_SERVER)].concat());
    assert_eq!(all.iter().map(|message| message.kind).collect::<Vec<_>>(), [CLIENT_HELLO, SERVER_HELLO]);
    let hello = Hello::read(&all[0].body).unwrap();
    assert_eq!((hello.version, hello.name.as_str()), (Version::Tls13, "server"));
    assert_eq!(hello.suites.0, [0x1301, 0x1303, 0x1302]);
    assert_eq!(hello.groups.0, [29, 23, 24, 25, 256, 257, 258, 259, 260]);
    assert_eq!((hello.schemes.0.len(), hello.schemes.0[0], hello.schemes.0[14]), (15, 0x0403, 0x0202));
    assert_eq!((hello.shares.len(), hello.shares[0].group, hello.shares[0].key.0.len()), (1, 29, 32));
    let answer = ServerHello::read(&all[1].body).unwrap();
    assert_eq!((answer.agreed(), answer.suite, answer.retry, answer.group), (Some(Version::Tls13), 0x1301, false, Some(29)));
    assert_eq!(answer.extensions, [51, 43]);
}

#[test]
fn a_retry_shows_its_group() {
    let flight = Flight::read(&hex(OPENSSL_RETRY)).unwrap();
    // The change of ciphers behind it means nothing yet (RFC 8446 D.4), and nothing more comes in the clear.
    assert!(flight.sealed);
    let retry = ServerHello::read(flight.message(SERVER_HELLO).unwrap()).unwrap();
    assert_eq!((retry.agreed(), retry.retry, retry.group, retry.suite), (Some(Version::Tls13), true, Some(24), 0x1301));
}

#[test]
fn a_flight_of_tls_1_2_is_read() {
    let flight = Flight::read(&hex(OPENSSL_12)).unwrap();
    let kinds: Vec<u8> = flight.messages.iter().map(|message| message.kind).collect();
    assert_eq!(kinds, [SERVER_HELLO, CERTIFICATE, SERVER_KEY_EXCHANGE, SERVER_HELLO_DONE]);
    let hello = ServerHello::read(flight.message(SERVER_HELLO).unwrap()).unwrap();
    assert_eq!((hello.agreed(), hello.suite, hello.group), (Some(Version::Tls12), 0xc02b, None));
    let chain = certificates(flight.message(CERTIFICATE).unwrap()).unwrap();
    assert_eq!((chain.len(), chain[0][..2].to_vec()), (1, vec![0x30, 0x82]));
    assert_eq!(certificate_list(chain.iter().map(Vec::as_slice)), flight.message(CERTIFICATE).unwrap());
    let exchange = KeyExchange::read(flight.message(SERVER_KEY_EXCHANGE).unwrap(), Version::Tls12, Suite::of(0xc02b).unwrap()).unwrap();
    assert_eq!((exchange.exchanged, exchange.scheme), (Exchanged::Group(29), Some(0x0403)));
    // Cut anywhere it is read as far as it goes.
    let whole = hex(OPENSSL_12);
    for length in 0..whole.len() {
        assert!(Flight::read(&whole[..length]).unwrap().messages.len() <= 4);
    }
}

#[test]
fn an_alert_ends_a_flight_and_a_warning_does_not() {
    let flight = Flight::read(&hex(OPENSSL_ALERT)).unwrap();
    assert_eq!(flight.alert.map(Alert::name).as_deref(), Some("protocol_version"));
    let warned = Flight::read(&[hex("15030300020170"), hex(OPENSSL_12)].concat()).unwrap();
    assert_eq!((warned.alert, warned.messages.len()), (None, 4));
    assert_eq!(Flight::read(&Alert(40).write(Version::Tls13)).unwrap().alert, Some(Alert(40)));
}

#[test]
fn what_is_no_tls_is_told_at_once() {
    assert_eq!(Flight::read(b"HTTP/1.1 400 Bad Request"), Err(NotTls));
    assert_eq!(Flight::read(b"220 mail.example ESMTP"), Err(NotTls));
    // A record or a message longer than any.
    assert_eq!(Flight::read(&hex("160303ffff")), Err(NotTls));
    assert_eq!(Flight::read(&hex("1603030004 0bffffff")), Err(NotTls));
}

#[test]
fn primes_and_short_keys_are_measured() {
    let block = |content: &[u8]| super::octets::block(2, content);
    let dhe = |prime: &[u8]| [block(prime), block(&[2]), block(&[5; 128]), hex("0201"), block(&[0; 64])].concat();
    let suite = |code| Suite::of(code).unwrap();
    let exchange = KeyExchange::read(&dhe(&[0xff; 128]), Version::Tls12, suite(0x0033)).unwrap();
    assert_eq!((exchange.exchanged, exchange.scheme), (Exchanged::Prime(1024), Some(0x0201)));
    // Leading zeros do not make it longer, and before TLS 1.2 no scheme is named.
    let exchange = KeyExchange::read(&dhe(&[&[0, 0, 0x7f], [0xff; 63].as_slice()].concat()), Version::Tls10, suite(0x0033)).unwrap();
    assert_eq!((exchange.exchanged, exchange.scheme), (Exchanged::Prime(511), None));
    let rsa = [block(&[0x80; 64]), block(&[1, 0, 1]), block(&[0; 64])].concat();
    assert_eq!(KeyExchange::read(&rsa, Version::Ssl3, suite(0x0003)).unwrap().exchanged, Exchanged::ShortRsa(512));
    // Without a signature (anonymous), and a curve the server describes itself.
    let anonymous = [block(&[0xff; 256]), block(&[2]), block(&[5; 256])].concat();
    assert_eq!(KeyExchange::read(&anonymous, Version::Tls12, suite(0x0034)).unwrap().scheme, None);
    assert_eq!(KeyExchange::read(&[1, 0, 0], Version::Tls10, suite(0xc013)).unwrap().exchanged, Exchanged::OwnCurve);
}

#[test]
fn a_hello_is_never_of_a_length_that_some_balancers_drop() {
    for count in 1..SUITES.len() {
        let hello = Hello { suites: Codes(SUITES.iter().take(count).map(|(code, _)| *code).collect()), ..hello(Version::Tls12) };
        let length = hello.write(&[7; 32]).len() - 5;
        assert!(!(256..512).contains(&length), "{length}");
    }
}

fn hello(version: Version) -> Hello {
    let (suites, groups, schemes) = (Codes(vec![0xc02f]), Codes(vec![29]), Codes(vec![0x0403]));
    Hello { version, name: "a.example".to_owned(), suites, groups, schemes, shares: Vec::new() }
}

fn hellos() -> impl Strategy<Value = Hello> {
    let codes = |most: usize| prop::collection::vec(any::<u16>(), 1..most).prop_map(Codes);
    let shares = prop::collection::vec((any::<u16>(), prop::collection::vec(any::<u8>(), 0..60)), 0..3);
    let name = "([a-z0-9]{1,20}\\.){0,4}[a-z]{0,10}";
    (prop::sample::select(Version::ALL), name, codes(300), codes(60), codes(40), shares).prop_map(
        |(version, name, suites, groups, schemes, shares)| {
            let extended = version > Version::Ssl3;
            Hello {
                version,
                name: if extended { name } else { String::new() },
                suites,
                groups: if extended { groups } else { Codes::default() },
                schemes: if version >= Version::Tls12 { schemes } else { Codes::default() },
                shares: if version == Version::Tls13 {
                    shares.into_iter().map(|(group, key)| Share { group, key: Octets(key) }).collect()
                } else {
                    Vec::new()
                },
            }
        },
    )
}

proptest! {
    #[test]
    fn a_hello_that_is_written_is_read_back(hello in hellos(), random in any::<[u8; 32]>()) {
        let flight = Flight::read(&hello.write(&random)).unwrap();
        prop_assert_eq!(flight.messages.len(), 1);
        prop_assert_eq!(Hello::read(flight.message(CLIENT_HELLO).unwrap()).unwrap(), hello.clone());
        let json = serde_json::to_string(&hello).unwrap();
        prop_assert_eq!(serde_json::from_str::<Hello>(&json).unwrap(), hello);
    }

    #[test]
    fn no_bytes_make_a_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), code in any::<u16>()) {
        let _ = Flight::read(&bytes);
        read_all(&messages(&bytes), code);
        read_all(&[Message { kind: 2, body: bytes }], code);
    }

    #[test]
    fn good_answers_with_wrong_bytes_make_no_reader_panic(at in 0usize..2000, byte in any::<u8>(), cut in 0usize..2000, code in any::<u16>()) {
        for good in [OPENSSL_12, OPENSSL_RETRY, RFC_CLIENT, RFC_SERVER] {
            let mut bytes = hex(good);
            let length = bytes.len();
            bytes[at % length] = byte;
            bytes.truncate(length - cut % length);
            read_all(&Flight::read(&bytes).unwrap_or_default().messages, code);
            read_all(&messages(&bytes), code);
        }
    }
}

/// Everything that can be read of a message, whatever it says it is.
fn read_all(messages: &[Message], code: u16) {
    for message in messages {
        let _ = (Hello::read(&message.body), ServerHello::read(&message.body), certificates(&message.body));
        for suite in Suite::of(code).into_iter().chain([0x0003, 0x0033, 0xc02b].into_iter().filter_map(Suite::of)) {
            for version in Version::ALL {
                let _ = KeyExchange::read(&message.body, *version, suite);
            }
        }
    }
}
