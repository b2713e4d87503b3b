//! JSON objects whose members know their places in the text.
//!
//! serde's own errors say where only for the grammar of JSON; what a member says, or that
//! nobody knows it, comes without a place. A scenario is written by hand, so here every
//! value keeps the text it was read from, which lies inside the whole and so is a place.

use crate::error::FormError;
use cimarron_model::suggest;
use serde::de::{Deserialize, DeserializeOwned, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

/// A text of which values are parts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Whole<'a>(&'a str);

impl<'a> Whole<'a> {
    pub(crate) const fn new(text: &'a str) -> Self {
        Self(text)
    }

    /// The value that the whole text is.
    pub(crate) fn value(self) -> Result<&'a RawValue, FormError> {
        serde_json::from_str(self.0).map_err(|error| self.error(&error, 0))
    }

    /// Where a part of the text is.
    pub(crate) fn span(self, part: &str) -> Range<usize> {
        let start = part.as_ptr().addr().saturating_sub(self.0.as_ptr().addr());
        start.min(self.0.len())..(start + part.len()).min(self.0.len())
    }

    /// What serde says of the text from `start` on.
    fn error(self, error: &serde_json::Error, start: usize) -> FormError {
        let text = self.0.get(start..).unwrap_or_default();
        let before: usize =
            text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
        // Columns count bytes up to and with the one that is wrong.
        let at = text.floor_char_boundary(before + error.column().saturating_sub(1));
        let end = text.ceil_char_boundary(at + 1);
        let said = error.to_string();
        let place = format!(" at line {} column {}", error.line(), error.column());
        FormError::new(said.strip_suffix(&place).unwrap_or(&said), start + at..start + end)
    }

    /// A value as a type. What is wrong is said of the value as a whole.
    pub(crate) fn read<T: DeserializeOwned>(
        self,
        value: &'a RawValue,
        expected: &str,
    ) -> Result<T, FormError> {
        let text = value.get();
        serde_json::from_str(text)
            .map_err(|_| FormError::new(format!("expected {expected}"), self.span(text)))
    }

    /// The elements of a list.
    pub(crate) fn list(self, value: &'a RawValue) -> Result<Vec<&'a RawValue>, FormError> {
        let text = value.get();
        serde_json::from_str(text).map_err(|_| FormError::new("expected a list", self.span(text)))
    }

    /// The members of an object.
    pub(crate) fn members(self, value: &'a RawValue) -> Result<Members<'a>, FormError> {
        let text = value.get();
        let Object(members) = serde_json::from_str(text)
            .map_err(|_| FormError::new("expected an object", self.span(text)))?;
        for (at, member) in members.iter().enumerate() {
            if members.iter().take(at).any(|earlier| earlier.name == member.name) {
                let problem = format!("`{}` is there twice", member.name);
                return Err(FormError::new(problem, member.span(self)));
            }
        }
        Ok(Members { whole: self, span: self.span(text), members })
    }
}

/// The members of an object that nobody has taken yet.
#[derive(Debug)]
pub(crate) struct Members<'a> {
    whole: Whole<'a>,
    /// The object.
    pub(crate) span: Range<usize>,
    members: Vec<Member<'a>>,
}

/// A member of an object.
#[derive(Debug)]
struct Member<'a> {
    /// Borrowed where it is spelt without escapes.
    name: Cow<'a, str>,
    value: &'a RawValue,
}

impl Member<'_> {
    /// Where its name stands, or its value when the name is spelt with escapes.
    fn span(&self, whole: Whole<'_>) -> Range<usize> {
        match &self.name {
            Cow::Borrowed(name) => whole.span(name),
            Cow::Owned(_) => whole.span(self.value.get()),
        }
    }
}

impl<'a> Members<'a> {
    /// Takes a member that need not be there.
    pub(crate) fn optional(&mut self, name: &str) -> Option<&'a RawValue> {
        let at = self.members.iter().position(|member| member.name == name)?;
        Some(self.members.remove(at).value)
    }

    /// Takes a member that must be there.
    pub(crate) fn required(&mut self, name: &str) -> Result<&'a RawValue, FormError> {
        self.optional(name)
            .ok_or_else(|| FormError::new(format!("`{name}` is missing"), self.span.clone()))
    }

    /// Takes a text that must be there, with its place.
    pub(crate) fn text(&mut self, name: &str) -> Result<(String, Range<usize>), FormError> {
        let value = self.required(name)?;
        Ok((self.whole.read(value, "a text")?, self.whole.span(value.get())))
    }

    /// Takes a list; none is an empty one.
    pub(crate) fn list(&mut self, name: &str) -> Result<Vec<&'a RawValue>, FormError> {
        self.optional(name).map_or_else(|| Ok(Vec::new()), |value| self.whole.list(value))
    }

    /// That nothing is left. `known` are the members that there can be.
    pub(crate) fn finish(self, known: &[&str]) -> Result<(), FormError> {
        let Some(member) = self.members.first() else { return Ok(()) };
        let name = &*member.name;
        let error = FormError::new(format!("unknown member `{name}`"), member.span(self.whole));
        Err(match suggest::nearest(name, known.iter().copied()) {
            Some(near) => error.with_help(suggest::did_you_mean(near)),
            None => error.with_help(format!("the members are {}", known.join(", "))),
        })
    }
}

/// An object as it is written: members in their order, repeated ones too.
struct Object<'a>(Vec<Member<'a>>);

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;
        impl<'de> Visitor<'de> for Entries {
            type Value = Object<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some((Key(name), value)) = map.next_entry()? {
                    members.push(Member { name, value });
                }
                Ok(Object(members))
            }
        }
        deserializer.deserialize_map(Entries)
    }
}

/// A member's name, borrowed where it has no escapes.
struct Key<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name;
        impl<'de> Visitor<'de> for Name {
            type Value = Key<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }

            fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Borrowed(name)))
            }

            fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Owned(name.to_owned())))
            }
        }
        deserializer.deserialize_str(Name)
    }
}
