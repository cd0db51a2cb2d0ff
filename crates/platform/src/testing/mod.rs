//! A bench for tests: a temporary database (SQLite, or PostgreSQL where `HINOMI_TEST_DATABASE` names a server), a fixed
//! clock, seeded randomness, a centre with two ministries, and requests through the real router.

#[cfg(test)]
mod backup_tests;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use http_body_util::BodyExt;
use jiff::Timestamp;
use tower::ServiceExt;

use crate::access;
use crate::base::actor::{Actor, Role, Scope};
use crate::base::clock::{Clock, Entropy};
use crate::base::config::{App, Config};
use crate::base::db::Db;
use crate::base::view::list::encode;
use crate::base::work::Work;
use crate::register::actions::{NewOrganisation, add_organisation};
use crate::register::organisation::Organisation;
use crate::register::store;

/// The time every bench begins at.
pub const START: &str = "2026-04-01T00:00:00Z";

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Header lines, lower-case names.
    pub headers: Vec<(String, String)>,
    /// The body as bytes.
    pub bytes: Vec<u8>,
    /// The body as text.
    pub body: String,
}

/// The bench.
pub struct Bench {
    /// The application.
    pub app: Arc<App>,
    router: Router,
    dir: std::path::PathBuf,
}

impl Drop for Bench {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.dir);
    }
}

