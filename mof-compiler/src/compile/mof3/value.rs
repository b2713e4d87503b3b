//! Writing the values of MOF 3 as those of MOF 2 (DSP0221 7.6).
//!
//! Names of enumerations become the values behind them, octet strings get the length
//! that MOF 2 puts in front, and aliases of complex values become what they stand
//! for. Everything else stays and is judged when it is converted.

use super::enumeration::{Constant, words};
use super::lower::Writer;
use super::target::{Shape, Target};
use super::types::{Found, Meaning, TypeId};
use crate::Code;
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Span};
use crate::syntax::MAX_NESTING;
use crate::syntax::ast;
use crate::syntax::mof3::ast::{
    ComplexDeclaration, ComplexSort, KeyBinding, PathValue, Value, ValueKind,
};
use crate::syntax::namespace_path;
use cimarron_model::{Name, suggest};

impl<'t> Writer<'t, '_, '_> {
    /// The value of a property, parameter or default.
    pub(super) fn value(&mut self, written: &'t Value<'t>, target: &Target<'t>) -> ast::Value<'t> {
        let codes = (Code::UnexpectedArray, Code::ArrayExpected);
        self.shaped(written, target, codes)
    }

    /// The value of a qualifier.
    pub(super) fn qualifier_value(
        &mut self,
        written: &'t Value<'t>,
        target: &Target<'t>,
    ) -> ast::Value<'t> {
        self.shaped(written, target, (Code::QualifierValue, Code::QualifierValue))
    }

