//! Paths as text.

use super::compare::slashed;
use super::{KeyBinding, KeyCase, KeyValue, Keys, ObjectPath};
use crate::fold;
use std::borrow::Cow;
use std::fmt::{self, Write};

/// The variants of a WBEM URI that CIM clients write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum UriFormat {
    /// DSP0207's untyped form: `//host/namespace:Class.K="v"`, `/:Class` when the
    /// first two are missing.
    #[default]
    Standard,
    /// As `Standard`, with names in lower case and keys by name.
    Canonical,
    /// As `Standard`, without the slash or colon that follows nothing.
    Historical,
    /// The `CIMObject` header of DSP0200: as `Standard` and never with a host or a
    /// leading slash.
    CimObject,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    Wmi,
    Uri(UriFormat),
    /// For comparison, not for reading back.
    Canonical(KeyCase),
}

impl ObjectPath {
    /// The path as WMI writes it: `\\HOST\root\cimv2:Class.K="v"`, with as many of
    /// its parts as there are. A namespace of one part and no server is written
    /// `\root`, for `root` would be a class.
    pub fn to_wmi(&self) -> String {
        self.in_style(Style::Wmi)
    }

    /// The path without server and namespace: `Class.K="v"`, WMI's `__RELPATH`.
    pub fn relative(&self) -> String {
        collect(|out| self.write_object(Style::Wmi, out))
    }

    /// The path as an untyped WBEM URI (DSP0207), without a scheme. Keys keep
    /// their order. DSP0207 has no form for an instance without keys: `=@` is
    /// written, as in WMI.
    pub fn to_uri(&self) -> String {
        self.to_uri_as(UriFormat::Standard)
    }

    /// The path as a WBEM URI of one of the customary variants.
    pub fn to_uri_as(&self, format: UriFormat) -> String {
        self.in_style(Style::Uri(format))
    }

    /// A text that two paths share exactly when [`ObjectPath::same_object`] holds,
    /// for dictionaries and hashes. It looks like a URI and is not meant to be
    /// parsed.
    pub fn canonical(&self, case: KeyCase) -> String {
        self.in_style(Style::Canonical(case))
    }

    /// How many bytes the path takes where it is a key in the text of another, quotes and
    /// escapes included; `None` when these are more than `limit`.
    pub fn length_in_key(&self, limit: usize) -> Option<usize> {
        let mut counted = Counted { left: limit.checked_sub(2)? };
        self.write(Style::Wmi, &mut Escaped(&mut counted)).ok()?;
        Some(limit - counted.left)
    }

    fn in_style(&self, style: Style) -> String {
        collect(|out| self.write(style, out))
    }

    fn write(&self, style: Style, out: &mut dyn Write) -> fmt::Result {
        match style {
            Style::Wmi => self.write_wmi_head(out)?,
            Style::Uri(format) => self.write_uri_head(format, style, out)?,
            Style::Canonical(_) => self.write_uri_head(UriFormat::Canonical, style, out)?,
        }
        self.write_object(style, out)
    }

    /// Everything before the class, its colon included.
    fn write_wmi_head(&self, out: &mut dyn Write) -> fmt::Result {
        if let Some(host) = &self.host {
            write!(out, "\\\\{host}")?;
        }
        if let Some(namespace) = &self.namespace {
            let namespace = slashed(namespace);
            if self.host.is_some() || (self.class.is_none() && !namespace.contains('/')) {
                out.write_char('\\')?;
            }
            out.write_str(&namespace.replace('/', "\\"))?;
        } else if self.host.is_some() && self.class.is_some() {
            out.write_char('\\')?;
        }
        if self.class.is_some() && (self.host.is_some() || self.namespace.is_some()) {
            out.write_char(':')?;
        }
        Ok(())
    }

    fn write_uri_head(&self, format: UriFormat, style: Style, out: &mut dyn Write) -> fmt::Result {
        let host = self.host.as_deref().filter(|_| format != UriFormat::CimObject);
        if let Some(host) = host {
            write!(out, "//{}", style.cased(host))?;
        }
        let bare = matches!(format, UriFormat::CimObject | UriFormat::Historical);
        if host.is_some() || !bare {
            out.write_char('/')?;
        }
        if let Some(namespace) = &self.namespace {
            out.write_str(&style.cased(&slashed(namespace)))?;
        }
        if self.class.is_some() && (self.namespace.is_some() || format != UriFormat::Historical) {
            out.write_char(':')?;
        }
        Ok(())
    }

