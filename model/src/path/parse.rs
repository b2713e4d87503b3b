//! Text to paths.
//!
//! WMI paths and WBEM URIs share one grammar, `[server][namespace:]object`. The
//! forms differ in slashes, scheme, the radix of integers and the escapes in
//! quotes, so one reader serves both.
//!
//! Lenient where clients are: single quotes quote like double ones in both
//! forms, a URI may miss its leading slash or colon and may leave a datetime
//! unquoted, `Class.` is a singleton in a URI, and any scheme is accepted and
//! dropped. `%20` stays as it is: neither form's values are percent-encoded.

use super::number::{self, NotANumber, Radix};
use super::{KeyBinding, KeyValue, Keys, MAX_PATH_KEYS, ObjectPath, PathError};
use crate::{DateTime, Name};
use smol_str::SmolStr;
use std::ops::Range;
use std::str::FromStr;

/// The two ways to write a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PathForm {
    /// `\\server\root\cimv2:Class.K="v"` (MS-WMI 2.2.2; forward slashes too).
    Wmi,
    /// `https://host:5989/root/cimv2:Class.K="v"` (DSP0207, untyped).
    Uri,
}

impl PathForm {
    /// The form that a text is in: a URI has a scheme or starts with a slash.
    pub fn detect(text: &str) -> Self {
        if text.starts_with('/') || scheme_len(text) > 0 { Self::Uri } else { Self::Wmi }
    }

    const fn is_slash(self, c: char) -> bool {
        c == '/' || (c == '\\' && matches!(self, Self::Wmi))
    }

    const fn radix(self) -> Radix {
        match self {
            Self::Wmi => Radix::DecimalOrHex,
            Self::Uri => Radix::Mof,
        }
    }
}

impl ObjectPath {
    /// Reads a path of either form.
    ///
    /// # Errors
    /// When the text is no path, with the place and what to write there.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        Self::parse_as(text, PathForm::detect(text))
    }

    /// Reads a WMI path.
    ///
    /// # Errors
    /// As [`ObjectPath::parse`].
    pub fn parse_wmi(text: &str) -> Result<Self, PathError> {
        Self::parse_as(text, PathForm::Wmi)
    }

    /// Reads an untyped WBEM URI. Its scheme is not kept.
    ///
    /// # Errors
    /// As [`ObjectPath::parse`].
    pub fn parse_uri(text: &str) -> Result<Self, PathError> {
        Self::parse_as(text, PathForm::Uri)
    }

    /// Reads a path of one form.
    ///
    /// # Errors
    /// As [`ObjectPath::parse`].
    pub fn parse_as(text: &str, form: PathForm) -> Result<Self, PathError> {
        let mut reader = Reader { text, rest: text, form };
        let mut path = Self::default();
        let rooted = reader.server(&mut path)?;
        let stop = reader.rest.find([':', '"', '\'', '=']).unwrap_or(reader.rest.len());
        let (before, after) = reader.rest.split_at(stop);
        let in_namespace = rooted || before.contains(|c| form.is_slash(c));
        if after.starts_with(':') {
            path.namespace = if stop == 0 { None } else { Some(reader.namespace(stop)?) };
            reader.skip(1);
        } else if in_namespace && after.is_empty() {
            path.namespace = Some(reader.namespace(stop)?);
            return Ok(path);
        } else if in_namespace {
            let at = reader.at();
            let expected = "a `:` between the namespace and the class";
            return Err(PathError::Expected { expected, span: at..at + stop });
        }
        path.class = Some(reader.name("class")?);
        path.keys = reader.keys()?;
        Ok(path)
    }

    /// Reads the path of a namespace, where a plain `root` is a namespace and not
    /// a class: `root`, `root\cimv2`, `//server/root/cimv2`.
    ///
    /// # Errors
    /// As [`ObjectPath::parse`].
    pub fn parse_namespace(text: &str) -> Result<Self, PathError> {
        let mut reader = Reader { text, rest: text, form: PathForm::Wmi };
        let mut path = Self::default();
        reader.server(&mut path)?;
        path.namespace = Some(reader.namespace(reader.rest.len())?);
        Ok(path)
    }
}

impl FromStr for ObjectPath {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        Self::parse(text)
    }
}

