//! The one error of the application, by what its reader can do about it.

use std::fmt;

use super::lang::Lang;

/// The result of everything in `platform`.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// One thing wrong with what was sent: which field, and the key of the words that say what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The name of the field as it was sent; empty when it concerns the whole.
    pub name: String,
    /// A key of the texts, such as `error-required`.
    pub text: &'static str,
    /// What the text wants filled in, by name.
    pub values: Vec<(&'static str, String)>,
}

/// By what the reader can do: look elsewhere, sign in, mend the input, read again, wait, or tell us.
#[derive(Debug)]
pub enum Error {
    /// It does not exist, or it exists and is not this reader's to know.
    NotFound,
    /// The reader must sign in first. Never used for "signed in, but not allowed": that is [`Error::NotFound`].
    SignIn,
    /// A visible thing this reader may read but not change in this way.
    Forbidden,
    /// The input is wrong; each field says how to mend it.
    Invalid(Vec<Field>),
    /// Somebody was faster, or the thing is no longer in a state that allows this. The key says which.
    Conflict(&'static str),
    /// Something outside does not answer. The key says what.
    Unavailable(&'static str),
    /// Our fault. The text goes to the log; the reader gets a number to quote.
    Internal(String),
}

impl Error {
    /// One field is wrong: `name` as it was sent, `text` a key of the texts.
    pub fn invalid(name: &str, text: &'static str) -> Self {
        Self::Invalid(vec![Field { name: name.to_owned(), text, values: Vec::new() }])
    }

    /// As [`Error::invalid`], with values for the text.
    pub fn invalid_with(name: &str, text: &'static str, values: Vec<(&'static str, String)>) -> Self {
        Self::Invalid(vec![Field { name: name.to_owned(), text, values }])
    }

    /// Something that cannot happen unless we made a mistake.
    pub fn internal(what: impl fmt::Display) -> Self {
        Self::Internal(what.to_string())
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::NotFound => 404,
            Self::SignIn => 401,
            Self::Forbidden => 403,
            Self::Invalid(_) => 422,
            Self::Conflict(_) => 409,
            Self::Unavailable(_) => 503,
            Self::Internal(_) => 500,
        }
    }

    /// What happened and what to do next, in the reader's language.
    pub fn message(&self, lang: Lang) -> String {
        let text = super::lang::texts();
        match self {
            Self::NotFound => text.get(lang, "error-not-found"),
            Self::SignIn => text.get(lang, "error-sign-in"),
            Self::Forbidden => text.get(lang, "error-forbidden"),
            Self::Invalid(fields) => fields.iter().map(|field| field.message(lang)).collect::<Vec<_>>().join("\n"),
            Self::Conflict(key) | Self::Unavailable(key) => text.get(lang, key),
            Self::Internal(_) => text.get(lang, "error-internal"),
        }
    }
}

impl Field {
    /// What is wrong and what to do, in the reader's language.
    pub fn message(&self, lang: Lang) -> String {
        let values: Vec<(&str, String)> = self.values.iter().map(|(name, value)| (*name, value.clone())).collect();
        super::lang::texts().with(lang, self.text, &values)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Internal(what) => f.write_str(what),
            other => f.write_str(&other.message(Lang::En)),
        }
    }
}

impl std::error::Error for Error {}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::RowNotFound => Self::NotFound,
            sqlx::Error::Database(database) if database.is_unique_violation() => Self::Conflict("error-already-exists"),
            sqlx::Error::PoolTimedOut => Self::Unavailable("error-database-busy"),
            _ => Self::Internal(format!("database: {error}")),
        }
    }
}

impl From<askama::Error> for Error {
    fn from(error: askama::Error) -> Self {
        Self::Internal(format!("template: {error}"))
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::Internal(format!("json: {error}"))
    }
}
