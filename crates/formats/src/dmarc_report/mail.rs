//! What is attached to a mail (RFC 5322, RFC 2045, RFC 2046): as much of it as finding a report takes, in bounded depth.

use data_encoding::BASE64;

/// Multiparts and mails inside each other.
const DEEPEST: usize = 8;
/// Parts that are looked at.
const MOST_PARTS: usize = 100;
/// Octets of the fields before a part.
const LONGEST_HEAD: usize = 64 << 10;

/// A part that holds something of its own.
pub(super) struct Attached {
    /// Media type in lower case, for example `application/gzip`.
    pub kind: String,
    /// Whether its name ends as that of an XML file.
    pub named_xml: bool,
    /// None: its encoding is damaged.
    pub content: Option<Vec<u8>>,
}

/// The parts of a mail, innermost ones, in their order.
pub(super) fn attached(mail: &[u8]) -> Vec<Attached> {
    let mut found = Vec::new();
    // Mailboxes put a line of their own before each mail (RFC 4155).
    let mail =
        if mail.starts_with(b"From ") { mail.iter().position(|c| *c == b'\n').and_then(|at| mail.get(at + 1..)).unwrap_or_default() } else { mail };
    walk(mail, 0, &mut found);
    found
}

fn walk(part: &[u8], depth: usize, found: &mut Vec<Attached>) {
    if depth == DEEPEST || found.len() == MOST_PARTS {
        return;
    }
    let (head, body) = split(part);
    let fields = fields(head);
    let field = |wanted: &str| fields.iter().find(|(name, _)| name == wanted).map_or("", |(_, value)| value.as_str());
    let (kind, parameters) = parameters(field("content-type"));
    let boundary = parameters.iter().find(|(name, _)| name == "boundary").map(|(_, value)| value.as_str());
    match (kind.split_once('/'), boundary) {
        (Some(("multipart", _)), Some(boundary)) => parts(body, boundary).into_iter().for_each(|part| walk(part, depth + 1, found)),
        (Some(("message", "rfc822")), _) => walk(body, depth + 1, found),
        _ => {
            let (_, more) = self::parameters(field("content-disposition"));
            let named_xml = parameters.iter().chain(&more).any(|(_, value)| value.to_ascii_lowercase().ends_with(".xml"));
            let content = match field("content-transfer-encoding").trim().to_ascii_lowercase().as_str() {
                "base64" => base64(body),
                "quoted-printable" => Some(quoted_printable(body)),
                _ => Some(body.to_vec()),
            };
            found.push(Attached { kind, named_xml, content });
        }
    }
}

/// Fields and body, which an empty line parts.
fn split(part: &[u8]) -> (&[u8], &[u8]) {
    let mut at = 0;
    for line in part.split_inclusive(|c| *c == b'\n') {
        let end = at + line.len();
        if line == b"\n" || line == b"\r\n" {
            return (part.get(..at).unwrap_or_default(), part.get(end..).unwrap_or_default());
        }
        at = end;
        if at > LONGEST_HEAD {
            break;
        }
    }
    (part.get(..LONGEST_HEAD.min(part.len())).unwrap_or_default(), &[])
}

/// Names in lower case and values, unfolded.
fn fields(head: &[u8]) -> Vec<(String, String)> {
    let mut fields: Vec<(String, String)> = Vec::new();
    for line in String::from_utf8_lossy(head).lines() {
        match (line.starts_with([' ', '\t']), fields.last_mut(), line.split_once(':')) {
            (true, Some((_, value)), _) => value.push_str(line),
            (false, _, Some((name, value))) => fields.push((name.trim_end().to_ascii_lowercase(), value.to_owned())),
            _ => {}
        }
    }
    fields
}

/// A value and its parameters, names in lower case (RFC 2045 5.1).
fn parameters(field: &str) -> (String, Vec<(String, String)>) {
    let (mut pieces, mut quoted, mut escaped) = (vec![String::new()], false, false);
    for c in field.chars() {
        match (c, pieces.last_mut()) {
            (';', _) if !quoted => pieces.push(String::new()),
            ('"', _) if !escaped => quoted = !quoted,
            ('\\', _) if quoted && !escaped => {
                escaped = true;
                continue;
            }
            (c, Some(last)) => last.push(c),
            _ => {}
        }
        escaped = false;
    }
    let mut pieces = pieces.into_iter();
    let value = pieces.next().unwrap_or_default().trim().to_ascii_lowercase();
    let pair = |piece: String| piece.split_once('=').map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().to_owned()));
    (value, pieces.filter_map(pair).collect())
}

