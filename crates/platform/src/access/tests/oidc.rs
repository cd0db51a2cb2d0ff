//! Single sign-on against a provider on loopback: real discovery, keys, codes and signatures over HTTP, and each thing a
//! forger would change.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::access::{actions, store};
use crate::base::actor::Role;
use crate::base::config::OidcConfig;
use crate::base::view::list::encode;
use crate::testing::{Answer, Bench};

const WHO: &str = "ciso@example.test";
/// The bench's clock as seconds since 1970.
const NOW: i64 = 1_775_001_600;

/// Base64 with the alphabet for addresses, without padding (RFC 4648 §5).
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let number = chunk.iter().fold(0_u32, |sum, byte| sum << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..=chunk.len() {
            out.push(LETTERS[(number >> (18 - 6 * place) & 63) as usize] as char);
        }
    }
    out
}

/// A provider with one key, and what it will say of whoever comes next.
struct Provider {
    issuer: String,
    key: EcdsaKeyPair,
    other_key: EcdsaKeyPair,
    /// Code → challenge, and the claims to be signed.
    codes: Mutex<HashMap<String, (String, Value)>>,
    /// Whether to sign with a key that is not published.
    forge: Mutex<bool>,
}

fn key() -> EcdsaKeyPair {
    EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap()
}

async fn description(State(provider): State<Arc<Provider>>) -> Json<Value> {
    let issuer = &provider.issuer;
    Json(json!({
        "issuer": issuer, "authorization_endpoint": format!("{issuer}/authorize"), "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"), "response_types_supported": ["code"], "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
    }))
}

async fn keys(State(provider): State<Arc<Provider>>) -> Json<Value> {
    let point = provider.key.public_key().as_ref();
    Json(
        json!({ "keys": [{ "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": "1", "x": base64(&point[1..33]), "y": base64(&point[33..65]) }] }),
    )
}

async fn token(State(provider): State<Arc<Provider>>, headers: HeaderMap, Form(form): Form<HashMap<String, String>>) -> (StatusCode, Json<Value>) {
    let refused = |what: &str| (StatusCode::BAD_REQUEST, Json(json!({ "error": what })));
    // `id:secret` in Base64.
    if headers.get("authorization").and_then(|value| value.to_str().ok()) != Some("Basic aGlub21pOnNlY3JldA==") {
        return refused("invalid_client");
    }
    let Some((challenge, claims)) = provider.codes.lock().unwrap().remove(form.get("code").map_or("", String::as_str)) else {
        return refused("invalid_grant");
    };
    if base64(&Sha256::digest(form.get("code_verifier").map_or("", String::as_str))) != challenge {
        return refused("invalid_grant");
    }
    let head = base64(json!({ "alg": "ES256", "kid": "1", "typ": "JWT" }).to_string().as_bytes());
    let signed = format!("{head}.{}", base64(claims.to_string().as_bytes()));
    let key = if *provider.forge.lock().unwrap() { &provider.other_key } else { &provider.key };
    let signature = key.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
    let id_token = format!("{signed}.{}", base64(signature.as_ref()));
    (StatusCode::OK, Json(json!({ "access_token": "a", "token_type": "Bearer", "id_token": id_token })))
}

/// A provider on loopback, and a bench that trusts it with one account.
async fn both() -> (Arc<Provider>, Bench) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let issuer = format!("http://{}", listener.local_addr().unwrap());
    let provider = Arc::new(Provider { issuer: issuer.clone(), key: key(), other_key: key(), codes: Mutex::default(), forge: Mutex::new(false) });
    let router = Router::new()
        .route("/.well-known/openid-configuration", get(description))
        .route("/keys", get(keys))
        .route("/token", post(token))
        .with_state(provider.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let config = OidcConfig { issuer, client_id: "hinomi".into(), client_secret: "secret".into() };
    let bench = Bench::with(|all| all.oidc = Some(config)).await;
    let mut work = bench.work().await;
    actions::add_account(&mut work, "CISO", WHO, None).await.unwrap();
    work.commit().await.unwrap();
    (provider, bench)
}

fn header_of<'a>(answer: &'a Answer, name: &str) -> Vec<&'a str> {
    answer.headers.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str()).collect()
}

/// A sign-in under way: what the browser carries to the provider and back.
struct Trip {
    state: String,
    nonce: String,
    challenge: String,
    cookie: String,
}

async fn begin(bench: &Bench, back: &str) -> Trip {
    let answer = bench.get(&format!("/sign-in/oidc?back={}", encode(back))).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    let to = header_of(&answer, "location")[0].to_owned();
    let part = |name: &str| {
        to.split(['?', '&']).find_map(|pair| pair.strip_prefix(&format!("{name}="))).unwrap_or_else(|| panic!("{name}: {to}")).to_owned()
    };
    assert_eq!(part("code_challenge_method"), "S256");
    let cookie = header_of(&answer, "set-cookie")[0].split(';').next().unwrap().to_owned();
    Trip { state: part("state"), nonce: part("nonce"), challenge: part("code_challenge"), cookie }
}

/// What an honest provider says of WHO.
fn claims(provider: &Provider, trip: &Trip) -> Value {
    json!({ "iss": provider.issuer, "aud": "hinomi", "sub": "s-1", "nonce": trip.nonce, "iat": NOW, "exp": NOW + 300,
            "email": WHO, "email_verified": true })
}

async fn back(provider: &Provider, bench: &Bench, trip: &Trip, claims: Value) -> Answer {
    provider.codes.lock().unwrap().insert("c".into(), (trip.challenge.clone(), claims));
    bench.get_with(&trip.cookie, &format!("/sign-in/oidc/back?code=c&state={}", trip.state)).await
}

