//! What every area needs: storage, errors, who may do what, the audit log, jobs, words and pages.
//!
//! Owns the tables `audit`, `audit_head`, `job`, `blob`, `setting`, `outbox`, `event`, `event_head`, `event_reader`.
//! Holds always: a change, its audit line and its jobs commit together ([`work::Work`]); time and randomness come from
//! [`clock::Clock`] and [`clock::Entropy`]; what an actor may not see is not found.
//! Not here on purpose: anything that is *about* something; that is an area.
//! Begin at [`area`], then [`cx`].

pub mod area;
pub mod cx;
pub mod work;
pub mod error;
pub mod actor;
pub mod audit;
pub mod jobs;
pub mod events;
pub mod db;
pub mod id;
pub mod clock;
pub mod blobs;
pub mod backup;
pub mod health;
pub mod settings;
pub mod mail;
pub mod lang;
pub mod dates;
pub mod view;
pub mod upload;
pub mod document;
pub mod assets;
pub mod config;
