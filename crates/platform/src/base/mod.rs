//! What every area needs: storage, errors, who may do what, the audit log, jobs, words and pages.
//!
//! Owns the tables `audit`, `audit_head`, `job`, `blob`, `setting`, `outbox`, `event`, `event_head`, `event_reader`.
//! Holds always: a change, its audit line and its jobs commit together ([`work::Work`]); time and randomness come from
//! [`clock::Clock`] and [`clock::Entropy`]; what an actor may not see is not found.
//! Not here on purpose: anything that is *about* something; that is an area.
//! Begin at [`area`], then [`cx`].

pub mod actor;
pub mod area;
pub mod assets;
pub mod audit;
pub mod backup;
pub mod blobs;
pub mod clock;
pub mod config;
pub mod cx;
pub mod dates;
pub mod db;
pub mod document;
pub mod error;
pub mod events;
pub mod health;
pub mod id;
pub mod jobs;
pub mod lang;
pub mod mail;
pub mod oscal;
pub mod settings;
pub mod upload;
pub mod view;
pub mod work;