    /// The class and its keys.
    fn write_object(&self, style: Style, out: &mut dyn Write) -> fmt::Result {
        if let Some(class) = &self.class {
            out.write_str(&style.cased(class.as_str()))?;
        }
        match &self.keys {
            Keys::Class => Ok(()),
            Keys::Unnamed(value) => {
                out.write_char('=')?;
                value.write(style, out)
            }
            keys if keys.is_empty() => out.write_str("=@"),
            keys if style.sorts() => write_keys(keys.sorted().into_iter(), style, out),
            keys => write_keys(keys.named().iter(), style, out),
        }
    }
}

fn write_keys<'a>(
    keys: impl Iterator<Item = &'a KeyBinding>,
    style: Style,
    out: &mut dyn Write,
) -> fmt::Result {
    for (index, key) in keys.enumerate() {
        out.write_char(if index == 0 { '.' } else { ',' })?;
        write!(out, "{}=", style.cased(key.name.as_str()))?;
        key.value.write(style, out)?;
    }
    Ok(())
}

impl Style {
    const fn sorts(self) -> bool {
        matches!(self, Self::Uri(UriFormat::Canonical) | Self::Canonical(_))
    }

    fn cased(self, name: &str) -> Cow<'_, str> {
        if self.sorts() { fold::fold(name).into() } else { name.into() }
    }
}

impl KeyValue {
    fn write(&self, style: Style, out: &mut dyn Write) -> fmt::Result {
        match self {
            Self::String(text) | Self::Untyped(text) => {
                if style == Style::Canonical(KeyCase::Insensitive) {
                    write_quoted(&fold::fold(text), out)
                } else {
                    write_quoted(text, out)
                }
            }
            Self::Integer(value) => write!(out, "{value}"),
            Self::Real(value) => write_real(*value, out),
            Self::Boolean(value) => out.write_str(if *value { "TRUE" } else { "FALSE" }),
            // Brackets keep a reference apart from text that reads the same.
            Self::Reference(path) if matches!(style, Style::Canonical(_)) => {
                out.write_char('(')?;
                path.write(style, out)?;
                out.write_char(')')
            }
            Self::Reference(path) => {
                out.write_char('"')?;
                path.write(style, &mut Escaped(out))?;
                out.write_char('"')
            }
        }
    }
}

/// Counts bytes and fails at the first that is too many.
struct Counted {
    left: usize,
}

impl Write for Counted {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.left = self.left.checked_sub(text.len()).ok_or(fmt::Error)?;
        Ok(())
    }
}

/// Escapes quotes and backslashes on the way through.
struct Escaped<'a>(&'a mut dyn Write);

impl Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for part in text.split_inclusive(['"', '\\']) {
            match part.strip_suffix(['"', '\\']) {
                Some(before) => {
                    self.0.write_str(before)?;
                    self.0.write_char('\\')?;
                    self.0.write_str(part.get(before.len()..).unwrap_or_default())?;
                }
                None => self.0.write_str(part)?,
            }
        }
        Ok(())
    }
}

fn write_quoted(text: &str, out: &mut dyn Write) -> fmt::Result {
    out.write_char('"')?;
    Escaped(out).write_str(text)?;
    out.write_char('"')
}

/// The shortest digits that read back as the same real, always with a point.
fn write_real(value: f64, out: &mut dyn Write) -> fmt::Result {
    if value.is_nan() {
        return out.write_str("NaN");
    }
    if value.is_infinite() {
        return out.write_str(if value > 0.0 { "INF" } else { "-INF" });
    }
    let text = format!("{value:?}");
    match text.split_once('e') {
        Some((mantissa, exponent)) if !mantissa.contains('.') => {
            write!(out, "{mantissa}.0e{exponent}")
        }
        _ => out.write_str(&text),
    }
}

fn collect(write: impl FnOnce(&mut String) -> fmt::Result) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write(&mut text);
    text
}

impl fmt::Display for ObjectPath {
    /// As [`ObjectPath::to_wmi`].
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(Style::Wmi, f)
    }
}

impl fmt::Display for KeyValue {
    /// As a WMI path writes the value.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(Style::Wmi, f)
    }
}
