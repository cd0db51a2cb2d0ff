//! Outside formats to and from our values: no clock, no network, no database, no async.
