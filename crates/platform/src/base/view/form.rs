//! A form: labelled fields with their values, hints and errors.

use crate::base::error::Field as Wrong;
use crate::base::lang::Lang;

/// How a field is entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// One line; the type of the browser's field: `text`, `email`, `number`, `date`, `password`, `url`.
    Line(&'static str),
    /// Several lines.
    Area,
    /// One of several, from a list: value, label.
    Select(Vec<(String, String)>),
    /// One of a few, all visible: value, label.
    Radio(Vec<(String, String)>),
    /// Any of several, all visible: value, label; `value` holds the chosen ones separated by line ends.
    Many(Vec<(String, String)>),
    /// Yes or no.
    Check,
    /// A file; the kinds it may have.
    File(&'static str),
    /// One file or several; the kinds they may have.
    Files(&'static str),
    /// Not shown.
    Hidden,
}

/// A field.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name as it is sent.
    pub name: String,
    /// Its label.
    pub label: String,
    /// How it is entered.
    pub input: Input,
    /// Its value.
    pub value: String,
    /// Whether it must be filled.
    pub required: bool,
    /// What helps to fill it.
    pub hint: String,
    /// What was wrong with it.
    pub error: String,
}

/// A form.
#[derive(Clone, Debug)]
pub struct Form {
    /// Where it is sent.
    pub action: String,
    /// `post` or `get`.
    pub method: &'static str,
    /// The words of its button.
    pub submit: String,
    /// Its heading, if it has one.
    pub heading: String,
    /// Fields.
    pub fields: Vec<Field>,
    /// Whether what it does cannot be undone.
    pub danger: bool,
    /// What was wrong with the whole.
    pub errors: Vec<String>,
}

impl Form {
    /// A form that changes something.
    pub fn post(action: impl Into<String>, submit: impl Into<String>) -> Self {
        Self {
            action: action.into(),
            method: "post",
            submit: submit.into(),
            heading: String::new(),
            fields: Vec::new(),
            danger: false,
            errors: Vec::new(),
        }
    }

    /// A form that only asks.
    pub fn get(action: impl Into<String>, submit: impl Into<String>) -> Self {
        Self { method: "get", ..Self::post(action, submit) }
    }

    /// Gives it a heading.
    pub fn heading(mut self, text: impl Into<String>) -> Self {
        self.heading = text.into();
        self
    }

    /// Marks what cannot be undone.
    pub fn danger(mut self) -> Self {
        self.danger = true;
        self
    }

    /// Adds a field.
    pub fn field(mut self, name: impl Into<String>, label: impl Into<String>, input: Input) -> Self {
        self.fields.push(Field {
            name: name.into(),
            label: label.into(),
            input,
            value: String::new(),
            required: false,
            hint: String::new(),
            error: String::new(),
        });
        self
    }

    /// Adds a field of one line.
    pub fn text(self, name: impl Into<String>, label: impl Into<String>) -> Self {
        self.field(name, label, Input::Line("text"))
    }

    /// Adds a field that is not shown.
    pub fn hidden(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.field(name, "", Input::Hidden).value(value)
    }

    /// Gives the last field a value.
    pub fn value(mut self, value: impl Into<String>) -> Self {
        if let Some(field) = self.fields.last_mut() {
            field.value = value.into();
        }
        self
    }

    /// Says that the last field must be filled.
    pub fn required(mut self) -> Self {
        if let Some(field) = self.fields.last_mut() {
            field.required = true;
        }
        self
    }

    /// Gives the last field a hint.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        if let Some(field) = self.fields.last_mut() {
            field.hint = hint.into();
        }
        self
    }

    /// Shows again what was sent and what was wrong with it.
    pub fn wrong(mut self, lang: Lang, sent: &[(String, String)], wrong: &[Wrong]) -> Self {
        for field in &mut self.fields {
            let values: Vec<&str> = sent.iter().filter(|(name, _)| *name == field.name).map(|(_, value)| value.as_str()).collect();
            // A password is never sent back.
            if !values.is_empty() && field.input != Input::Line("password") {
                field.value = values.join("\n");
            }
            field.error = wrong.iter().filter(|wrong| wrong.name == field.name).map(|wrong| wrong.message(lang)).collect::<Vec<_>>().join(" ");
        }
        let known: Vec<&str> = self.fields.iter().map(|field| field.name.as_str()).collect();
        self.errors = wrong.iter().filter(|wrong| !known.contains(&wrong.name.as_str())).map(|wrong| wrong.message(lang)).collect();
        self
    }

    /// Whether it carries a file.
    pub fn has_file(&self) -> bool {
        self.fields.iter().any(|field| matches!(field.input, Input::File(_) | Input::Files(_)))
    }
}

impl Field {
    /// An id for the label to point at.
    pub fn id(&self) -> String {
        format!("f-{}", self.name.replace(['.', '[', ']', ' '], "-"))
    }

    /// What describes it: its hint and its error.
    pub fn described(&self) -> String {
        let mut ids = Vec::new();
        if !self.hint.is_empty() {
            ids.push(format!("{}-hint", self.id()));
        }
        if !self.error.is_empty() {
            ids.push(format!("{}-error", self.id()));
        }
        ids.join(" ")
    }

    /// Whether `value` is chosen.
    pub fn chosen(&self, value: &str) -> bool {
        match self.input {
            Input::Many(_) => self.value.lines().any(|line| line == value),
            _ => self.value == value,
        }
    }
}
