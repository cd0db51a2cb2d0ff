//! The administrator's pages about accounts.
