//! The grammar of MOF 2: DSP0004 Annex A with the forms of WMI.

use super::ast::{
    ClassDeclaration, DataType, Declaration, Feature, FlavorDeclaration, Identifier,
    InstanceDeclaration, Method, Parameter, Property, PropertyValue, Qualifier,
    QualifierDeclaration, TypeKind, Value, ValueKind,
};
use super::literal;
use super::number::Number;
use super::parser::{Parsed, Parser, Stop};
use super::token::{CLASS_NAMES, Kind, NAMES, Set};
use super::words::Reports;
use crate::source::Span;

/// What begins a value of one element.
const SCALARS: Set = Set::of(&[
    Kind::Null,
    Kind::Boolean,
    Kind::Integer,
    Kind::Real,
    Kind::Character,
    Kind::Text,
    Kind::Alias,
    Kind::Invalid,
    Kind::Class,
    Kind::Instance,
    Kind::LeftBracket,
]);

/// What begins a type.
const TYPES: Set = CLASS_NAMES.or(Set::of(&[Kind::Type, Kind::Void, Kind::Object]));

/// What may follow the properties of an instance.
const MEMBERS: Set = NAMES.or(Set::of(&[Kind::LeftBracket, Kind::RightBrace]));

const CLASS_OR_INSTANCE: Set = Set::of(&[Kind::Class, Kind::Instance]);

/// One declaration with its final `;`.
pub(super) fn declaration<'a>(parser: &mut Parser<'_, 'a, '_>) -> Parsed<Declaration<'a>> {
    parser.bump()?;
    let declaration = match parser.token.kind {
        Kind::Qualifier => parser.qualifier_declaration()?,
        Kind::Pragma | Kind::Include => Declaration::Directive(Box::new(parser.directive()?)),
        _ => parser.class_or_instance_declaration()?,
    };
    parser.finish()?;
    Ok(declaration)
}

