//! Values that serde carries as text: datetimes as their 25 characters, object
//! paths in WMI form, names as spelled; and `char16` as its
//! code unit. They are the spellings of [`crate::Value`]'s JSON.

use crate::{Char16, DateTime, Name, ObjectPath};
use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};
use serde::ser::{Serialize, Serializer};
use std::fmt;
use std::marker::PhantomData;

/// Reads a type from text.
struct Text<T> {
    expected: &'static str,
    read: fn(&str) -> Result<T, String>,
    read_as: PhantomData<T>,
}

impl<T> Visitor<'_> for Text<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        (self.read)(text).map_err(E::custom)
    }
}

macro_rules! as_text {
    ($ty:ty, $expected:literal, $read:expr) => {
        impl<'de> Deserialize<'de> for $ty {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = Text { expected: $expected, read: $read, read_as: PhantomData };
                deserializer.deserialize_str(text)
            }
        }
    };
}

as_text!(DateTime, "a datetime of 25 characters", |text| {
    DateTime::parse(text).map_err(|e| e.to_string())
});
as_text!(ObjectPath, "an object path", |text| {
    ObjectPath::parse(text).map_err(|e| format!("`{text}` is not an object path: {e}"))
});
as_text!(Name, "a name", |text| Ok(Name::new(text)));

impl Serialize for DateTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Serialize for ObjectPath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Serialize for Char16 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u16(self.0)
    }
}

impl<'de> Deserialize<'de> for Char16 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_u16(CodeUnit)
    }
}

struct CodeUnit;

impl Visitor<'_> for CodeUnit {
    type Value = Char16;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a UTF-16 code unit")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Char16, E> {
        let unit = u16::try_from(number);
        unit.map(Char16).map_err(|_| E::invalid_value(Unexpected::Unsigned(number), &self))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Char16, E> {
        let unit = u16::try_from(number);
        unit.map(Char16).map_err(|_| E::invalid_value(Unexpected::Signed(number), &self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_comes_back() {
        let datetime: DateTime = "20240229120000.******+060".parse().unwrap();
        let path = ObjectPath::parse(r#"\\A\root\cimv2:X.K="a""#).unwrap();
        let json = serde_json::to_string(&(datetime, &path, Name::new("X"), Char16(0xd800)));
        let json = json.unwrap();
        assert_eq!(
            json,
            r#"["20240229120000.******+060","\\\\A\\root\\cimv2:X.K=\"a\"","X",55296]"#
        );
        let back: (DateTime, ObjectPath, Name, Char16) = serde_json::from_str(&json).unwrap();
        assert_eq!(back, (datetime, path, Name::new("X"), Char16(0xd800)));
    }

    #[test]
    fn what_is_none_is_refused() {
        assert!(serde_json::from_str::<DateTime>("\"soon\"").is_err());
        assert!(serde_json::from_str::<ObjectPath>("\"X.K=\"").is_err());
        for (json, unit) in [("65", Some(65)), ("65536", None), ("-1", None)] {
            assert_eq!(serde_json::from_str::<Char16>(json).ok(), unit.map(Char16), "{json}");
        }
    }
}
