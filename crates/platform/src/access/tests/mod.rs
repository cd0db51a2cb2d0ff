//! Signing in and one's own account, from outside: what an attacker would try.

mod oidc;

use axum::body::Body;
use axum::http::{Request, header};

use crate::access::actions::{self, TRIES_FROM_ANYWHERE, TRIES_PER_ACCOUNT};
use crate::base::actor::Role;
use crate::testing::{Answer, Bench};

const WHO: &str = "ciso@example.test";
const PASSWORD: &str = "correct horse battery";

/// A bench with one account that has a password.
async fn bench() -> Bench {
    let bench = Bench::new().await;
    let organisation = bench.organisation("moa").await;
    let mut work = bench.work().await;
    let id = actions::add_account(&mut work, "CISO", WHO, Some(PASSWORD)).await.unwrap();
    actions::give_role(&mut work, &id, Role::Ciso, &organisation.id, &organisation.path).await.unwrap();
    work.commit().await.unwrap();
    bench
}

fn header_of<'a>(answer: &'a Answer, name: &str) -> &'a str {
    answer.headers.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str())
}

async fn sign_in(bench: &Bench, email: &str, password: &str) -> Answer {
    bench.post("/sign-in", &[("email", email), ("password", password)]).await
}

/// The `name=value` of the cookie an answer sets.
fn cookie_of(answer: &Answer) -> String {
    header_of(answer, "set-cookie").split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn the_session_cookie_is_kept_from_scripts_and_other_sites() {
    let bench = bench().await;
    let answer = sign_in(&bench, WHO, PASSWORD).await;
    let cookie = header_of(&answer, "set-cookie");
    for part in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Secure"), "over plain HTTP on loopback the browser would drop it: {cookie}");
    let https = crate::access::layer::session_cookie(
        &crate::base::config::App {
            db: bench.app.db.clone(),
            clock: bench.app.clock.clone(),
            entropy: bench.app.entropy.clone(),
            config: crate::base::config::Config { public_url: "https://hinomi.example.test".into(), ..Default::default() },
        },
        "n",
        "v",
    );
    assert!(https.contains("; Secure"), "{https}");
}

#[tokio::test]
async fn a_session_ends_after_a_working_day() {
    let bench = bench().await;
    let cookie = cookie_of(&sign_in(&bench, WHO, PASSWORD).await);
    bench.set_time("2026-04-01T11:59:59Z");
    assert_eq!(bench.get_with(&cookie, "/access/own").await.status, 200);
    bench.set_time("2026-04-01T12:00:01Z");
    assert_eq!(header_of(&bench.get_with(&cookie, "/access/own").await, "location"), "/sign-in?back=%2Faccess%2Fown");
}

#[tokio::test]
async fn a_new_session_ends_the_one_before_and_is_never_a_planted_one() {
    let bench = bench().await;
    let first = cookie_of(&sign_in(&bench, WHO, PASSWORD).await);
    let body = format!("email={WHO}&password={}", PASSWORD.replace(' ', "+"));
    let again = Request::post("/sign-in")
        .header(header::COOKIE, &first)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(body))
        .unwrap();
    let second = cookie_of(&bench.send(again).await);
    assert_ne!(first, second);
    assert_eq!(bench.get_with(&first, "/access/own").await.status, 303);
    assert_eq!(bench.get_with(&second, "/access/own").await.status, 200);
    assert_eq!(bench.get_with("hinomi_session=planted", "/access/own").await.status, 303);
}

#[tokio::test]
async fn nobody_learns_which_addresses_have_accounts() {
    let bench = bench().await;
    let known = sign_in(&bench, WHO, "wrong password here").await;
    let unknown = sign_in(&bench, "nobody@example.test", "wrong password here").await;
    assert_eq!(known.status, unknown.status);
    assert_eq!(known.body.replace(WHO, "?"), unknown.body.replace("nobody@example.test", "?"));
    // Neither does counting help: unknown addresses are stopped after as many tries.
    let mut stops = Vec::new();
    for who in [WHO, "nobody@example.test"] {
        let mut tries = 0;
        while !sign_in(&bench, who, "wrong password here").await.body.contains("15分") {
            tries += 1;
            assert!(tries < 50);
        }
        stops.push(tries);
    }
    assert_eq!(stops[0], stops[1]);
}