    /// A value, with the codes for an array and for none where the other is wanted.
    fn shaped(
        &mut self,
        written: &'t Value<'t>,
        target: &Target<'t>,
        codes: (Code, Code),
    ) -> ast::Value<'t> {
        if self.is_of_shape(written, target, codes) {
            return match written.kind {
                // That an array is wanted is all there is to say of it.
                ValueKind::Alias(name)
                    if target.is_array_of_objects() && self.aliases.get(name).is_some() =>
                {
                    ast::Value { span: written.span, kind: ast::ValueKind::Alias(name) }
                }
                _ => self.unshaped(written, target),
            };
        }
        ast::Value { span: written.span, kind: ast::ValueKind::Invalid }
    }

    /// Whether an array is where one is wanted, and nowhere else. Types that MOF 2 does not
    /// have are judged here, where their names are known.
    fn is_of_shape(
        &mut self,
        written: &Value<'t>,
        target: &Target<'t>,
        (no_array, array): (Code, Code),
    ) -> bool {
        let Target::Typed(meaning, shape) = target else { return true };
        let name = match meaning {
            Meaning::Enumeration(id) => {
                let name = self.types.node(*id).map_or("", |node| node.written());
                format!("a `{name}")
            }
            Meaning::OctetString => "an `octetstring".to_owned(),
            _ => return true,
        };
        match (&written.kind, shape) {
            (ValueKind::Null | ValueKind::Invalid, _) | (ValueKind::Array(_), Shape::Array) => {
                return true;
            }
            (ValueKind::Array(_), Shape::Scalar | Shape::Item) => {
                let message = format!("an array cannot initialise {name}`");
                self.report(no_array, written.span, message);
            }
            (_, Shape::Scalar | Shape::Item) => return true,
            (_, Shape::Array) => {
                let message = format!("{} cannot initialise {name}[]`", words(written));
                let help = Some("write an array: { ... }".to_owned());
                self.advise(array, written.span, message, help);
            }
        }
        false
    }

    /// The value where its type alone counts: an item of an array, or what a qualifier says.
    pub(super) fn unshaped(
        &mut self,
        written: &'t Value<'t>,
        target: &Target<'t>,
    ) -> ast::Value<'t> {
        let kind = match &written.kind {
            ValueKind::Array(items) => ast::ValueKind::Array(
                items.iter().map(|item| self.unshaped(item, target)).collect(),
            ),
            ValueKind::Null => ast::ValueKind::Null,
            ValueKind::Invalid => ast::ValueKind::Invalid,
            ValueKind::Enumeration(name) => self.enumeration_value(written, *name, target),
            _ => self.scalar(written, target),
        };
        ast::Value { span: written.span, kind }
    }

    fn scalar(&mut self, written: &'t Value<'t>, target: &Target<'t>) -> ast::ValueKind<'t> {
        match (&written.kind, target) {
            (_, Target::Typed(Meaning::Enumeration(id), _)) => self.no_literal(written, *id),
            (ValueKind::String(text), Target::Typed(Meaning::OctetString, shape)) => {
                self.octet_string(written.span, text, *shape)
            }
            (_, Target::Typed(Meaning::OctetString, _)) => {
                self.not_octets(written.span, format!("{} is no octet string", words(written)))
            }
            (ValueKind::Boolean(value), _) => ast::ValueKind::Boolean(*value),
            (ValueKind::Integer(value), _) => ast::ValueKind::Integer(*value),
            (ValueKind::Real(value), _) => ast::ValueKind::Real(*value),
            (ValueKind::String(text), _) => ast::ValueKind::String(text.clone().into()),
            (ValueKind::Alias(name), _) => self.alias(written.span, name, target),
            // What is wrong with a key has been reported, and so has what it initialises that is
            // unknown.
            (ValueKind::Path(path), _) if path.keys.iter().any(is_invalid) => {
                ast::ValueKind::Invalid
            }
            (ValueKind::Path(_), Target::Unknown) => ast::ValueKind::Invalid,
            (ValueKind::Path(path), Target::Typed(Meaning::Reference(_), _)) => {
                made_text(path_text(path))
            }
            (ValueKind::Path(_), _) => {
                let message = "an object path initialises what is no reference".to_owned();
                self.report(Code::TypeMismatch, written.span, message);
                ast::ValueKind::Invalid
            }
            (ValueKind::Complex(complex), _) => {
                if complex.sort == ComplexSort::Instance {
                    let message = "a nested value begins with `instance of`".to_owned();
                    let help = "write `value of`; `instance of` makes an object with a key";
                    self.advise(Code::NestedInstance, complex.keyword, message, Some(help.into()));
                }
                if !self.is_known(complex.class) {
                    return ast::ValueKind::Invalid;
                }
                if let Some(ast::Identifier { text: alias, span }) = complex.alias {
                    let class = complex.class.text;
                    let message = format!("a nested value has the alias `${alias}`");
                    let help = format!(
                        "declare it on its own, value of {class} as ${alias} {{ ... }};, and write ${alias} here"
                    );
                    self.advise(Code::AliasInEmbedded, span, message, Some(help));
                    self.sink.broken.add_alias(alias);
                }
                ast::ValueKind::Instance(Box::new(self.complex(complex)))
            }
            (
                ValueKind::Null
                | ValueKind::Invalid
                | ValueKind::Array(_)
                | ValueKind::Enumeration(_),
                _,
            ) => ast::ValueKind::Invalid,
        }
    }

    // Octet strings

    /// DSP0221 7.6.1.4, written as DSP0004 2.x 5.6.3.33 has it: the length in front is
    /// four octets that count themselves.
    fn octet_string(&mut self, span: Span, text: &str, shape: Shape) -> ast::ValueKind<'t> {
        let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
        let Some(digits) = digits else {
            return self.not_octets(span, "an octet string begins with 0x".to_owned());
        };
        if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return self.not_octets(span, "an octet string has hexadecimal digits only".to_owned());
        }
        if digits.len() % 2 != 0 {
            return self.not_octets(span, "an octet string has two digits an octet".to_owned());
        }
        // No text is longer than an offset can say.
        let length = u32::try_from(digits.len() / 2 + 4).unwrap_or(u32::MAX);
        self.counts_no_octets(span, digits);
        if shape != Shape::Scalar {
            return made_text(format!("0x{length:08X}{digits}"));
        }
        if !self.spend(length as usize, span) {
            return ast::ValueKind::Invalid;
        }
        let octet = |pair: &[u8]| {
            let text = std::str::from_utf8(pair).unwrap_or_default();
            i128::from(u8::from_str_radix(text, 16).unwrap_or_default())
        };
        let octets = digits.as_bytes().chunks(2).map(octet);
        let octets = length.to_be_bytes().into_iter().map(i128::from).chain(octets);
        let value = |octet| ast::Value { span, kind: integer(octet) };
        ast::ValueKind::Array(octets.map(value).collect())
    }

    /// Octets that begin with their count, as MOF 2 writes them, were hardly meant to get another.
    fn counts_no_octets(&mut self, span: Span, digits: &str) {
        let Some(count) = digits.get(..8) else { return };
        if u32::from_str_radix(count, 16).is_ok_and(|n| n as usize == digits.len() / 2) {
            let message = "the octets begin with their count, and MOF 3 takes it for octets, too";
            let help = "leave the first four octets out: MOF 3 writes no count".to_owned();
            self.advise(Code::ValueOctets, span, message.to_owned(), Some(help));
        }
    }

    fn not_octets(&mut self, span: Span, message: String) -> ast::ValueKind<'t> {
        let help = "write \"0x\" and two hexadecimal digits for each octet".to_owned();
        self.advise(Code::InvalidOctetString, span, message, Some(help));
        ast::ValueKind::Invalid
    }

    // Complex values

    /// A complex value, without its alias.
    pub(super) fn complex(
        &mut self,
        node: &'t ComplexDeclaration<'t>,
    ) -> ast::InstanceDeclaration<'t> {
        let found = self.visible(node.class.text);
        let text = match &found {
            Some(Found::Text(id)) => {
                self.types.node(*id).map_or(node.class.text, |node| node.name.as_str())
            }
            _ => node.class.text,
        };
        let scope = match &found {
            Some(Found::Text(id)) => Some(*id),
            _ => None,
        };
        self.scopes.extend(scope);
        let mut properties = Vec::with_capacity(node.slots.len());
        for slot in &node.slots {
            let target = self.slot_target(found.as_ref(), slot);
            let value = self.value(&slot.value, &target);
            let (span, name, qualifiers) = (slot.span, slot.name, Vec::new());
            properties.push(ast::PropertyValue { span, qualifiers, name, value });
        }
        if scope.is_some() {
            self.scopes.pop();
        }
        let class = ast::Identifier { text, span: node.class.span };
        let (span, qualifiers, alias, elsewhere) = (node.span, Vec::new(), None, None);
        ast::InstanceDeclaration { span, qualifiers, class, alias, elsewhere, properties }
    }

    /// Whether the class of a value is one that may be named here. One that does not exist
    /// at all is reported when the value is converted.
    pub(super) fn is_known(&mut self, class: ast::Identifier<'t>) -> bool {
        if self.visible(class.text).is_some() {
            return true;
        }
        let may_be = |scope: &TypeId| self.types.may_be_visible(Some(*scope));
        !self.is_hidden(Code::UnknownClass, class) && !self.scopes.iter().any(may_be)
    }

    /// What a name means where the innermost scope's local types come first.
    pub(super) fn visible(&self, name: &str) -> Option<Found> {
        let mut scopes = self.scopes.iter().rev();
        scopes
            .find_map(|scope| match self.types.resolve(name, Some(*scope)) {
                Some(Found::Text(id)) => Some(Found::Text(id)),
                _ => None,
            })
            .or_else(|| self.types.resolve(name, None))
    }

    fn alias(&mut self, span: Span, name: &'t str, target: &Target<'t>) -> ast::ValueKind<'t> {
        let declared = self.aliases.get(name);
        match target {
            Target::Typed(Meaning::Complex(_), _) | Target::Object(_) => {
                self.expand(span, name, declared)
            }
            _ => {
                let declared = declared.or_else(|| Some(self.aliases.elsewhere(name)?.1));
                if declared.is_some_and(|(_, node)| node.sort == ComplexSort::Value) {
                    let message = format!("the alias `${name}` stands for a value, not for a path");
                    let help = "references lead to instances: declare it with `instance of`";
                    match target {
                        // The lack of what it initialises has been reported.
                        Target::Unknown => {}
                        Target::Typed(Meaning::Reference(_), _) => {
                            let help = Some(help.to_owned());
                            self.advise(Code::ValueAsReference, span, message, help);
                        }
                        _ => {
                            let message = format!(
                                "the alias `${name}` stands for a complex value, and this is none"
                            );
                            self.report(Code::MisplacedAlias, span, message);
                        }
                    }
                    return ast::ValueKind::Invalid;
                }
                ast::ValueKind::Alias(name)
            }
        }
    }

    /// The value that an alias stands for, at the place of the alias.
    fn expand(
        &mut self,
        span: Span,
        name: &'t str,
        declared: Option<(FileId, &'t ComplexDeclaration<'t>)>,
    ) -> ast::ValueKind<'t> {
        let Some((file, node)) = declared else {
            if self.sink.broken.has_alias(name) {
                return ast::ValueKind::Invalid;
            }
            if let Some((namespace, (_, node))) = self.aliases.elsewhere(name) {
                let what = match node.sort {
                    ComplexSort::Instance => "an instance in",
                    ComplexSort::Value => "a value of",
                };
                let message = format!("the alias `${name}` stands for {what} `{namespace}`");
                let help = "a value has the types of its namespace: declare one here";
                self.advise(Code::UndefinedAlias, span, message, Some(help.to_owned()));
                return ast::ValueKind::Invalid;
            }
            let known = self.aliases.names();
            let help = suggest::nearest(name, known.filter(|_| self.sink.wants_advice()))
                .map(|similar| suggest::did_you_mean(format_args!("${similar}")));
            let message = format!("the alias `${name}` is not defined");
            self.advise(Code::UndefinedAlias, span, message, help);
            return ast::ValueKind::Invalid;
        };
        let site = self.use_site.unwrap_or(span);
        let key = Name::new(name);
        if self.expanding.contains(&key) {
            // Every value of the circle finds it; the first use on the way says so.
            if self.expanding.first() == Some(&key) {
                let message = format!("the value of `${name}` holds, through aliases, itself");
                self.sink.push(Diagnostic::new(Code::CircularValue, self.file, site, message));
            }
            return ast::ValueKind::Invalid;
        }
        if self.expanding.len() >= MAX_NESTING as usize {
            let message = format!("values nest deeper than {MAX_NESTING} through aliases");
            self.sink.push(Diagnostic::new(Code::ExpansionLimit, self.file, site, message));
            return ast::ValueKind::Invalid;
        }
        if !self.spend(node.slots.len() + 1, span) {
            return ast::ValueKind::Invalid;
        }
        let outer = self.use_site.replace(site);
        let scopes = std::mem::take(&mut self.scopes);
        if !self.is_known(node.class) {
            (self.scopes, self.use_site) = (scopes, outer);
            return ast::ValueKind::Invalid;
        }
        self.expanding.push(key);
        let mut value = self.complex(node);
        value.elsewhere = Some(ast::Elsewhere { file, used: (self.file, site) });
        self.scopes = scopes;
        self.use_site = outer;
        self.expanding.pop();
        ast::ValueKind::Instance(Box::new(value))
    }
}