/// The parts between lines of `boundary` (RFC 2046 5.1.1); the last one may lack its end.
fn parts<'a>(body: &'a [u8], boundary: &str) -> Vec<&'a [u8]> {
    let (mut parts, mut begin, mut at) = (Vec::new(), None, 0);
    for line in body.split_inclusive(|c| *c == b'\n') {
        let rest = line.strip_prefix(b"--").and_then(|line| line.strip_prefix(boundary.as_bytes())).map(|rest| rest.trim_ascii_end());
        let end = at + line.len();
        if let Some(rest) = rest.filter(|rest| rest.is_empty() || *rest == b"--") {
            parts.extend(begin.and_then(|begin| body.get(begin..at)));
            begin = rest.is_empty().then_some(end);
            if begin.is_none() || parts.len() == MOST_PARTS {
                return parts;
            }
        }
        at = end;
    }
    parts.extend(begin.and_then(|begin| body.get(begin..)));
    parts
}

/// What base64 lines say (RFC 2045 6.8); none when they are damaged.
fn base64(body: &[u8]) -> Option<Vec<u8>> {
    let digits: Vec<u8> = body.iter().copied().filter(|c| !c.is_ascii_whitespace()).collect();
    BASE64.decode(&digits).ok()
}

/// What quoted-printable lines say (RFC 2045 6.7); what is no escape stays.
fn quoted_printable(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let mut rest = body;
    while let [first, tail @ ..] = rest {
        let digit = |c: &u8| char::from(*c).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        rest = match (first, tail) {
            (b'=', [b'\r', b'\n', after @ ..] | [b'\n', after @ ..]) => after,
            (b'=', [high, low, after @ ..]) if digit(high).is_some() && digit(low).is_some() => {
                out.push(digit(high).unwrap_or_default() * 16 + digit(low).unwrap_or_default());
                after
            }
            _ => {
                out.push(*first);
                tail
            }
        };
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_unfolded_and_parameters_unquoted() {
        let head = b"Received: x\r\nContent-Type: Application/X-Zip;\r\n\tname=\"a; \\\"b\\\".XML\" ; Boundary = c\r\nno field\r\n";
        assert_eq!(fields(head)[1].0, "content-type");
        let (kind, parameters) = parameters(&fields(head)[1].1);
        assert_eq!(
            (kind.as_str(), parameters[0].1.as_str(), parameters[1].clone()),
            ("application/x-zip", "a; \"b\".XML", ("boundary".into(), "c".into()))
        );
    }

    #[test]
    fn parts_and_their_encodings() {
        let mail = "A: b\n\nignored\n--x\nContent-Transfer-Encoding: BASE64\n\naGVs\nbG8=\n--x \n\n--xy\nplain\n--x\nContent-Transfer-Encoding: quoted-printable\n\n\
            a=3Db=\nc=zz\n--x--\n--x\n\nno part\n";
        let mail = format!("Content-Type: multipart/mixed; boundary=x\n{mail}");
        let contents: Vec<_> = attached(mail.as_bytes()).into_iter().map(|part| String::from_utf8(part.content.unwrap()).unwrap()).collect();
        assert_eq!(contents, ["hello", "--xy\nplain\n", "a=bc=zz\n"]);
        assert!(attached(b"Content-Transfer-Encoding: base64\n\n***").remove(0).content.is_none());
    }

    #[test]
    fn depth_and_number_of_parts_are_bounded() {
        assert!(attached(&b"Content-Type: message/rfc822\n\n".repeat(100_000)).is_empty());
        let many = [b"Content-Type: multipart/mixed; boundary=x\n\n".as_slice(), &b"--x\n\na\n".repeat(10_000)].concat();
        assert_eq!(attached(&many).len(), MOST_PARTS);
    }
}