#[tokio::test]
async fn tries_are_bounded_and_forgotten_after_a_while() {
    let bench = bench().await;
    for _ in 0..TRIES_PER_ACCOUNT {
        assert_eq!(sign_in(&bench, WHO, "wrong password here").await.status, 422);
    }
    let stopped = sign_in(&bench, WHO, PASSWORD).await;
    assert_eq!(stopped.status, 422, "even the right password waits");
    bench.set_time("2026-04-01T00:16:00Z");
    assert_eq!(sign_in(&bench, WHO, PASSWORD).await.status, 303);
    let mut tx = bench.app.db.read().await.unwrap();
    let left = tx.all("SELECT key FROM sign_in_try", &[]).await.unwrap().len();
    assert!(left <= 3, "{left}");
}

#[tokio::test]
async fn tries_from_many_addresses_are_bounded_too() {
    let bench = bench().await;
    let tried = async |from: usize, secret: &str| {
        let proof = actions::prove(&bench.app, WHO, secret, &format!("192.0.2.{from}")).await.unwrap();
        let mut work = bench.work().await;
        let outcome = actions::sign_in(&mut work, proof, None).await.unwrap();
        work.commit().await.unwrap();
        outcome
    };
    // What the slow part says is not waited for so often: the failures are counted where it would count them.
    let mut tx = bench.app.db.begin().await.unwrap();
    let key = crate::base::audit::sha256(format!("anywhere\n{WHO}").as_bytes());
    for _ in 1..TRIES_FROM_ANYWHERE {
        crate::access::store::add_failure(&mut tx, &key, "2026-04-01T00:00:00Z", "2026-04-01T00:15:00Z").await.unwrap();
    }
    tx.commit().await.unwrap();
    assert_eq!(tried(1, "wrong password here").await, actions::Outcome::Wrong);
    assert_eq!(tried(2, PASSWORD).await, actions::Outcome::TooMany, "even the right password waits");
    bench.set_time("2026-04-01T00:16:00Z");
    assert!(matches!(tried(3, PASSWORD).await, actions::Outcome::In(_)));
}

#[tokio::test]
async fn a_link_back_never_leads_to_another_site() {
    let bench = bench().await;
    for back in [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/%09/evil.example",
    ] {
        let answer = bench.post("/sign-in", &[("email", WHO), ("password", PASSWORD), ("back", back)]).await;
        let to = header_of(&answer, "location");
        assert!(to == "/" || to.starts_with("/%09"), "{back}: {to}");
        let answer = bench.get(&format!("/language/en?back={}", crate::base::view::list::encode(back))).await;
        let to = header_of(&answer, "location");
        assert!(to == "/" || to.starts_with("/%09"), "{back}: {to}");
    }
    let answer = bench.post("/sign-in", &[("email", WHO), ("password", PASSWORD), ("back", "/access/own?x=1")]).await;
    assert_eq!(header_of(&answer, "location"), "/access/own?x=1");
}

#[tokio::test]
async fn another_sites_form_is_refused() {
    let bench = bench().await;
    let cookie = bench.session(WHO).await;
    let post = |name: &'static str, value: &'static str| {
        Request::post("/access/own/sessions/end")
            .header(header::COOKIE, &cookie)
            .header(header::HOST, "hinomi.example.test")
            .header(name, value)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::empty())
            .unwrap()
    };
    for (name, value) in [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "https://evil.example"), ("origin", "null")] {
        assert_eq!(bench.send(post(name, value)).await.status, 403, "{name}: {value}");
    }
    assert_eq!(bench.get_with(&cookie, "/access/own").await.status, 200, "nothing happened");
    assert_eq!(bench.send(post("sec-fetch-site", "same-origin")).await.status, 303);
    assert_eq!(bench.get_with(&cookie, "/access/own").await.status, 303, "signed out everywhere");
}

#[tokio::test]
async fn a_token_carries_one_role_and_cannot_make_itself_more() {
    let bench = bench().await;
    bench.account("two@example.test", Role::Administrator, "centre").await;
    bench.account("two@example.test", Role::Auditor, "moa").await;
    let made = bench.post_as("two@example.test", "/access/own/tokens", &[("name", "t"), ("role", "auditor"), ("days", "30")]).await;
    let token = made.body.split("hin_").nth(1).unwrap_or_else(|| panic!("{}", made.body));
    let token = format!("hin_{}", &token[..43]);
    let with = |method: &str, path: &str| {
        Request::builder()
            .method(method)
            .uri(path)
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from("name=x&role=administrator&days=300"))
            .unwrap()
    };
    let own = bench.send(with("GET", "/api/v1/access/own")).await;
    assert_eq!(own.status, 200, "{}", own.body);
    assert_eq!(bench.send(with("GET", "/api/v1/access/accounts")).await.status, 404, "the administrator's role is not in it");
    assert_eq!(bench.send(with("POST", "/access/own/tokens")).await.status, 404);
    let organisations = bench.send(with("GET", "/api/v1/register/organisations")).await.body;
    assert!(organisations.contains("moa") && !organisations.contains("mob"), "{organisations}");
    bench.set_time("2026-05-01T00:00:01Z");
    assert_eq!(bench.send(with("GET", "/api/v1/access/own")).await.status, 401);
}

