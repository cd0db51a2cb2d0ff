//! The program from outside: the built binary, its exit codes, its words in both languages; on SQLite, and
//! where it is killed on PostgreSQL too.

#[path = "program/bad_input.rs"]
mod bad_input;
#[path = "program/killed.rs"]
mod killed;
#[path = "program/killed_imports.rs"]
mod killed_imports;
#[path = "program/killed_runs.rs"]
mod killed_runs;
#[path = "program/place.rs"]
mod place;

use std::process::Command;

use place::{Place, SETUP, Server, code, installed, said, text};

#[test]
fn wrong_arguments_end_with_two_and_the_usage() {
    let place = Place::new();
    for arguments in [&["nonsense"][..], &["audit"], &["accounts", "add", "a@b.c"], &["token", "create", "--days", "x"], &["backup"], &[]] {
        let output = place.run(arguments);
        assert_eq!(code(&output), 2, "{arguments:?}: {}", said(&output));
        assert!(said(&output).contains("Usage:") || said(&output).contains("--help"), "{arguments:?}: {}", said(&output));
    }
    let help = place.run(&["--lang", "ja", "audit", "--help"]);
    assert!(code(&help) == 0 && said(&help).contains("監査ログの検証"), "{}", said(&help));
    assert!(!place.data().exists(), "nothing was made");
}

#[test]
fn an_address_in_use_is_said_in_words_and_leaves_the_data_alone() {
    let place = Place::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let output = place.run(&["serve", "--listen", &taken.local_addr().unwrap().to_string()]);
    assert_eq!(code(&output), 2);
    assert!(said(&output).contains("is in use"), "{}", said(&output));
    assert!(!place.data().exists());
}

#[test]
fn a_secret_is_never_taken_from_the_command_line() {
    let place = Place::new();
    let output = place.run(&["serve", "--oidc-issuer", "https://id.example", "--oidc-client-id", "h"]);
    assert_eq!(code(&output), 2);
    assert!(said(&output).contains("HINOMI_OIDC_SECRET"), "{}", said(&output));
    assert_eq!(code(&place.run(&["serve", "--oidc-secret", "x"])), 2);
}

#[test]
fn the_audit_log_is_exported_and_verified_offline() {
    let place = installed();
    let file = place.file("audit.ndjson");
    assert_eq!(code(&place.run(&["audit", "export", text(&file)])), 0);
    let offline = |extra: &[&str]| {
        let mut arguments = vec!["--data", "/nowhere/at/all", "audit", "verify", text(&file)];
        arguments.extend(extra);
        let mut command = Command::new(env!("CARGO_BIN_EXE_hinomi"));
        command.args(arguments).env_clear().env("LANG", "en_GB.UTF-8").output().unwrap()
    };
    let output = offline(&[]);
    assert_eq!(code(&output), 0, "{}", said(&output));
    let head = place.run(&["audit", "head"]);
    let hash = said(&head).split_whitespace().nth(1).unwrap().to_owned();
    assert_eq!(code(&offline(&["--head", &hash])), 0);

    let whole = std::fs::read_to_string(&file).unwrap();
    let lines: Vec<&str> = whole.lines().collect();
    let write = |lines: &[String]| std::fs::write(&file, lines.join("\n") + "\n").unwrap();
    let all = || lines.iter().map(|line| (*line).to_owned()).collect::<Vec<String>>();
    let mut changed = all();
    changed[2] = changed[2].replacen("\"area\":\"", "\"area\":\"x", 1);
    write(&changed);
    let output = offline(&[]);
    assert!(code(&output) == 1 && said(&output).contains("line 3") && said(&output).contains("was changed"), "{}", said(&output));
    let mut removed = all();
    removed.remove(1);
    write(&removed);
    let output = offline(&[]);
    assert!(code(&output) == 1 && said(&output).contains("line 2"), "{}", said(&output));
    let mut garbled = all();
    garbled[3] = "{".to_owned();
    write(&garbled);
    assert!(said(&offline(&[])).contains("line 4"));
    // Cut off at the end the rest still holds; only the hash noted elsewhere tells.
    write(&all()[..lines.len() - 1]);
    assert_eq!((code(&offline(&[])), code(&offline(&["--head", &hash]))), (0, 1));
}

