//! Values: literals, names of enumerations, object paths, complex values and arrays
//! (DSP0221 7.6).

use super::ast::{
    ComplexDeclaration, ComplexSort, Declaration, EnumerationValue, KeyBinding, PathValue, Slot,
    Value, ValueKind,
};
use crate::source::Span;
use crate::syntax::ast::Identifier;
use crate::syntax::number::Number;
use crate::syntax::parser::{Parsed, Parser};
use crate::syntax::token::{Kind, NAMES, Set};

/// What a literal is.
const LITERALS: Set =
    Set::of(&[Kind::Null, Kind::Boolean, Kind::Integer, Kind::Real, Kind::Text, Kind::Invalid]);

/// What begins a value of one element besides a name.
const SCALARS: Set = LITERALS.or(Set::of(&[Kind::Alias, Kind::NamespacePath]));

impl<'a> Parser<'_, 'a, '_> {
    /// `instance of …` or `value of …` to the `;`.
    pub(super) fn declared_value(&mut self) -> Parsed<Declaration<'a>> {
        let mut value = self.complex_value()?;
        self.expect(Kind::Semicolon)?;
        value.span.end = self.end;
        Ok(Declaration::Complex(Box::new(value)))
    }

    /// `instance of …` or `value of …` to the `}`.
    fn complex_value(&mut self) -> Parsed<ComplexDeclaration<'a>> {
        let word = self.name()?;
        self.complex_value_behind(word)
    }

    fn complex_value_behind(&mut self, word: Identifier<'a>) -> Parsed<ComplexDeclaration<'a>> {
        let is_instance = word.text.eq_ignore_ascii_case("instance");
        let sort = if is_instance { ComplexSort::Instance } else { ComplexSort::Value };
        self.expect(Kind::Of)?;
        let keyword = self.from(word.span.start);
        let class = self.class_name()?;
        let alias = self.alias()?;
        self.expect(Kind::LeftBrace)?;
        let mut slots = Vec::new();
        while !self.eat(Kind::RightBrace)? {
            slots.push(self.slot()?);
        }
        let span = self.from(word.span.start);
        Ok(ComplexDeclaration { span, sort, keyword, class, alias, slots })
    }

    fn slot(&mut self) -> Parsed<Slot<'a>> {
        self.not_a_declaration(NAMES)?;
        // Nobody is told to write qualifiers here.
        let mut qualified = None;
        if self.token.kind == Kind::LeftBracket {
            let start = self.start();
            self.mof3_qualifiers()?;
            qualified = Some(self.from(start));
        }
        let start = self.start();
        let name = self.name()?;
        self.expect(Kind::Equals)?;
        if let Some(span) = qualified {
            self.reports.qualified_value(span);
        }
        let value = self.assigned()?;
        self.expect(Kind::Semicolon)?;
        Ok(Slot { span: self.from(start), name, value })
    }

    /// A value that a `;` follows, so that commas can only separate keys.
    pub(super) fn assigned(&mut self) -> Parsed<Value<'a>> {
        let mut value = self.mof3_value()?;
        let mut stray = None;
        while self.eat(Kind::Comma)? {
            let key = self.key_binding()?;
            stray = stray.or(with_key(&mut value, key));
        }
        if let Some(stray) = stray {
            self.reports.stray_key(stray);
        }
        Ok(value)
    }

    pub(super) fn mof3_default(&mut self) -> Parsed<Option<Value<'a>>> {
        if self.eat(Kind::Equals)? { self.mof3_value().map(Some) } else { Ok(None) }
    }

    fn mof3_value(&mut self) -> Parsed<Value<'a>> {
        if self.at(Kind::LeftBrace) { self.mof3_array() } else { self.mof3_scalar() }
    }

    pub(super) fn mof3_scalar(&mut self) -> Parsed<Value<'a>> {
        if self.at_any(NAMES) {
            self.no_type_begins()?;
            let word = self.name()?;
            return self.named_value(word);
        }
        let span = self.token.span();
        if self.at(Kind::NamespacePath) {
            self.bump()?;
            let namespace = Identifier { text: self.text(span), span };
            return self.path_behind(namespace);
        }
        let kind = if self.at(Kind::Alias) {
            self.bump()?;
            ValueKind::Alias(self.alias_text(span))
        } else {
            self.mof3_literal()?
        };
        Ok(Value { span, kind })
    }

    /// Names of enumerations may be called like what begins a declaration, but for the values among
    /// these.
    fn no_type_begins(&mut self) -> Parsed<()> {
        match self.token.kind {
            Kind::Instance | Kind::Value => Ok(()),
            _ => self.not_a_declaration(SCALARS),
        }
    }

    /// The value that begins with a name: of an enumeration, a path, a complex value.
    fn named_value(&mut self, word: Identifier<'a>) -> Parsed<Value<'a>> {
        let start = word.span.start;
        let begins_complex = |text: &str| {
            ["instance", "value"].iter().any(|keyword| text.eq_ignore_ascii_case(keyword))
        };
        let kind = if begins_complex(word.text) && self.at(Kind::Of) {
            ValueKind::Complex(Box::new(self.complex_value_behind(word)?))
        } else if self.eat(Kind::Dot)? {
            let name = self.name()?;
            if self.at(Kind::Equals) {
                let keys = vec![self.key_binding_behind(name)?];
                ValueKind::Path(PathValue { namespace: None, class: word, keys })
            } else {
                ValueKind::Enumeration(EnumerationValue { enumeration: Some(word), name })
            }
        } else {
            ValueKind::Enumeration(EnumerationValue { enumeration: None, name: word })
        };
        Ok(Value { span: self.from(start), kind })
    }

    /// The object path behind its namespace path.
    fn path_behind(&mut self, namespace: Identifier<'a>) -> Parsed<Value<'a>> {
        let class = self.name()?;
        self.expect(Kind::Dot)?;
        let name = self.name()?;
        let keys = vec![self.key_binding_behind(name)?];
        let path = PathValue { namespace: Some(namespace), class, keys };
        Ok(Value { span: self.from(namespace.span.start), kind: ValueKind::Path(path) })
    }

    fn mof3_literal(&mut self) -> Parsed<ValueKind<'a>> {
        let span = self.token.span();
        let value = match self.token.kind {
            Kind::Text => return Ok(ValueKind::String(self.string()?.into())),
            Kind::Integer | Kind::Real => {
                return Ok(match self.number()? {
                    Number::Integer(number) => ValueKind::Integer(number),
                    Number::Real(number) => ValueKind::Real(number),
                });
            }
            Kind::Null => ValueKind::Null,
            Kind::Boolean => ValueKind::Boolean(self.text(span).eq_ignore_ascii_case("true")),
            Kind::Invalid => {
                self.invalid()?;
                return Ok(ValueKind::Invalid);
            }
            _ => return self.unexpected(LITERALS),
        };
        self.bump()?;
        Ok(value)
    }

    pub(super) fn key_binding(&mut self) -> Parsed<KeyBinding<'a>> {
        let name = self.name()?;
        self.key_binding_behind(name)
    }

    fn key_binding_behind(&mut self, name: Identifier<'a>) -> Parsed<KeyBinding<'a>> {
        self.expect(Kind::Equals)?;
        let at = self.start();
        let kind = self.mof3_literal()?;
        let value = Value { span: self.from(at), kind };
        Ok(KeyBinding { span: self.from(name.span.start), name, value })
    }

    pub(super) fn mof3_array(&mut self) -> Parsed<Value<'a>> {
        let start = self.start();
        self.bump()?;
        let mut values = Vec::new();
        if !self.eat(Kind::RightBrace)? {
            values.push(self.mof3_scalar()?);
            while self.eat(Kind::Comma)? {
                self.item(&mut values)?;
            }
            self.expect(Kind::RightBrace)?;
        }
        Ok(Value { span: self.from(start), kind: ValueKind::Array(values) })
    }

    /// An element of an array behind others. The keys of a path after its first look like
    /// elements of their own.
    fn item(&mut self, values: &mut Vec<Value<'a>>) -> Parsed<()> {
        if !self.at_any(NAMES) {
            values.push(self.mof3_scalar()?);
            return Ok(());
        }
        self.no_type_begins()?;
        let word = self.name()?;
        if !self.at(Kind::Equals) {
            values.push(self.named_value(word)?);
            return Ok(());
        }
        let key = self.key_binding_behind(word)?;
        if let Some(stray) = values.last_mut().and_then(|path| with_key(path, key)) {
            self.reports.stray_key(stray);
        }
        Ok(())
    }
}

/// Gives a path a further key; the place of one behind anything else, which is a mistake.
pub(super) fn with_key<'a>(value: &mut Value<'a>, key: KeyBinding<'a>) -> Option<Span> {
    let ValueKind::Path(path) = &mut value.kind else { return Some(key.span) };
    value.span.end = key.span.end;
    path.keys.push(key);
    None
}
