//! What one visit heard, each exchange once, compressed: and from it the evidence of every check that used some of it, letter by letter.
//!
//! The text of evidence is a frame (time, place, target), the exchanges that were used, and an end. A [`Packer`] takes such texts
//! apart and keeps every piece once; [`Uses`] say which pieces make a text again. A text of another shape is one piece.

use std::collections::HashMap;
use std::fmt;
use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;

use super::Evidence;

/// The most a pack may expand to, in bytes: twice what the budget of a visit lets pages, headers and certificates come to.
pub const MOST: u64 = 64 * 1024 * 1024;
/// The most pieces a pack, and a text made of it, may have.
const MOST_PIECES: usize = 65_536;
/// How a frame ends. In JSON a quotation mark within a text is escaped, so that nothing a target says looks like it.
const FRAME_END: &str = "\"exchanges\":[";
/// What follows the last exchange.
const END: &str = "]}";

/// Why octets are no pack, or not the pack that holds a text.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    #[error("not compressed as a pack is: {0}")]
    Octets(#[from] std::io::Error),
    #[error("expands to more than {MOST} octets")]
    TooLarge,
    #[error("the list of its pieces does not fit them")]
    Pieces,
    #[error("it has no such piece")]
    NoPiece,
}

/// Which pieces of a pack make a text, spelled `7` or `0:1-4,6`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Uses {
    /// One piece is the text.
    Whole(usize),
    /// A frame and the exchanges in it.
    Framed { frame: usize, exchanges: Vec<usize> },
}

impl fmt::Display for Uses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (frame, exchanges) = match self {
            Self::Whole(piece) => return write!(f, "{piece}"),
            Self::Framed { frame, exchanges } => (frame, exchanges),
        };
        write!(f, "{frame}:")?;
        let mut runs: Vec<(usize, usize)> = Vec::new();
        for at in exchanges {
            match runs.last_mut() {
                Some((_, last)) if *last + 1 == *at => *last = *at,
                _ => runs.push((*at, *at)),
            }
        }
        for (number, (first, last)) in runs.iter().enumerate() {
            let comma = if number == 0 { "" } else { "," };
            if first == last { write!(f, "{comma}{first}")? } else { write!(f, "{comma}{first}-{last}")? }
        }
        Ok(())
    }
}

impl Uses {
    /// Reads the spelling; none of anything else, or where it names more pieces than there may be.
    pub fn parse(text: &str) -> Option<Self> {
        let number = |text: &str| text.parse::<usize>().ok().filter(|at| *at < MOST_PIECES);
        let Some((frame, rest)) = text.split_once(':') else { return number(text).map(Self::Whole) };
        let mut exchanges = Vec::new();
        for run in rest.split(',').filter(|_| !rest.is_empty()) {
            let (first, last) = run.split_once('-').unwrap_or((run, run));
            exchanges.extend(number(first)?..=number(last)?);
            if exchanges.len() > MOST_PIECES {
                return None;
            }
        }
        Some(Self::Framed { frame: number(frame)?, exchanges })
    }
}

/// The text of `evidence` up to its first exchange.
///
/// # Errors
/// Evidence that is no JSON: there is none such.
pub fn frame(evidence: &Evidence) -> serde_json::Result<String> {
    let empty = Evidence::new(evidence.place.clone(), evidence.target.clone(), evidence.at);
    let text = serde_json::to_string(&empty)?;
    Ok(text.strip_suffix(END).unwrap_or(&text).to_owned())
}

/// The text with another frame, its exchanges as they are; none where it has no frame.
pub fn reframed(text: &str, frame: &str) -> Option<String> {
    text.split_once(FRAME_END).map(|(_, exchanges)| format!("{frame}{exchanges}"))
}

/// Texts on their way into a pack.
#[derive(Debug, Default)]
pub struct Packer {
    pack: Pack,
    known: HashMap<String, usize>,
}

impl Packer {
    /// Takes evidence in, all of its exchanges.
    ///
    /// # Errors
    /// Evidence that is no JSON: there is none such.
    pub fn add(&mut self, evidence: &Evidence) -> serde_json::Result<Uses> {
        let frame = self.piece(frame(evidence)?);
        let exchanges = evidence.exchanges.iter().map(|one| Ok(self.piece(serde_json::to_string(one)?))).collect::<serde_json::Result<_>>()?;
        Ok(Uses::Framed { frame, exchanges })
    }