/// The bytes of a scheme and its colon; 0 without one. A slash must follow.
fn scheme_len(text: &str) -> usize {
    let Some((scheme, after)) = text.split_once(':') else { return 0 };
    let legal = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.' | '_'));
    if legal && after.starts_with('/') { scheme.len() + 1 } else { 0 }
}

struct Reader<'a> {
    text: &'a str,
    rest: &'a str,
    form: PathForm,
}

impl<'a> Reader<'a> {
    fn at(&self) -> usize {
        self.text.len() - self.rest.len()
    }

    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    /// Where the next character is; empty at the end.
    fn here(&self) -> Range<usize> {
        let at = self.at();
        at..at + self.peek().map_or(0, char::len_utf8)
    }

    fn skip(&mut self, bytes: usize) -> &'a str {
        let (skipped, rest) = self.rest.split_at_checked(bytes).unwrap_or((self.rest, ""));
        self.rest = rest;
        skipped
    }

    fn eat(&mut self, c: char) -> bool {
        let found = self.peek() == Some(c);
        if found {
            self.skip(c.len_utf8());
        }
        found
    }

    fn eat_slash(&mut self) -> bool {
        let found = self.peek().is_some_and(|c| self.form.is_slash(c));
        if found {
            self.skip(1);
        }
        found
    }

    /// Scheme, server and the slash after it; says whether any slash was read, so
    /// that a namespace must follow.
    fn server(&mut self, path: &mut ObjectPath) -> Result<bool, PathError> {
        if self.text.is_empty() {
            return Err(PathError::Empty);
        }
        if self.form == PathForm::Uri {
            self.skip(scheme_len(self.rest));
        }
        if !self.eat_slash() {
            return Ok(false);
        }
        if !self.eat_slash() {
            return Ok(true);
        }
        let start = self.at();
        let len = self.rest.find(|c| self.form.is_slash(c)).unwrap_or(self.rest.len());
        let host = self.skip(len);
        let strange = |c: &(usize, char)| !(c.1.is_alphanumeric() || ".:@[]-_%$~".contains(c.1));
        if let Some((offset, found)) = host.char_indices().find(strange) {
            let at = start + offset;
            return Err(PathError::InvalidHost { found, span: at..at + found.len_utf8() });
        }
        if !self.eat_slash() {
            return Err(PathError::MissingNamespace { span: start..start + len });
        }
        if !host.is_empty() {
            path.host = Some(SmolStr::new(host));
        } else if self.form == PathForm::Wmi {
            let expected = "the name of a server, or `.` for this one";
            return Err(PathError::Expected { expected, span: start..start });
        }
        Ok(true)
    }

    /// That many bytes as a namespace, `/` between its parts.
    fn namespace(&mut self, len: usize) -> Result<SmolStr, PathError> {
        let mut start = self.at();
        let text = self.skip(len);
        let form = self.form;
        for part in text.split(|c| form.is_slash(c)) {
            let legal = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
            if part.is_empty() || !part.chars().all(legal) {
                let span = start..start + part.len();
                return Err(PathError::InvalidNamespace { part: part.into(), span });
            }
            start += part.len() + 1;
        }
        Ok(if text.contains('\\') { text.replace('\\', "/").into() } else { text.into() })
    }

    fn name(&mut self, what: &'static str) -> Result<Name, PathError> {
        let part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c >= '\u{80}';
        let len = self.rest.find(|c| !part(c)).unwrap_or(self.rest.len());
        if len == 0 || self.rest.starts_with(|c: char| c.is_ascii_digit()) {
            return Err(PathError::MissingName { what, span: self.here() });
        }
        Ok(Name::new(self.skip(len)))
    }

    fn keys(&mut self) -> Result<Keys, PathError> {
        if self.rest.is_empty() {
            return Ok(Keys::Class);
        }
        if self.eat('=') {
            let keys = if self.eat('@') { Keys::Singleton } else { Keys::Unnamed(self.value()?) };
            return self.end("the end of the path").map(|()| keys);
        }
        if !self.eat('.') {
            return self.end("`.` and a key, `=` and a value, or the end").map(|()| Keys::Class);
        }
        if self.rest.is_empty() && self.form == PathForm::Uri {
            return Ok(Keys::Singleton);
        }
        let mut bindings: Vec<KeyBinding> = Vec::new();
        loop {
            let start = self.at();
            let name = self.name("key")?;
            let span = start..self.at();
            if bindings.len() == MAX_PATH_KEYS {
                return Err(PathError::TooManyKeys { span });
            }
            if bindings.iter().any(|key| key.name == name) {
                return Err(PathError::DuplicateKey { name, span });
            }
            if !self.eat('=') {
                let expected = "`=` and the value of the key";
                return Err(PathError::Expected { expected, span: self.here() });
            }
            let value = self.value()?;
            bindings.push(KeyBinding { name, value });
            if !self.eat(',') {
                break;
            }
        }
        self.end("`,` and another key, or the end").map(|()| Keys::Named(bindings))
    }

    fn end(&self, expected: &'static str) -> Result<(), PathError> {
        if self.rest.is_empty() {
            return Ok(());
        }
        Err(PathError::Expected { expected, span: self.here() })
    }

    fn value(&mut self) -> Result<KeyValue, PathError> {
        if let Some(quote @ ('"' | '\'')) = self.peek() {
            return self.quoted(quote).map(KeyValue::String);
        }
        let start = self.at();
        let word = self.skip(self.rest.find(',').unwrap_or(self.rest.len()));
        let span = start..self.at();
        if let Some(value) = number::boolean(word) {
            return Ok(KeyValue::Boolean(value));
        }
        let number =
            number::integer(word, self.form.radix()).map(KeyValue::Integer).or_else(|cause| {
                match cause {
                    NotANumber::Malformed => number::real(word).map(KeyValue::Real),
                    NotANumber::TooLarge => Err(cause),
                }
            });
        match number {
            Ok(value) => Ok(value),
            Err(NotANumber::TooLarge) => {
                Err(PathError::NumberTooLarge { found: word.into(), span })
            }
            Err(NotANumber::Malformed)
                if self.form == PathForm::Uri && DateTime::parse(word).is_ok() =>
            {
                Ok(KeyValue::String(word.into()))
            }
            Err(NotANumber::Malformed) => Err(PathError::InvalidValue { found: word.into(), span }),
        }
    }

    /// Quoted text, unescaped.
    fn quoted(&mut self, quote: char) -> Result<SmolStr, PathError> {
        let start = self.at();
        self.skip(1);
        let mut text = String::new();
        loop {
            let Some(len) = self.rest.find([quote, '\\']) else {
                return Err(PathError::Unterminated { quote, span: start..self.text.len() });
            };
            let plain = self.skip(len);
            if self.eat(quote) {
                // Most values have no escapes and are taken as they stand.
                return Ok(if text.is_empty() {
                    plain.into()
                } else {
                    text.push_str(plain);
                    text.into()
                });
            }
            text.push_str(plain);
            text.push(self.escape(quote, start)?);
        }
    }

    /// A backslash and what it escapes. URIs have the escapes of MOF strings
    /// (DSP0207 takes DSP0004's), WMI paths have three.
    fn escape(&mut self, quote: char, start: usize) -> Result<char, PathError> {
        let at = self.at();
        self.skip(1);
        let Some(found) = self.peek() else {
            return Err(PathError::Unterminated { quote, span: start..self.text.len() });
        };
        self.skip(found.len_utf8());
        let escaped = match (found, self.form) {
            ('\\' | '"' | '\'', _) => Some(found),
            ('b', PathForm::Uri) => Some('\u{8}'),
            ('t', PathForm::Uri) => Some('\t'),
            ('n', PathForm::Uri) => Some('\n'),
            ('f', PathForm::Uri) => Some('\u{c}'),
            ('r', PathForm::Uri) => Some('\r'),
            ('x' | 'X', PathForm::Uri) => self.hex_escape(),
            _ => None,
        };
        escaped.ok_or(PathError::InvalidEscape { found, span: at..self.at() })
    }

    /// The character of one to four hexadecimal digits.
    fn hex_escape(&mut self) -> Option<char> {
        let digits = self.rest.bytes().take(4).take_while(u8::is_ascii_hexdigit).count();
        u32::from_str_radix(self.skip(digits), 16).ok().and_then(char::from_u32)
    }
}
