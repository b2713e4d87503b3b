//! Standard string templates (WMI SDK, "Using standard string templates").
//!
//! | in the template | what it gives |
//! |---|---|
//! | `%Level%` | the property of the event |
//! | `%TargetInstance.Name%` | the property of the object in a property, and so on |
//! | `%%` | a percent sign |
//! | `"..."` | itself, quotes included: nothing between quotes is replaced |
//!
//! Decisions where the page is silent: a percent sign that begins none of these is itself, as
//! is a quote without a partner; what is NULL or not there gives nothing.

mod place;
mod text;

use cimarron_model::Instance;
use place::find;
use std::fmt;

/// Text with places for properties of an event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Template {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    /// The names on the way to a property.
    Place(Vec<String>),
}

/// What a template would give is longer than [`Template::MAX_LENGTH`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong;

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a template gives more than {} bytes", Template::MAX_LENGTH)
    }
}

impl std::error::Error for TooLong {}

impl Template {
    /// How long a text may get, in bytes.
    pub const MAX_LENGTH: usize = 1 << 20;

    /// Reads a template; every text is one.
    pub fn parse(text: &str) -> Self {
        let mut template = Self::default();
        let mut rest = text;
        while let Some(at) = rest.find(['"', '%']) {
            let (before, special) = rest.split_at(at);
            template.push_text(before);
            rest = match special.strip_prefix('"') {
                Some(inside) => match inside.find('"') {
                    // With both quotes.
                    Some(end) => {
                        let (literal, rest) = special.split_at(end + 2);
                        template.push_text(literal);
                        rest
                    }
                    None => {
                        template.push_text("\"");
                        inside
                    }
                },
                None => template.push_place(special),
            };
        }
        template.push_text(rest);
        template
    }

    /// Reads a template in which quotes are characters like others.
    pub(crate) fn parse_unquoted(text: &str) -> Self {
        let mut template = Self::default();
        let mut rest = text;
        while let Some(at) = rest.find('%') {
            let (before, special) = rest.split_at(at);
            template.push_text(before);
            rest = template.push_place(special);
        }
        template.push_text(rest);
        template
    }

    /// Text that is taken as it is.
    pub(crate) fn push_text(&mut self, text: &str) {
        match self.parts.last_mut() {
            _ if text.is_empty() => {}
            Some(Part::Text(last)) => last.push_str(text),
            _ => self.parts.push(Part::Text(text.to_owned())),
        }
    }

    /// What begins with a percent sign; the rest behind it.
    pub(crate) fn push_place<'t>(&mut self, text: &'t str) -> &'t str {
        let inside = text.strip_prefix('%').unwrap_or(text);
        if let Some(rest) = inside.strip_prefix('%') {
            self.push_text("%");
            return rest;
        }
        if let Some((path, rest)) = inside.split_once('%') {
            let names: Vec<&str> = path.split('.').collect();
            if names.iter().all(|name| is_name(name)) {
                self.parts.push(Part::Place(names.into_iter().map(str::to_owned).collect()));
                return rest;
            }
        }
        self.push_text("%");
        inside
    }

    /// The text with what an event says in its places.
    ///
    /// # Errors
    /// When it gets too long.
    pub fn expand(&self, event: &Instance) -> Result<String, TooLong> {
        self.expand_with(event, |text| text)
    }

    /// The same, where what comes from the event is made harmless first.
    pub(crate) fn expand_with(
        &self,
        event: &Instance,
        tame: impl Fn(String) -> String,
    ) -> Result<String, TooLong> {
        let mut out = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Place(names) => out.push_str(&tame(text::of(&find(event, names)))),
            }
            if out.len() > Self::MAX_LENGTH {
                return Err(TooLong);
            }
        }
        Ok(out)
    }
}

fn is_name(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c.is_alphabetic() || c == '_')
        && chars.all(|c| c.is_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests;
