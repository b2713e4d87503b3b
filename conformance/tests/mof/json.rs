//! What an archive holds, as JSON.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// A JSON value whose objects keep their order.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(untagged)]
pub(crate) enum Json {
    Null,
    Boolean(bool),
    Number(serde_json::Number),
    String(String),
    List(Vec<Json>),
    Object(IndexMap<String, Json>),
}

impl Json {
    pub(crate) fn of(value: &impl Serialize) -> Self {
        serde_json::from_str(&serde_json::to_string(value).unwrap()).unwrap()
    }

    pub(crate) fn member(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members.get(name),
            Self::List(items) => items.get(name.parse::<usize>().ok()?),
            _ => None,
        }
    }

    /// Whether this is `expected`. A list of names stands for an object with
    /// members of these names in this order.
    pub(crate) fn fits(&self, expected: &Self) -> bool {
        match (self, expected) {
            (Self::Object(members), Self::List(names)) => {
                members.keys().map(|name| Self::String(name.clone())).eq(names.iter().cloned())
            }
            _ => self == expected,
        }
    }
}