#[tokio::test]
async fn a_role_that_one_does_not_hold_goes_into_no_token() {
    let bench = bench().await;
    for (role, days) in [("administrator", "30"), ("ciso", "0"), ("ciso", "367"), ("ciso", "many")] {
        let answer = bench.post_as(WHO, "/access/own/tokens", &[("name", "t"), ("role", role), ("days", days)]).await;
        assert_eq!(answer.status, 422, "{role} {days}");
    }
}

#[tokio::test]
async fn a_password_is_changed_with_the_present_one_only() {
    let bench = bench().await;
    let mine = cookie_of(&sign_in(&bench, WHO, PASSWORD).await);
    let elsewhere = cookie_of(&sign_in(&bench, WHO, PASSWORD).await);
    let change = |current: &str| {
        Request::post("/access/own/password")
            .header(header::COOKIE, &mine)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(format!("current={}&new=another+long+password", current.replace(' ', "+"))))
            .unwrap()
    };
    assert_eq!(bench.send(change("not this one at all")).await.status, 422);
    assert_eq!(bench.send(change(PASSWORD)).await.status, 303);
    assert_eq!(bench.get_with(&mine, "/access/own").await.status, 200);
    assert_eq!(bench.get_with(&elsewhere, "/access/own").await.status, 303, "every other session ended");
    assert_eq!(sign_in(&bench, WHO, PASSWORD).await.status, 422);
    assert_eq!(sign_in(&bench, WHO, "another long password").await.status, 303);
}

#[tokio::test]
async fn a_link_that_stays_works_for_the_example_only() {
    for (example, status) in [(false, 422), (true, 303)] {
        let bench = Bench::with(|config| config.example = example).await;
        let mut work = bench.work().await;
        let id = actions::add_account(&mut work, "A", "a@example.test", None).await.unwrap();
        let until = work.now + jiff::SignedDuration::from_hours(1);
        let link = actions::make_link(&mut work, &id, until, false).await.unwrap();
        work.commit().await.unwrap();
        for _ in 0..2 {
            assert_eq!(bench.get(&format!("/sign-in/link/{link}")).await.status, status);
        }
    }
}

#[tokio::test]
async fn a_huge_upload_is_refused_before_it_is_read() {
    let bench = bench().await;
    // Two gigabytes are announced, none are sent: a reader that waited for them would never answer.
    let announced = Request::post("/sign-in")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::CONTENT_LENGTH, 2_147_483_648_u64)
        .body(Body::from_stream(Endless))
        .unwrap();
    assert_eq!(bench.send(announced).await.status, 413);
    let unannounced =
        Request::post("/sign-in").header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(Body::from_stream(Endless)).unwrap();
    let answer = bench.send(unannounced).await;
    assert_eq!(answer.status, 413, "{}", answer.body);
    assert!(answer.body.contains("64 MB"), "{}", answer.body);
}

/// A body that never ends.
struct Endless;

impl futures_util::Stream for Endless {
    type Item = Result<Vec<u8>, std::convert::Infallible>;

    fn poll_next(self: std::pin::Pin<&mut Self>, _: &mut std::task::Context<'_>) -> std::task::Poll<Option<Self::Item>> {
        std::task::Poll::Ready(Some(Ok(vec![b'a'; 64 * 1024])))
    }
}

#[tokio::test]
async fn assets_are_a_list_and_not_a_directory() {
    let bench = bench().await;
    assert_eq!(bench.get("/assets/icon.svg").await.status, 200);
    for path in
        ["/assets/../Cargo.toml", "/assets/..%2f..%2fCargo.toml", "/assets/%2e%2e/Cargo.toml", "/assets//etc/passwd", "/assets/", "/assets/style.css"]
    {
        assert_eq!(bench.get(path).await.status, 404, "{path}");
    }
}