fn is_invalid(key: &KeyBinding<'_>) -> bool {
    matches!(key.value.kind, ValueKind::Invalid)
}

/// The text of an object path.
fn path_text(path: &PathValue<'_>) -> String {
    let literal = |value: &Value<'_>| match &value.kind {
        ValueKind::Null => "NULL".to_owned(),
        ValueKind::Boolean(value) => if *value { "TRUE" } else { "FALSE" }.to_owned(),
        ValueKind::Integer(value) => value.value().to_string(),
        ValueKind::Real(value) => format!("{value:?}"),
        ValueKind::String(text) => {
            format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
        }
        _ => String::new(),
    };
    let keys: Vec<String> =
        path.keys.iter().map(|key| format!("{}={}", key.name.text, literal(&key.value))).collect();
    let namespace = path.namespace.map(|written| namespace_text(written.text));
    format!("{}{}.{}", namespace.unwrap_or_default(), path.class.text, keys.join(","))
}

/// A namespace path as paths in quotes have it. `localhost` is this server, whichever
/// that is.
fn namespace_text(written: &str) -> String {
    match namespace_path::parts(written) {
        (Some(server), name) if !server.eq_ignore_ascii_case("localhost") => {
            format!("//{server}/{name}:")
        }
        (_, name) => format!("{name}:"),
    }
}

pub(super) fn made_text<'t>(text: String) -> ast::ValueKind<'t> {
    ast::ValueKind::String(ast::Text::Made(text.into()))
}

pub(super) fn constant<'t>(constant: &Constant<'t>) -> ast::ValueKind<'t> {
    match constant {
        Constant::Integer(number) => integer(*number),
        Constant::Text(text) => ast::ValueKind::String(text.clone().into()),
    }
}

pub(super) fn integer<'t>(number: i128) -> ast::ValueKind<'t> {
    let magnitude = u64::try_from(number.unsigned_abs()).unwrap_or(u64::MAX);
    ast::ValueKind::Integer(ast::Integer { negative: number < 0, magnitude })
}