impl<'a> Parser<'_, 'a, '_> {
    fn class_or_instance_declaration(&mut self) -> Parsed<Declaration<'a>> {
        let others = Set::of(&[Kind::Qualifier, Kind::Pragma, Kind::Include]);
        let others = if self.at(Kind::LeftBracket) { Set::EMPTY } else { others };
        let start = self.start();
        let qualifiers = self.qualifiers()?;
        if !qualifiers.is_empty() {
            self.pass_stray_word(CLASS_OR_INSTANCE)?;
        }
        match self.token.kind {
            Kind::Class => {
                let mut class = self.class(start, qualifiers)?;
                self.expect(Kind::Semicolon)?;
                class.span.end = self.end;
                Ok(Declaration::Class(class))
            }
            Kind::Instance => {
                let mut instance = self.instance(start, qualifiers)?;
                self.expect(Kind::Semicolon)?;
                instance.span.end = self.end;
                Ok(Declaration::Instance(instance))
            }
            _ => self.unexpected(CLASS_OR_INSTANCE.or(others)),
        }
    }

    // Classes

    /// From the keyword to the `}`.
    fn class(
        &mut self,
        start: u32,
        qualifiers: Vec<Qualifier<'a>>,
    ) -> Parsed<Box<ClassDeclaration<'a>>> {
        self.bump()?;
        let name = self.class_name()?;
        // DSP0004 puts the alias first; the other order is harmless.
        let mut alias = self.alias()?;
        let superclass = self.superclass()?;
        if alias.is_none() && superclass.is_some() {
            alias = self.alias()?;
        }
        self.expect(Kind::LeftBrace)?;
        let bottom = self.reports.features.len();
        while !self.eat(Kind::RightBrace)? {
            let feature = self.feature()?;
            self.reports.features.push(feature);
        }
        let features = self.reports.features.split_off(bottom);
        let span = self.from(start);
        Ok(Box::new(ClassDeclaration { span, qualifiers, name, alias, superclass, features }))
    }

    fn feature(&mut self) -> Parsed<Feature<'a>> {
        let start = self.start();
        let qualifiers = self.qualifiers()?;
        let mut data_type = self.data_type()?;
        // Not MOF 2, but what other languages teach; the report says so.
        let misplaced = self.array_suffix(Reports::array_size)?;
        let name = self.name()?;
        data_type.array = match misplaced {
            Some(array) => Some(array),
            None => self.array_suffix(Reports::array_size)?,
        };
        if self.at(Kind::LeftParen) {
            let parameters = self.parameters()?;
            self.expect(Kind::Semicolon)?;
            let (span, return_type) = (self.from(start), data_type);
            return Ok(Feature::Method(Method { span, qualifiers, return_type, name, parameters }));
        }
        let default = self.default()?;
        self.expect(Kind::Semicolon)?;
        if let Some(array) = misplaced {
            self.reports.misplaced_brackets(array.span, name);
        }
        let span = self.from(start);
        Ok(Feature::Property(Property { span, qualifiers, data_type, name, default }))
    }

    fn parameters(&mut self) -> Parsed<Vec<Parameter<'a>>> {
        self.bump()?;
        let mut parameters = Vec::new();
        if self.eat(Kind::RightParen)? {
            return Ok(parameters);
        }
        loop {
            parameters.push(self.parameter()?);
            if !self.eat(Kind::Comma)? {
                break;
            }
        }
        self.expect(Kind::RightParen)?;
        Ok(parameters)
    }

    fn parameter(&mut self) -> Parsed<Parameter<'a>> {
        let start = self.start();
        let qualifiers = self.qualifiers()?;
        let data_type = self.data_type()?;
        let name = self.name()?;
        let array = self.array_suffix(Reports::array_size)?;
        let data_type = DataType { array, ..data_type };
        let default = self.default()?;
        Ok(Parameter { span: self.from(start), qualifiers, data_type, name, default })
    }

    fn data_type(&mut self) -> Parsed<DataType<'a>> {
        let (start, token) = (self.start(), self.token);
        if !self.at_any(TYPES) {
            return Err(Stop::Unexpected);
        }
        self.bump()?;
        let kind = match token.kind {
            Kind::Type => TypeKind::Intrinsic(self.intrinsic(token.span())),
            Kind::Void => TypeKind::Void,
            Kind::Object if self.eat(Kind::Colon)? => TypeKind::Object(Some(self.class_name()?)),
            Kind::Object if self.eat(Kind::Ref)? => TypeKind::Reference(None),
            Kind::Object => TypeKind::Object(None),
            _ => {
                let (text, span) = (self.text(token.span()), token.span());
                let class = Some(Identifier { text, span });
                if self.eat(Kind::Ref)? {
                    TypeKind::Reference(class)
                } else {
                    TypeKind::Object(class)
                }
            }
        };
        Ok(DataType { span: self.from(start), kind, array: None })
    }

    // Qualifiers

    fn qualifiers(&mut self) -> Parsed<Vec<Qualifier<'a>>> {
        if !self.eat(Kind::LeftBracket)? {
            return Ok(Vec::new());
        }
        let bottom = self.reports.qualifiers.len();
        loop {
            self.not_a_declaration(NAMES)?;
            let qualifier = self.qualifier()?;
            let more = self.eat(Kind::Comma)?;
            self.reports.qualifiers.push(qualifier);
            if !more {
                break;
            }
        }
        self.expect(Kind::RightBracket)?;
        Ok(self.reports.qualifiers.split_off(bottom))
    }

    fn qualifier(&mut self) -> Parsed<Qualifier<'a>> {
        let start = self.start();
        let name = self.name()?;
        let value = if self.eat(Kind::LeftParen)? {
            let value = self.scalar()?;
            self.expect(Kind::RightParen)?;
            Some(value)
        } else if self.at(Kind::LeftBrace) {
            Some(self.array()?)
        } else {
            None
        };
        let words = if self.eat(Kind::Colon)? { self.names()? } else { Vec::new() };
        let span = self.from(start);
        Ok(Qualifier { span, name, value, flavors: self.reports.flavors(words) })
    }

    fn qualifier_declaration(&mut self) -> Parsed<Declaration<'a>> {
        let start = self.start();
        self.bump()?;
        let name = self.name()?;
        self.expect(Kind::Colon)?;
        let token = self.token;
        let mut declared = QualifierDeclaration {
            span: token.span(),
            name,
            data_type: DataType {
                span: token.span(),
                kind: TypeKind::Intrinsic(self.intrinsic(token.span())),
                array: None,
            },
            default: None,
            scopes: None,
            flavors: None,
        };
        let mut unknown = None;
        if !self.eat(Kind::Type)? {
            let word = self.identifier()?;
            // A word that is no type is one if what follows can only follow a type.
            if !self.at_any(Set::of(&[Kind::LeftBracket, Kind::Equals, Kind::Comma])) {
                return self.flavor_declaration(start, name, word);
            }
            unknown = Some(word);
        }
        declared.data_type.array = self.array_suffix(Reports::array_size)?;
        declared.default = self.default()?;
        while self.eat(Kind::Comma)? {
            self.clause(&mut declared)?;
        }
        self.expect(Kind::Semicolon)?;
        if let Some(word) = unknown {
            declared.data_type = self.reports.unknown_type(word, declared.data_type.array);
        }
        declared.span = self.from(start);
        Ok(Declaration::Qualifier(Box::new(declared)))
    }

    /// `flavor …;` behind the first word.
    fn flavor_declaration(
        &mut self,
        start: u32,
        name: Identifier<'a>,
        first: Identifier<'a>,
    ) -> Parsed<Declaration<'a>> {
        let mut words = vec![first];
        while self.at(Kind::Identifier) {
            words.push(self.identifier()?);
        }
        self.expect(Kind::Semicolon)?;
        let (span, flavors) = (self.from(start), self.reports.flavors(words));
        Ok(Declaration::Flavors(Box::new(FlavorDeclaration { span, name, flavors })))
    }

    /// `Scope(…)` or `Flavor(…)`.
    fn clause(&mut self, declared: &mut QualifierDeclaration<'a>) -> Parsed<()> {
        let keyword = self.token.span();
        let repeated = if self.eat(Kind::Scope)? {
            let words = self.listed_names()?;
            declared.scopes.replace(self.reports.scopes(words)).is_some()
        } else {
            self.expect(Kind::Flavor)?;
            let words = self.listed_names()?;
            declared.flavors.replace(self.reports.flavors(words)).is_some()
        };
        if repeated {
            self.reports.repeated_clause(keyword);
        }
        Ok(())
    }

    // Instances

    /// From the keyword to the `}`.
    fn instance(
        &mut self,
        start: u32,
        qualifiers: Vec<Qualifier<'a>>,
    ) -> Parsed<Box<InstanceDeclaration<'a>>> {
        self.bump()?;
        self.expect(Kind::Of)?;
        let class = self.class_name()?;
        let alias = self.alias()?;
        self.expect(Kind::LeftBrace)?;
        let mut properties = Vec::new();
        while !self.eat(Kind::RightBrace)? {
            self.not_a_declaration(MEMBERS)?;
            properties.push(self.property_value()?);
        }
        let span = self.from(start);
        Ok(Box::new(InstanceDeclaration {
            span,
            qualifiers,
            class,
            alias,
            elsewhere: None,
            properties,
        }))
    }

    fn property_value(&mut self) -> Parsed<PropertyValue<'a>> {
        let start = self.start();
        let qualifiers = self.qualifiers()?;
        let name = self.name()?;
        let end = self.token.span();
        // Only WMI knows one without a value.
        let value = match self.default()? {
            Some(value) => value,
            None => Value { span: end, kind: ValueKind::Absent },
        };
        self.expect(Kind::Semicolon)?;
        Ok(PropertyValue { span: self.from(start), qualifiers, name, value })
    }

    // Values

    /// `= value`, if it is there.
    fn default(&mut self) -> Parsed<Option<Value<'a>>> {
        if !self.eat(Kind::Equals)? {
            return Ok(None);
        }
        if self.at(Kind::LeftBrace) { self.array().map(Some) } else { self.scalar().map(Some) }
    }

    fn scalar(&mut self) -> Parsed<Value<'a>> {
        let span = self.token.span();
        let kind = match self.token.kind {
            Kind::Text => ValueKind::String(self.string()?),
            Kind::Integer | Kind::Real => match self.number()? {
                Number::Integer(number) => ValueKind::Integer(number),
                Number::Real(number) => ValueKind::Real(number),
            },
            Kind::Class | Kind::Instance | Kind::LeftBracket => return self.object(),
            Kind::Null => self.literal(ValueKind::Null)?,
            Kind::Boolean => {
                let is_true = self.text(span).eq_ignore_ascii_case("true");
                self.literal(ValueKind::Boolean(is_true))?
            }
            Kind::Character => {
                let inside = Span::new(span.start + 1, span.end.saturating_sub(1));
                let unit = literal::code_unit(self.text(inside));
                self.literal(unit.map_or(ValueKind::Invalid, ValueKind::Char16))?
            }
            Kind::Alias => self.literal(ValueKind::Alias(self.alias_text(span)))?,
            Kind::Invalid => {
                self.invalid()?;
                ValueKind::Invalid
            }
            _ => return self.unexpected(SCALARS),
        };
        Ok(Value { span, kind })
    }

    /// Takes the token that is this value.
    fn literal(&mut self, value: ValueKind<'a>) -> Parsed<ValueKind<'a>> {
        self.bump()?;
        Ok(value)
    }

    /// An instance or class as a value.
    fn object(&mut self) -> Parsed<Value<'a>> {
        let start = self.start();
        let qualifiers = self.qualifiers()?;
        let kind = match self.token.kind {
            Kind::Class => ValueKind::Class(self.class(start, qualifiers)?),
            Kind::Instance => ValueKind::Instance(self.instance(start, qualifiers)?),
            _ => return self.unexpected(CLASS_OR_INSTANCE),
        };
        Ok(Value { span: self.from(start), kind })
    }

    fn array(&mut self) -> Parsed<Value<'a>> {
        let start = self.start();
        self.bump()?;
        let bottom = self.reports.values.len();
        if !self.eat(Kind::RightBrace)? {
            loop {
                // Kept once it has come to rest: a copy of what has just been written waits.
                let value = self.scalar()?;
                let more = self.eat(Kind::Comma)?;
                self.reports.values.push(value);
                if !more {
                    break;
                }
            }
            self.expect(Kind::RightBrace)?;
        }
        let values = self.reports.values.split_off(bottom).into_boxed_slice();
        Ok(Value { span: self.from(start), kind: ValueKind::Array(values) })
    }
}
