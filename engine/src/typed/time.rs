//! Datetimes as `std::time::Duration` and `std::time::SystemTime`.
//!
//! Serde knows both as structs of two numbers; their names and fields tell them
//! apart from structs of a program's own.

use crate::error::TypedError;
use cimarron_model::DateTime;
use serde::de::Visitor;
use serde::de::value::SeqDeserializer;
use std::time::Duration;

/// Which of the two types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `Duration`: an interval.
    Length,
    /// `SystemTime`: a timestamp from 1970 on.
    Instant,
}

const LENGTH: [&str; 2] = ["secs", "nanos"];
const INSTANT: [&str; 2] = ["secs_since_epoch", "nanos_since_epoch"];

impl Kind {
    /// The type that serde knows by this name and these fields.
    pub(super) fn of(name: &str, fields: &[&str]) -> Option<Self> {
        match name {
            "Duration" if fields == LENGTH => Some(Self::Length),
            "SystemTime" if fields == INSTANT => Some(Self::Instant),
            _ => None,
        }
    }

    /// The type that serde may be about to write as a struct of this name.
    pub(super) fn of_name(name: &str, fields: usize) -> Option<Self> {
        match name {
            "Duration" if fields == 2 => Some(Self::Length),
            "SystemTime" if fields == 2 => Some(Self::Instant),
            _ => None,
        }
    }

    pub(super) const fn fields(self) -> [&'static str; 2] {
        match self {
            Self::Length => LENGTH,
            Self::Instant => INSTANT,
        }
    }
}

/// A datetime as seconds and nanoseconds.
pub(super) fn deserialize<'de, V: Visitor<'de>>(
    kind: Kind,
    datetime: DateTime,
    visitor: V,
) -> Result<V::Value, TypedError> {
    let micros = match kind {
        Kind::Length if datetime.is_interval() => datetime.utc_micros(),
        Kind::Length => None,
        Kind::Instant => datetime.unix_micros(),
    };
    let Some(micros) = micros.and_then(|m| u64::try_from(m).ok()) else {
        let found = match (datetime.is_interval(), datetime.has_wildcards()) {
            (_, true) => format!("{datetime}, which has asterisks"),
            (true, false) => format!("the interval {datetime}"),
            (false, false) => format!("the timestamp {datetime}"),
        };
        return Err(TypedError::mismatch(&visitor, found));
    };
    let parts = [micros / 1_000_000, micros % 1_000_000 * 1_000];
    visitor.visit_seq(SeqDeserializer::<_, TypedError>::new(parts.into_iter()))
}

/// Seconds and nanoseconds as a datetime; what is below a microsecond is cut off.
pub(super) fn datetime(kind: Kind, seconds: u64, nanos: u64) -> Result<DateTime, TypedError> {
    let nanos = u32::try_from(nanos).map_err(TypedError::other)?;
    let micros = Duration::new(seconds, nanos).as_micros();
    let datetime = match kind {
        Kind::Length => {
            DateTime::interval_from_micros(u64::try_from(micros).map_err(TypedError::other)?)
        }
        Kind::Instant => {
            DateTime::from_unix_micros(i64::try_from(micros).map_err(TypedError::other)?, 0)
        }
    };
    datetime.map_err(TypedError::other)
}