#[tokio::test]
async fn a_person_comes_in_and_is_known_by_subject_afterwards() {
    let (provider, bench) = both().await;
    let trip = begin(&bench, "/access/own").await;
    let done = back(&provider, &bench, &trip, claims(&provider, &trip)).await;
    assert_eq!((done.status, header_of(&done, "location")), (303, vec!["/access/own"]), "{}", done.body);
    let session = header_of(&done, "set-cookie")[0].split(';').next().unwrap().to_owned();
    assert_eq!(bench.get_with(&session, "/access/own").await.status, 200);
    // Later the address at the provider is another one: the subject counts.
    let trip = begin(&bench, "/").await;
    let mut moved = claims(&provider, &trip);
    moved["email"] = "renamed@example.test".into();
    assert_eq!(back(&provider, &bench, &trip, moved).await.status, 303);
    // Another subject with the same address does not take the account over.
    let trip = begin(&bench, "/").await;
    let mut other = claims(&provider, &trip);
    other["sub"] = "s-2".into();
    assert_eq!(back(&provider, &bench, &trip, other).await.status, 422);
}

#[tokio::test]
async fn nobody_is_made_silently() {
    let (provider, bench) = both().await;
    for change in [json!({ "email": "stranger@example.test" }), json!({ "email_verified": false }), json!({ "email_verified": null })] {
        let trip = begin(&bench, "/").await;
        let mut said = claims(&provider, &trip);
        for (name, value) in change.as_object().unwrap() {
            said[name] = value.clone();
        }
        let answer = back(&provider, &bench, &trip, said).await;
        assert_eq!(answer.status, 422, "{change}");
        assert!(header_of(&answer, "set-cookie").is_empty(), "{change}");
    }
    let all = store::accounts(&mut bench.app.db.read().await.unwrap(), &crate::base::actor::Scope::Everything).await.unwrap();
    assert_eq!(all.len(), 1);
}

#[tokio::test]
async fn a_forged_token_is_refused() {
    let (provider, bench) = both().await;
    for (name, value) in [("iss", json!("https://evil.example")), ("aud", json!("another")), ("nonce", json!("another")), ("exp", json!(NOW - 1))] {
        let trip = begin(&bench, "/").await;
        let mut said = claims(&provider, &trip);
        said[name] = value;
        assert_eq!(back(&provider, &bench, &trip, said).await.status, 422, "{name}");
    }
    *provider.forge.lock().unwrap() = true;
    let trip = begin(&bench, "/").await;
    assert_eq!(back(&provider, &bench, &trip, claims(&provider, &trip)).await.status, 422, "another key");
}

#[tokio::test]
async fn a_state_works_once_in_one_browser_for_ten_minutes() {
    let (provider, bench) = both().await;
    let trip = begin(&bench, "/").await;
    let elsewhere =
        Trip { cookie: "hinomi_oidc=another".into(), state: trip.state.clone(), nonce: trip.nonce.clone(), challenge: trip.challenge.clone() };
    assert_eq!(back(&provider, &bench, &elsewhere, claims(&provider, &trip)).await.status, 422, "another browser");
    assert_eq!(back(&provider, &bench, &trip, claims(&provider, &trip)).await.status, 422, "used up by the try");
    let trip = begin(&bench, "/").await;
    assert_eq!(back(&provider, &bench, &trip, claims(&provider, &trip)).await.status, 303);
    assert_eq!(back(&provider, &bench, &trip, claims(&provider, &trip)).await.status, 422, "twice");
    let trip = begin(&bench, "/").await;
    bench.set_time("2026-04-01T00:10:01Z");
    assert_eq!(back(&provider, &bench, &trip, claims(&provider, &trip)).await.status, 422, "too late");
}

#[tokio::test]
async fn a_code_stolen_on_the_way_is_worth_nothing() {
    let (provider, bench) = both().await;
    let (mine, theirs) = (begin(&bench, "/").await, begin(&bench, "/").await);
    // The thief's code was made for another challenge: the verifier does not fit, and the provider refuses.
    provider.codes.lock().unwrap().insert("c".into(), (theirs.challenge.clone(), claims(&provider, &mine)));
    let answer = bench.get_with(&mine.cookie, &format!("/sign-in/oidc/back?code=c&state={}", mine.state)).await;
    assert_eq!(answer.status, 503, "{}", answer.body);
}

#[tokio::test]
async fn a_deactivated_account_stays_out() {
    let (provider, bench) = both().await;
    let trip = begin(&bench, "/").await;
    assert_eq!(back(&provider, &bench, &trip, claims(&provider, &trip)).await.status, 303);
    let mut work = bench.work().await;
    let account = store::account_by_email(&mut work.tx, WHO).await.unwrap();
    actions::set_active(&mut work, &account.id, false).await.unwrap();
    work.commit().await.unwrap();
    let trip = begin(&bench, "/").await;
    assert_eq!(back(&provider, &bench, &trip, claims(&provider, &trip)).await.status, 422);
}

#[tokio::test]
async fn a_provider_that_does_not_answer_is_said_in_words() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let issuer = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let bench = Bench::with(|all| all.oidc = Some(OidcConfig { issuer, client_id: "hinomi".into(), client_secret: "s".into() })).await;
    let answer = bench.get("/sign-in/oidc?lang=en").await;
    assert_eq!(answer.status, 503);
    assert!(answer.body.contains("sign in with a password"), "{}", answer.body);
    let none = Bench::new().await;
    none.account("a@example.test", Role::Ciso, "moa").await;
    assert_eq!((none.get("/sign-in/oidc").await.status, none.get("/sign-in/oidc/back").await.status), (404, 404));
}
