//! What everybody was handed.

use crate::delivered::Delivered;
use cimarron_engine::EngineError;
use indexmap::IndexMap;
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use std::ops::Range;

/// What a scenario delivered. As JSON it is `{"subscriptions": {ID: {"error", "events"}},
/// "consumers": {PATH: [EVENT]}}`.
#[derive(Debug, Default)]
pub struct Outcome {
    /// What the subscriptions were handed, or why there is none, by their ids.
    pub subscriptions: IndexMap<String, Subscribed>,
    /// What permanent consumers were handed, by their paths: every consumer that was there at
    /// any time.
    pub consumers: IndexMap<String, Vec<Delivered>>,
}

/// What became of a subscription.
#[derive(Debug)]
pub enum Subscribed {
    /// It was handed these, in order.
    Events(Vec<Delivered>),
    /// It was refused.
    Refused(Refusal),
}

/// Why a query was refused.
#[derive(Debug)]
pub struct Refusal {
    /// The query.
    pub query: String,
    /// Why.
    pub error: Box<EngineError>,
}

impl Refusal {
    /// Where the query is at fault, in bytes.
    pub fn span(&self) -> Option<Range<usize>> {
        self.error.span()
    }
}

impl Serialize for Refusal {
    /// The numbers of the condition, and what to say about it.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let status = self.error.status();
        let mut map = serializer.serialize_map(Some(6))?;
        map.serialize_entry("status", status.cim().name())?;
        map.serialize_entry("cim_code", &status.cim().code())?;
        map.serialize_entry("wbem", status.wbem().name())?;
        map.serialize_entry("code", &status.wbem().code())?;
        map.serialize_entry("message", &self.error.to_string())?;
        let span =
            self.span().map(|span| IndexMap::from([("start", span.start), ("end", span.end)]));
        map.serialize_entry("span", &span)?;
        map.end()
    }
}

impl Outcome {
    /// The outcome as JSON, with refusals spelt by the caller.
    pub fn spelt<'a, R: Serialize + 'a, F: Fn(&'a Refusal) -> R>(
        &'a self,
        refusal: F,
    ) -> impl Serialize + use<'a, R, F> {
        let subscriptions = self.subscriptions.iter().map(|(id, subscribed)| {
            let handed = match subscribed {
                Subscribed::Events(events) => Handed { error: None, events },
                Subscribed::Refused(why) => Handed { error: Some(refusal(why)), events: &[] },
            };
            (id.as_str(), handed)
        });
        let consumers =
            self.consumers.iter().map(|(path, events)| (path.as_str(), events.as_slice()));
        Spelt { subscriptions: subscriptions.collect(), consumers: consumers.collect() }
    }
}

impl Serialize for Outcome {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.spelt(|refusal| refusal).serialize(serializer)
    }
}

#[derive(Serialize)]
struct Spelt<'a, R> {
    subscriptions: IndexMap<&'a str, Handed<'a, R>>,
    consumers: IndexMap<&'a str, &'a [Delivered]>,
}

#[derive(Serialize)]
struct Handed<'a, R> {
    error: Option<R>,
    events: &'a [Delivered],
}
