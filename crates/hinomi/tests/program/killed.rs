//! SIGKILL while people answer: whatever was accepted is there afterwards, whole, and answering goes on.

use std::io::Write;
use std::net::TcpStream;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use super::place::{Place, Server, ask, install, json, read, request, status, text};

/// After how many accepted answers the server is killed, one round each.
const KILLS: [usize; 4] = [1, 4, 13, 26];
/// People who answer in one round; each sends two requests.
const PEOPLE: usize = 16;
/// How many of the questions the first request of a person answers.
const FIRST: usize = 6;
/// Connections at the same time.
const CONNECTIONS: usize = 4;

/// Somebody who answers by their personal link. The first request answers some questions, the second changes these and
/// answers the rest, so that half of a request would show.
pub struct Person {
    code: String,
    cookie: String,
    questions: Vec<Value>,
    /// The number of the last request sent, and of the last one accepted.
    sent: AtomicUsize,
    accepted: AtomicUsize,
}

impl Person {
    /// The answers of request number `number`.
    fn answers(&self, number: usize) -> Vec<Value> {
        let (count, claim) = if number == 1 { (FIRST, "implemented") } else { (self.questions.len(), "partly") };
        let answer = |question: &Value| json!({ "requirement_id": question["requirement_id"], "claim": claim, "note": number.to_string() });
        self.questions.iter().take(count).map(answer).collect()
    }