    /// Takes in a text of any shape.
    pub fn add_whole(&mut self, text: &str) -> Uses {
        Uses::Whole(self.piece(text.to_owned()))
    }

    fn piece(&mut self, text: String) -> usize {
        let pack = &mut self.pack;
        *self.known.entry(text).or_insert_with_key(|text| {
            pack.text.push_str(text);
            pack.ends.push(pack.text.len());
            pack.ends.len() - 1
        })
    }

    /// What was taken in.
    pub fn pack(self) -> Pack {
        self.pack
    }
}

/// Pieces of texts, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pack {
    /// One after the other.
    text: String,
    /// Where each ends.
    ends: Vec<usize>,
}

impl Pack {
    /// As it is kept: zlib (RFC 1950) of a line with the lengths of the pieces as a JSON array, and the pieces.
    ///
    /// # Errors
    /// A pack that could not be read again, because it is too large.
    pub fn write(&self) -> Result<Vec<u8>, Broken> {
        let lengths: Vec<String> = (0..self.ends.len()).filter_map(|at| Some(self.piece(at)?.len().to_string())).collect();
        let head = format!("[{}]\n", lengths.join(","));
        if (head.len() + self.text.len()) as u64 > MOST || self.ends.len() > MOST_PIECES {
            return Err(Broken::TooLarge);
        }
        let mut to = ZlibEncoder::new(Vec::new(), Compression::default());
        to.write_all(head.as_bytes())?;
        to.write_all(self.text.as_bytes())?;
        Ok(to.finish()?)
    }

    /// Reads what [`Pack::write`] made; never more than [`MOST`] of it.
    ///
    /// # Errors
    /// What is no pack.
    pub fn read(octets: &[u8]) -> Result<Self, Broken> {
        let mut all = Vec::new();
        ZlibDecoder::new(octets).take(MOST + 1).read_to_end(&mut all)?;
        if all.len() as u64 > MOST {
            return Err(Broken::TooLarge);
        }
        let all = String::from_utf8(all).map_err(|_| Broken::Pieces)?;
        let (head, text) = all.split_once('\n').ok_or(Broken::Pieces)?;
        let lengths: Vec<usize> = serde_json::from_str(head).map_err(|_| Broken::Pieces)?;
        let mut ends = Vec::with_capacity(lengths.len());
        let mut end = 0_usize;
        for length in lengths {
            end = end.checked_add(length).filter(|end| text.is_char_boundary(*end)).ok_or(Broken::Pieces)?;
            ends.push(end);
        }
        if end != text.len() || ends.len() > MOST_PIECES {
            return Err(Broken::Pieces);
        }
        Ok(Self { text: text.to_owned(), ends })
    }