#[test]
fn accounts_and_tokens_at_the_command_line() {
    let place = installed();
    let add = place.run(&["accounts", "add", "b@example.test", "--name", "B", "--role", "ciso", "--organisation", "centre"]);
    assert!(code(&add) == 0 && said(&add).contains("/sign-in/link/"), "{}", said(&add));
    let twice = place.run(&["accounts", "add", "b@example.test", "--name", "B", "--role", "ciso", "--organisation", "centre"]);
    assert_eq!(code(&twice), 2, "{}", said(&twice));
    let nowhere = place.run(&["accounts", "role", "b@example.test", "--role", "auditor", "--organisation", "nowhere"]);
    assert_eq!(code(&nowhere), 2, "{}", said(&nowhere));
    assert_eq!(code(&place.run(&["accounts", "role", "b@example.test", "--role", "auditor", "--organisation", "centre"])), 0);
    assert!(
        said(&place.run(&["accounts", "list"])).contains("ciso@centre auditor@centre")
            || said(&place.run(&["accounts", "list"])).contains("auditor@centre ciso@centre")
    );
    let token = place.run(&["token", "create", "b@example.test", "--name", "t", "--role", "ciso"]);
    assert!(said(&token).starts_with("hin_"), "{}", said(&token));
    assert_eq!(code(&place.run(&["token", "create", "b@example.test", "--name", "t", "--role", "administrator"])), 2);
    let list: serde_json::Value = serde_json::from_slice(&place.run(&["--json", "token", "list"]).stdout).unwrap();
    let id = list[0]["token"]["id"].as_str().unwrap();
    assert!(!list.to_string().contains("hin_"), "never the secret again");
    assert_eq!(code(&place.run(&["token", "revoke", id])), 0);
    assert_eq!(code(&place.run(&["token", "revoke", id])), 2);
    assert_eq!(code(&place.run(&["accounts", "role", "b@example.test", "--role", "auditor", "--organisation", "centre", "--take"])), 0);
    assert_eq!(code(&place.run(&["accounts", "deactivate", "b@example.test"])), 0);
    assert_eq!(code(&place.run(&["accounts", "link", "b@example.test"])), 2);
}

#[test]
fn a_backup_is_restored_elsewhere_and_nowhere_twice() {
    let place = installed();
    let file = place.file("backup.zip");
    let made = place.run(&["backup", text(&file)]);
    assert_eq!(code(&made), 0, "{}", said(&made));
    use std::os::unix::fs::PermissionsExt;
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o077, 0, "only its owner reads it");
    assert_eq!(code(&place.run(&["backup", text(&file)])), 2, "an existing file stays");
    let other = Place::new();
    assert_eq!(code(&other.run(&["restore", text(&file)])), 0);
    assert!(said(&other.run(&["accounts", "list"])).contains("first@example.test"));
    assert_eq!(code(&other.run(&["audit", "verify"])), 0);
    let again = other.run(&["restore", text(&file)]);
    assert!(code(&again) == 2 && said(&again).contains("empty installation"), "{}", said(&again));
    std::fs::write(&file, b"nothing").unwrap();
    assert_eq!(code(&Place::new().run(&["restore", text(&file)])), 2);
}

#[test]
fn the_doctor_names_what_is_wrong_and_what_to_do() {
    let place = installed();
    // A resolver that answers, and one that does not.
    let resolver = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = resolver.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        let mut buffer = [0; 512];
        while let Ok((length, from)) = resolver.recv_from(&mut buffer) {
            buffer[2] |= 0x80;
            let _ = resolver.send_to(&buffer[..length], from);
        }
    });
    let fine = place.run(&["doctor", "--resolver", &address]);
    assert_eq!(code(&fine), 0, "{}", said(&fine));
    assert!(said(&fine).contains("✔ Audit log") && !said(&fine).contains('✖'), "{}", said(&fine));

    let mail = place.command(&["--lang", "ja", "doctor", "--resolver", &address]).env("HINOMI_SMTP", "smtp://127.0.0.1:9").output().unwrap();
    assert!(code(&mail) == 1 && said(&mail).contains("✖ メールサーバ") && said(&mail).contains("→"), "{}", said(&mail));

    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(place.data(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let open = place.run(&["--json", "doctor", "--resolver", &address]);
    let value: serde_json::Value = serde_json::from_slice(&open.stdout).unwrap();
    let data = value["checks"].as_array().unwrap().iter().find(|check| check["check"] == "data").unwrap().clone();
    assert!(code(&open) == 1 && data["fine"] == false && data["remedy"].as_str().unwrap().contains("chmod 700"), "{value}");

    let nothing = Place::new().run(&["doctor", "--resolver", &address]);
    assert!(code(&nothing) == 1 && said(&nothing).contains("✖ Database"), "{}", said(&nothing));
}

#[test]
fn work_once_does_what_is_due() {
    let place = installed();
    let output = place.run(&["--json", "work", "--once"]);
    assert_eq!(code(&output), 0, "{}", said(&output));
    assert!(said(&output).contains("\"jobs\""), "{}", said(&output));
}

#[test]
fn what_was_accepted_survives_a_kill() {
    let place = Place::new();
    {
        let mut server = Server::first(&place);
        assert!(server.post(&server.setup, SETUP).starts_with("HTTP/1.1 303"));
        server.kill();
    }
    assert!(said(&place.run(&["accounts", "list"])).contains("first@example.test"));
    assert_eq!(code(&place.run(&["audit", "verify"])), 0);
}