    /// Request number `number` as a program sends it, or as the browser sends the form.
    fn request(&self, address: &str, number: usize, form: bool) -> Vec<u8> {
        let (path, kind, body) = if form {
            let mut body = String::new();
            let mut field = |name: String, value: &Value| {
                body.push_str(&format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{}\r\n", value.as_str().unwrap()));
            };
            for (index, answer) in self.answers(number).iter().enumerate() {
                field(format!("r{index}"), &answer["requirement_id"]);
                field(format!("c{index}"), &answer["claim"]);
                field(format!("n{index}"), &answer["note"]);
            }
            body.push_str("--edge--\r\n");
            ("/answer?page=1", "multipart/form-data; boundary=edge", body)
        } else {
            ("/api/v1/inspections/answer", "application/json", json!(self.answers(number)).to_string())
        };
        let mut out = request(address, "POST", path, &[("Content-Type", kind), ("Cookie", &self.cookie)], body.len());
        out.extend_from_slice(body.as_bytes());
        out
    }

    /// Sends request number `number`; whether it was accepted. An error where the server went away.
    fn send(&self, address: &str, number: usize, form: bool) -> std::io::Result<()> {
        self.sent.store(number, Ordering::SeqCst);
        let mut stream = TcpStream::connect(address)?;
        stream.write_all(&self.request(address, number, form))?;
        let answer = read(&mut stream)?;
        assert_eq!(status(&answer), if form { 303 } else { 200 }, "{}: {answer}", self.code);
        self.accepted.store(number, Ordering::SeqCst);
        Ok(())
    }

    /// Which request's state the server shows: 0 is none. Anything that is no such state is half an answer.
    fn stands(&self, address: &str) -> usize {
        let questions = json(&ask(address, "GET", "/api/v1/inspections/answer", &[("Cookie", &self.cookie)], b"").unwrap());
        let found: Vec<Value> = questions
            .as_array()
            .unwrap()
            .iter()
            .filter(|question| !question["claim"].is_null())
            .map(|question| json!([question["requirement_id"], question["claim"], question["note"], question["version"]]))
            .collect();
        let after = |number: usize| -> Vec<Value> {
            let line =
                |(index, one): (usize, &Value)| json!([one["requirement_id"], one["claim"], one["note"], if index < FIRST { number } else { 1 }]);
            self.answers(number).iter().enumerate().map(line).collect()
        };
        match found.len() {
            0 => 0,
            _ if found == after(1) => 1,
            _ if found == after(2) => 2,
            _ => panic!("{}: half an answer: {found:?}", self.code),
        }
    }
}

/// An installation with an open cycle and `count` people, with their personal links, and the administrator's session.
pub fn open_cycle(place: &Place, count: usize) -> (Vec<Person>, String) {
    let session = install(place);
    let file = |name: &str, lines: String| {
        let path = place.file(name);
        std::fs::write(&path, lines).unwrap();
        path
    };
    let organisations = file("organisations.csv", "code,parent,kind,name_ja,valid_from\nmoa,centre,ministry,甲省,2020-04-01\n".into());
    place.fine(&["register", "import", text(&organisations)]);
    let lines: String = (0..count).map(|at| format!("moa,p{at:03},職員,staff\n")).collect();
    let people = file("people.csv", format!("organisation,code,name,roles\n{lines}"));
    place.fine(&["cycle", "respondents", "import", text(&people)]);
    place.fine(&["standards", "baseline", "1"]);
    let editions: Value = serde_json::from_str(&place.fine(&["--json", "standards", "list"])).unwrap();
    let edition = editions[0]["id"].as_str().unwrap();
    let dates = ["--opens", "2020-04-01", "--closes", "2999-03-31", "--name-ja", "点検", "--name-en", "Inspection"];
    place.fine(&[&["cycle", "create", "2020", "--edition", edition][..], &dates].concat());
    place.fine(&["cycle", "announce", "2020"]);
    place.fine(&["cycle", "open", "2020"]);
    let letters: Value = serde_json::from_str(&place.fine(&["--json", "cycle", "links", "2020"])).unwrap();
    let server = Server::start(place);
    let person = |letter: &Value| {
        let secret = letter["link"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
        let cookie = format!("hinomi_link={secret}");
        let questions = json(&ask(&server.address, "GET", "/api/v1/inspections/answer", &[("Cookie", &cookie)], b"").unwrap());
        Person {
            code: letter["code"].as_str().unwrap().to_owned(),
            cookie,
            questions: questions.as_array().unwrap().clone(),
            sent: AtomicUsize::new(0),
            accepted: AtomicUsize::new(0),
        }
    };
    let people: Vec<Person> = letters.as_array().unwrap().iter().map(person).collect();
    assert!(people.len() == count && people.iter().all(|person| person.questions.len() > FIRST));
    (people, session)
}

/// Answers from several connections until the `kill`-th acceptance, and kills the server there: while other answers are under
/// way, one has arrived whole and is not answered yet, and one has arrived by half.
fn answer_until(server: Server, kill: usize, people: &[Person], late: &Person, half: &Person) {
    let address = server.address.clone();
    let (next, accepted) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let server = Mutex::new(server);
    let work = |form: bool| {
        while let Some(person) = people.get(next.fetch_add(1, Ordering::SeqCst)) {
            for number in [1, 2] {
                if person.send(&address, number, form).is_err() {
                    return;
                }
                if accepted.fetch_add(1, Ordering::SeqCst) + 1 == kill {
                    let mut whole = TcpStream::connect(&address).unwrap();
                    let mut part = TcpStream::connect(&address).unwrap();
                    let bytes = half.request(&address, 1, !form);
                    part.write_all(bytes.get(..bytes.len() - 200).unwrap()).unwrap();
                    late.sent.store(1, Ordering::SeqCst);
                    whole.write_all(&late.request(&address, 1, form)).unwrap();
                    server.lock().unwrap().kill();
                    return;
                }
            }
        }
    };
    std::thread::scope(|scope| {
        let work = &work;
        for connection in 0..CONNECTIONS {
            scope.spawn(move || work(connection % 2 == 0));
        }
    });
    assert!(accepted.load(Ordering::SeqCst) >= kill, "everybody has answered before the kill");
}

/// How many lines of the audit log say that this person answered.
fn told(log: &[Value], person: &Person) -> usize {
    let mark = format!("({})", person.code);
    log.iter().filter(|line| line["verb"] == "answer.give" && line["actor_name"].as_str().unwrap().ends_with(&mark)).count()
}

#[test]
fn an_accepted_answer_survives_a_kill_and_none_is_half() {
    let place = Place::on_any_database();
    let (people, _) = open_cycle(&place, KILLS.len() * (PEOPLE + 2));
    for (round, (kill, group)) in KILLS.into_iter().zip(people.chunks(PEOPLE + 2)).enumerate() {
        let (late, half, group_of_answering) = (&group[PEOPLE], &group[PEOPLE + 1], &group[..PEOPLE]);
        answer_until(Server::start(&place), kill, group_of_answering, late, half);

        // As it lies there: the chain holds, and what the log tells is what is there.
        place.fine(&["audit", "verify"]);
        let file = place.file(&format!("audit-{round}.ndjson"));
        place.fine(&["audit", "export", text(&file)]);
        let log: Vec<Value> = std::fs::read_to_string(&file).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let letters: Value = serde_json::from_str(&place.fine(&["--json", "cycle", "links", "2020"])).unwrap();
        let counted = |person: &Person| {
            let letter = letters.as_array().unwrap().iter().find(|letter| letter["code"] == person.code.as_str());
            letter.map_or(person.questions.len(), |letter| usize::try_from(letter["answered"].as_i64().unwrap()).unwrap())
        };
        let server = Server::start(&place);
        for person in people.iter().take((round + 1) * (PEOPLE + 2)) {
            let stands = person.stands(&server.address);
            let (accepted, sent) = (person.accepted.load(Ordering::SeqCst), person.sent.load(Ordering::SeqCst));
            assert!(accepted <= stands && stands <= sent, "{} after {kill}: accepted {accepted}, sent {sent}, there {stands}", person.code);
            assert_eq!(told(&log, person), stands, "{}: the log and the answers", person.code);
            assert_eq!(counted(person), person.answers(stands.max(1)).len() * stands.min(1), "{}: the count of answers", person.code);
        }

        // Answering goes on where it stopped.
        for person in group {
            for number in person.stands(&server.address) + 1..=2 {
                person.send(&server.address, number, number == 1).unwrap();
            }
            assert_eq!(person.stands(&server.address), 2, "{}", person.code);
            person.accepted.store(2, Ordering::SeqCst);
            person.sent.store(2, Ordering::SeqCst);
        }
    }
    place.fine(&["audit", "verify"]);
    place.fine(&["cycle", "close", "2020"]);
}