fn unique() -> String {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// A fresh database: SQLite in `dir`, or a new one on the server that `HINOMI_TEST_DATABASE` names.
pub async fn fresh_database(dir: &std::path::Path) -> Db {
    match std::env::var("HINOMI_TEST_DATABASE") {
        Ok(url) if !url.is_empty() => {
            let name = format!("hinomi_test_{}", unique());
            let server = Db::open_postgres(&url).await.unwrap();
            if let Db::Pg(pool) = &server {
                let sql = format!("CREATE DATABASE {name}");
                sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(pool).await.unwrap();
            }
            server.close().await;
            let (base, _) = url.rsplit_once('/').unwrap();
            Db::open_postgres(&format!("{base}/{name}")).await.unwrap()
        }
        _ => Db::open_sqlite(&dir.join("hinomi.sqlite")).await.unwrap(),
    }
}

impl Bench {
    /// A bench with the centre (`centre`) and two ministries (`moa` 甲省, `mob` 乙省).
    pub async fn new() -> Self {
        let bench = Self::empty().await;
        let mut work = bench.work().await;
        for (code, parent, kind, name_ja, name_en) in [
            ("centre", "", "centre", "センター", "Centre"),
            ("moa", "centre", "ministry", "甲省", "Ministry A"),
            ("mob", "centre", "ministry", "乙省", "Ministry B"),
        ] {
            let new = NewOrganisation {
                code: code.into(),
                parent: parent.into(),
                kind: kind.into(),
                name_ja: name_ja.into(),
                name_en: name_en.into(),
                valid_from: "2020-04-01".into(),
            };
            add_organisation(&mut work, &new).await.unwrap();
        }
        work.commit().await.unwrap();
        bench
    }

    /// A bench with nothing in it.
    pub async fn empty() -> Self {
        Self::with(|_| {}).await
    }

    /// A bench with nothing in it and a changed configuration.
    pub async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let dir = std::env::temp_dir().join(format!("hinomi-test-{}", unique()));
        std::fs::create_dir_all(&dir).unwrap();
        let db = fresh_database(&dir).await;
        let mut config = Config { data: dir.clone(), ..Config::default() };
        change(&mut config);
        let app = crate::app::start(db, Clock::fixed(START.parse().unwrap()), Entropy::seeded(1), config).await.unwrap();
        let router = crate::app::router::router(app.clone());
        Self { app, router, dir }
    }

    /// A change by the operator.
    pub async fn work(&self) -> Work {
        Work::begin(&self.app, &Actor::operator("test")).await.unwrap()
    }

    /// Sets the clock.
    pub fn set_time(&self, to: &str) {
        self.app.clock.set(to.parse::<Timestamp>().unwrap());
    }

    /// The organisation with `code`.
    pub async fn organisation(&self, code: &str) -> Organisation {
        store::organisation_by_code(&mut self.app.db.read().await.unwrap(), &Scope::Everything, code).await.unwrap()
    }

    /// An account with one role in the organisation with `code`.
    pub async fn account(&self, email: &str, role: Role, code: &str) {
        let organisation = self.organisation(code).await;
        let mut work = self.work().await;
        let account = match access::store::by_email(&mut work.tx, email).await.unwrap() {
            Some((account, _)) => account,
            None => access::actions::add_account(&mut work, email, email, None).await.unwrap(),
        };
        access::actions::give_role(&mut work, &account, role, &organisation.id, &organisation.path).await.unwrap();
        work.commit().await.unwrap();
    }

    /// The cookie of a new session of the account with this address.
    pub async fn session(&self, email: &str) -> String {
        let mut work = self.work().await;
        let (account, _) = access::store::by_email(&mut work.tx, email).await.unwrap().unwrap();
        let until = work.now + jiff::SignedDuration::from_hours(1);
        let link = access::actions::make_link(&mut work, &account, until, true).await.unwrap();
        let secret = access::actions::sign_in_by_link(&mut work, &link).await.unwrap();
        work.commit().await.unwrap();
        format!("{}={secret}", access::layer::SESSION_COOKIE)
    }

    /// Sends any request.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let headers =
            response.headers().iter().map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())).collect();
        let bytes = response.into_body().collect().await.unwrap().to_bytes().to_vec();
        let body = String::from_utf8_lossy(&bytes).into_owned();
        Answer { status, headers, bytes, body }
    }

    /// Reads a page as nobody.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// Reads a page as an account.
    pub async fn get_as(&self, email: &str, path: &str) -> Answer {
        let cookie = self.session(email).await;
        self.send(Request::get(path).header(header::COOKIE, cookie).body(Body::empty()).unwrap()).await
    }

    /// Reads a page with this cookie.
    pub async fn get_with(&self, cookie: &str, path: &str) -> Answer {
        self.send(Request::get(path).header(header::COOKIE, cookie).body(Body::empty()).unwrap()).await
    }

    /// Sends a form as nobody.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body: Vec<String> = fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(body.join("&"))).unwrap()).await
    }

    /// Sends a form as an account.
    pub async fn post_as(&self, email: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let cookie = self.session(email).await;
        let body: Vec<String> = fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
        self.send(
            Request::post(path)
                .header(header::COOKIE, cookie)
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(Body::from(body.join("&")))
                .unwrap(),
        )
        .await
    }

    /// Sends JSON as an account.
    pub async fn json_as(&self, email: &str, path: &str, body: &serde_json::Value) -> Answer {
        self.body_as(email, path, "application/json", body.to_string().into_bytes()).await
    }

    /// Sends octets as an account.
    pub async fn body_as(&self, email: &str, path: &str, kind: &str, body: Vec<u8>) -> Answer {
        let cookie = self.session(email).await;
        self.send(Request::post(path).header(header::COOKIE, cookie).header(header::CONTENT_TYPE, kind).body(Body::from(body)).unwrap()).await
    }

    /// Sends a file as an account: field `file`, with further fields.
    pub async fn upload_as(&self, email: &str, path: &str, name: &str, bytes: &[u8], fields: &[(&str, &str)]) -> Answer {
        const EDGE: &str = "hinomi-test-edge";
        let cookie = self.session(email).await;
        let mut body = Vec::new();
        for (field, value) in fields {
            body.extend_from_slice(format!("--{EDGE}\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n").as_bytes());
        }
        body.extend_from_slice(
            format!(
                "--{EDGE}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n"
            )
            .as_bytes(),
        );
        body.extend_from_slice(bytes);
        body.extend_from_slice(format!("\r\n--{EDGE}--\r\n").as_bytes());
        self.send(
            Request::post(path)
                .header(header::COOKIE, cookie)
                .header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={EDGE}"))
                .body(Body::from(body))
                .unwrap(),
        )
        .await
    }

    /// Runs the jobs that are due.
    pub async fn run_jobs(&self) -> usize {
        crate::base::jobs::run_due(&self.app).await.unwrap()
    }
}
