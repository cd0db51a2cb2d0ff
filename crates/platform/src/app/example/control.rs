//! Moves the example's world from outside, on loopback only: lets the owner of a domain repair or spoil it.
//!
//! For tests that show a re-measurement closing a recommendation. It is no part of the product's own addresses: it listens on
//! a port of its own, and only when `serve --example` is asked for it.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use tower_http::csrf::CsrfLayer;

use super::World;
use crate::base::error::{Error, Result};

/// Serves until the listener's runtime ends: `GET /domains`, `POST /repair/{domain}`, `POST /spoil/{domain}`.
///
/// # Errors
/// When the listener is not on loopback, or fails.
pub async fn serve(listener: tokio::net::TcpListener, world: Arc<World>) -> std::io::Result<()> {
    if !listener.local_addr()?.ip().is_loopback() {
        return Err(std::io::Error::new(std::io::ErrorKind::PermissionDenied, "the control port is for loopback only"));
    }
    let router = Router::new()
        .route("/domains", get(domains))
        .route("/repair/{domain}", post(repair))
        .route("/spoil/{domain}", post(spoil))
        .layer(CsrfLayer::new())
        .with_state(world);
    axum::serve(listener, router).await
}

async fn domains(State(world): State<Arc<World>>) -> Json<Vec<String>> {
    Json(world.domains())
}

async fn repair(State(world): State<Arc<World>>, Path(domain): Path<String>) -> StatusCode {
    status(world.repair(&domain))
}

async fn spoil(State(world): State<Arc<World>>, Path(domain): Path<String>) -> StatusCode {
    status(world.spoil(&domain))
}

fn status(done: Result<bool, Error>) -> StatusCode {
    match done {
        Ok(true) => StatusCode::NO_CONTENT,
        Ok(false) => StatusCode::NOT_FOUND,
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