    fn piece(&self, at: usize) -> Option<&str> {
        let begin = at.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied())?;
        self.text.get(begin..*self.ends.get(at)?)
    }

    /// The text that `uses` make; `frame` stands in the place of the pack's own, as where evidence was judged again under another
    /// policy.
    ///
    /// # Errors
    /// Uses of another pack.
    pub fn text(&self, uses: &Uses, frame: Option<&str>) -> Result<String, Broken> {
        let piece = |at: usize| self.piece(at).ok_or(Broken::NoPiece);
        let (own, exchanges) = match uses {
            Uses::Whole(at) => return piece(*at).map(str::to_owned),
            Uses::Framed { frame, exchanges } => (frame, exchanges),
        };
        let mut text = match frame {
            Some(frame) => frame.to_owned(),
            None => piece(*own)?.to_owned(),
        };
        for (number, at) in exchanges.iter().enumerate() {
            if number > 0 {
                text.push(',');
            }
            text.push_str(piece(*at)?);
            // A piece may be named again and again: what is made of a bounded pack is bounded too.
            if text.len() as u64 > MOST {
                return Err(Broken::TooLarge);
            }
        }
        text.push_str(END);
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::evidence::{Allowed, Exchange, Heard, Octets, Place, Question, Response, Target};

    /// What a visit heard: for each of `said` the answer of a name server and a page, with whatever characters.
    fn visit(said: &[String]) -> Evidence {
        let mut evidence = Evidence::new(Place::internet("here"), Target::new("a.example"), 7);
        for (number, text) in said.iter().enumerate() {
            let dns = Question::Dns { name: format!("n{number}.example"), kind: "TXT".into(), signed: number % 2 == 0 };
            let wire = Octets(text.as_bytes().to_vec());
            let heard = Heard::Message { rcode: "NOERROR".into(), answer: vec![text.clone()], authority: Vec::new(), wire };
            evidence.keep(Exchange { question: dns, heard, ms: number as u64, tried: vec![text.clone()] });
            let page = Question::Http { address: ([192, 0, 2, 1], 443).into(), name: text.clone(), tls: true, path: format!("/{number}") };
            let response = Response { status: 200, headers: vec![("x".into(), text.clone())], ..Response::default() };
            evidence.keep(Exchange { question: page, heard: Heard::Response(response), ms: 1, tried: Vec::new() });
        }
        evidence
    }

    /// The part of `evidence` that some check read.
    fn part(evidence: &Evidence, wanted: &[prop::sample::Index]) -> Evidence {
        evidence.begin();
        for at in wanted.iter().filter(|_| !evidence.exchanges.is_empty()) {
            evidence.heard(at.get(&evidence.exchanges).question.clone()).unwrap();
        }
        evidence.used()
    }

    fn json(evidence: &Evidence) -> String {
        serde_json::to_string(evidence).unwrap()
    }

    proptest! {
        /// The hash of evidence is taken of its text: it must come back letter by letter.
        #[test]
        fn what_each_check_used_comes_back_letter_by_letter(
            said in prop::collection::vec(r#"(exchanges|["\[\]{}:,\\]|\PC|[\x00-\x1f]){0,12}"#, 0..6),
            checks in prop::collection::vec(prop::collection::vec(any::<prop::sample::Index>(), 0..8), 1..8),
            foreign in any::<String>(),
            vantage in any::<String>(),
        ) {
            let evidence = visit(&said);
            let mut packer = Packer::default();
            let parts: Vec<Evidence> = checks.iter().map(|wanted| part(&evidence, wanted)).collect();
            let uses: Vec<Uses> = parts.iter().map(|part| packer.add(part).unwrap()).collect();
            let other = packer.add_whole(&foreign);
            let pack = Pack::read(&packer.pack().write().unwrap()).unwrap();
            // The frame, each exchange, the foreign text: no piece stands in it twice.
            prop_assert!(pack.ends.len() <= 2 + evidence.exchanges.len());
            prop_assert_eq!(pack.text(&other, None).unwrap(), foreign);
            let place = Place { vantage, ..evidence.place.clone() };
            for (part, uses) in parts.iter().zip(uses) {
                let uses = Uses::parse(&uses.to_string()).unwrap();
                let text = pack.text(&uses, None).unwrap();
                prop_assert_eq!(&text, &json(part));
                // The same exchanges in another frame.
                let moved = json(&Evidence { place: place.clone(), ..part.clone() });
                let frame = frame(&Evidence::new(place.clone(), part.target.clone(), part.at)).unwrap();
                prop_assert_eq!(reframed(&text, &frame).unwrap(), &*moved);
                prop_assert_eq!(pack.text(&uses, Some(&frame)).unwrap(), moved);
            }
        }

        #[test]
        fn uses_are_read_as_they_are_spelled(frame in 0..MOST_PIECES, exchanges in prop::collection::vec(0..MOST_PIECES, 0..40), run in 0..50_usize) {
            for exchanges in [exchanges, (run..run * 2).collect()] {
                let uses = Uses::Framed { frame, exchanges };
                prop_assert_eq!(Uses::parse(&uses.to_string()), Some(uses));
            }
            prop_assert_eq!(Uses::parse(&Uses::Whole(frame).to_string()), Some(Uses::Whole(frame)));
        }

        #[test]
        fn nothing_makes_the_reader_fall_over(octets in prop::collection::vec(any::<u8>(), 0..200), at in any::<prop::sample::Index>(), spelled in "[0-9:,-]{0,12}") {
            prop_assert!(Pack::read(&octets).is_err());
            let mut packer = Packer::default();
            let uses = packer.add(&visit(&["ä".into(), "b".into()])).unwrap();
            let pack = packer.pack();
            let mut written = pack.write().unwrap();
            let at = at.index(written.len());
            written[at] ^= 0x55;
            if let Ok(read) = Pack::read(&written) {
                prop_assert_eq!(read.text(&uses, None).unwrap(), pack.text(&uses, None).unwrap());
            }
            if let Some(uses) = Uses::parse(&spelled) {
                let _ = pack.text(&uses, None);
            }
        }
    }

    #[test]
    fn uses_are_short() {
        let spelled = |exchanges: &[usize]| Uses::Framed { frame: 0, exchanges: exchanges.to_vec() }.to_string();
        for (exchanges, wanted) in [(&[][..], "0:"), (&[3], "0:3"), (&[1, 2, 3, 4, 6, 8, 9], "0:1-4,6,8-9"), (&[2, 1, 1], "0:2,1,1")] {
            assert_eq!(spelled(exchanges), wanted);
        }
        for wrong in ["", ":", "-", "1:2-", "1:a", "x:1", "0:1,,2", "65536", "0:65536", "0:0-99999999999", "-1"] {
            assert_eq!(Uses::parse(wrong), None, "{wrong}");
        }
        let often = "0-65535,".repeat(9);
        assert_eq!(Uses::parse(&format!("0:{}", often.trim_end_matches(','))), None);
    }

    fn zlib(text: &str) -> Vec<u8> {
        let mut to = ZlibEncoder::new(Vec::new(), Compression::fast());
        to.write_all(text.as_bytes()).unwrap();
        to.finish().unwrap()
    }

    #[test]
    fn pieces_fit_their_list_or_it_is_no_pack() {
        let pack = Pack::read(&zlib("[1,0,3]\nabcd")).unwrap();
        assert_eq!((pack.piece(0), pack.piece(1), pack.piece(2), pack.piece(3)), (Some("a"), Some(""), Some("bcd"), None));
        assert!(matches!(pack.text(&Uses::Whole(3), None), Err(Broken::NoPiece)));
        assert_eq!(Pack::read(&Pack::default().write().unwrap()).unwrap(), Pack::default());
        // The last cuts a letter in two.
        for wrong in ["", "[1]", "[1]\n", "[2]\na", "[1]\nab", "[-1]\na", "{}\n", "[18446744073709551615,2]\na", "[1,1]\nä"] {
            assert!(matches!(Pack::read(&zlib(wrong)), Err(Broken::Pieces)), "{wrong}");
        }
        let whole = zlib("[1,0,3]\nabcd");
        assert!(matches!(Pack::read(&whole[..whole.len() - 5]), Err(Broken::Octets(_))), "cut short");
    }

    #[test]
    fn no_pack_expands_without_end() {
        let mut to = ZlibEncoder::new(Vec::new(), Compression::fast());
        let zeros = vec![b'0'; 1024 * 1024];
        for _ in 0..=MOST / zeros.len() as u64 {
            to.write_all(&zeros).unwrap();
        }
        let small = to.finish().unwrap();
        assert!(small.len() < 2 * 1024 * 1024, "{}", small.len());
        assert!(matches!(Pack::read(&small), Err(Broken::TooLarge)));
        // One large piece named again and again.
        let mut packer = Packer::default();
        packer.add_whole(&"x".repeat(8 * 1024 * 1024));
        let often = Uses::Framed { frame: 0, exchanges: vec![0; 1000] };
        assert!(matches!(packer.pack().text(&often, None), Err(Broken::TooLarge)));
    }

    #[test]
    fn another_policy_is_another_frame_of_the_same_exchanges() {
        let evidence = visit(&["a".into()]);
        let mut packer = Packer::default();
        let first = packer.add(&evidence).unwrap();
        let other = Target { allow: Allowed { suffixes: vec!["lg.jp".into()], version: "2".into() }, ..evidence.target.clone() };
        let second = packer.add(&Evidence { target: other, ..evidence.clone() }).unwrap();
        assert_eq!((first.to_string(), second.to_string()), ("0:1-2".to_owned(), "3:1-2".to_owned()));
        assert_eq!(reframed("no evidence", "{"), None);
    }
}
