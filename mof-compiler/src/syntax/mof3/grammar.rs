//! The declarations of MOF 3: DSP0221 3.0.1 clause 7. What is a value is in `value`.

use super::ast::{
    DataType, Declaration, EnumerationDeclaration, EnumerationElement, Feature, Method, Parameter,
    Property, Qualifier, QualifierDeclaration, TypeDeclaration, TypeKind, TypeSort, ValueKind,
};
use super::value::with_key;
use crate::source::Span;
use crate::syntax::ast::{ArraySuffix, Identifier};
use crate::syntax::parser::{Parsed, Parser, Stop};
use crate::syntax::token::{CLASS_NAMES, Kind, NAMES, Set};
use crate::syntax::words::Reports;

/// What begins the declaration of a complex type.
const SORTS: Set = Set::of(&[Kind::Structure, Kind::Class, Kind::Association, Kind::Indication]);

/// What begins a type.
const TYPES: Set = CLASS_NAMES.or(Set::of(&[Kind::Type, Kind::Void]));

/// What begins a clause of a qualifier type.
const CLAUSES: Set = Set::of(&[Kind::Scope, Kind::Policy, Kind::Flavor]);

/// A type and the name behind it, with the brackets before and behind that.
struct Typed<'a> {
    data_type: DataType<'a>,
    name: Identifier<'a>,
    before: Option<ArraySuffix>,
    behind: Option<ArraySuffix>,
}

/// One declaration with its final `;`.
pub(super) fn declaration<'a>(parser: &mut Parser<'_, 'a, '_>) -> Parsed<Declaration<'a>> {
    parser.bump()?;
    let declaration = match parser.token.kind {
        Kind::Pragma | Kind::Include => Declaration::Directive(Box::new(parser.directive()?)),
        Kind::Instance | Kind::Value => parser.declared_value()?,
        _ => parser.type_declaration()?,
    };
    parser.finish()?;
    Ok(declaration)
}

impl<'a> Parser<'_, 'a, '_> {
    fn type_declaration(&mut self) -> Parsed<Declaration<'a>> {
        let others = Set::of(&[Kind::Instance, Kind::Value, Kind::Pragma, Kind::Include]);
        let others = if self.at(Kind::LeftBracket) { Set::EMPTY } else { others };
        let start = self.start();
        let qualifiers = self.mof3_qualifiers()?;
        let end = self.end;
        if !qualifiers.is_empty() {
            let both = Set::of(&[Kind::Enumeration, Kind::Qualifier]);
            self.pass_stray_word(SORTS.or(both))?;
        }
        Ok(match self.token.kind {
            // Nobody is told to write one behind qualifiers.
            Kind::Instance | Kind::Value if !qualifiers.is_empty() => {
                self.reports.qualified_value(Span::new(start, end));
                self.declared_value()?
            }
            kind if SORTS.has(kind) => {
                Declaration::Type(Box::new(self.complex_type(start, qualifiers)?))
            }
            Kind::Enumeration => {
                Declaration::Enumeration(Box::new(self.enumeration(start, qualifiers)?))
            }
            Kind::Qualifier => {
                Declaration::Qualifier(Box::new(self.qualifier_type(start, qualifiers)?))
            }
            _ => {
                let both = Set::of(&[Kind::Enumeration, Kind::Qualifier]);
                return self.unexpected(SORTS.or(both).or(others));
            }
        })
    }

    // Complex types

    /// From the keyword to the `;`.
    fn complex_type(
        &mut self,
        start: u32,
        qualifiers: Vec<Qualifier<'a>>,
    ) -> Parsed<TypeDeclaration<'a>> {
        let sort = match self.token.kind {
            Kind::Structure => TypeSort::Structure,
            Kind::Association => TypeSort::Association,
            Kind::Indication => TypeSort::Indication,
            _ => TypeSort::Class,
        };
        self.bump()?;
        let name = self.type_name()?;
        let supertype = self.superclass()?;
        self.expect(Kind::LeftBrace)?;
        let mut features = Vec::new();
        while !self.eat(Kind::RightBrace)? {
            features.push(self.mof3_feature(sort)?);
        }
        self.expect(Kind::Semicolon)?;
        let span = self.from(start);
        Ok(TypeDeclaration { span, qualifiers, sort, name, supertype, features })
    }

    /// The name of a type that is declared. Two of the primitive types are no keywords of MOF 2.
    fn type_name(&mut self) -> Parsed<Identifier<'a>> {
        let text = self.text(self.token.span());
        if ["integer", "octetstring"].iter().any(|name| text.eq_ignore_ascii_case(name)) {
            return self.unexpected(CLASS_NAMES);
        }
        self.class_name()
    }

    /// What stands between the braces of a type of this sort.
    fn mof3_feature(&mut self, of: TypeSort) -> Parsed<Feature<'a>> {
        let start = self.start();
        let qualifiers = self.mof3_qualifiers()?;
        if self.at(Kind::Structure) {
            return Ok(Feature::Structure(Box::new(self.complex_type(start, qualifiers)?)));
        }
        if self.at(Kind::Enumeration) {
            return Ok(Feature::Enumeration(Box::new(self.enumeration(start, qualifiers)?)));
        }
        let Typed { data_type, name, before, behind } = self.typed_name(true)?;
        // Structures have no methods: nobody is told to write one.
        let is_method = match of {
            TypeSort::Structure => self.token.kind == Kind::LeftParen,
            _ => self.at(Kind::LeftParen),
        };
        if is_method {
            let parameters = self.mof3_parameters()?;
            self.expect(Kind::Semicolon)?;
            if let Some(array) = behind {
                self.reports.misplaced_return_brackets(array.span);
            }
            let (span, return_type) = (self.from(start), data_type);
            return Ok(Feature::Method(Method { span, qualifiers, return_type, name, parameters }));
        }
        let default = if self.eat(Kind::Equals)? { Some(self.assigned()?) } else { None };
        self.expect(Kind::Semicolon)?;
        if let Some(array) = before {
            self.reports.misplaced_brackets(array.span, name);
        }
        let span = self.from(start);
        Ok(Feature::Property(Property { span, qualifiers, data_type, name, default }))
    }

    /// A type and the name behind it. Of a method the brackets do stand before the name
    /// (`returnDataType [ array ]`), of all else in other languages: of what `may_return` nothing,
    /// nobody is told to write them there.
    fn typed_name(&mut self, may_return: bool) -> Parsed<Typed<'a>> {
        let mut data_type = self.mof3_type()?;
        let is_array = may_return || self.token.kind == Kind::LeftBracket;
        let mut before = match data_type.kind {
            // DSP0221 7.5.6: `void` is no type of arrays.
            TypeKind::Void => None,
            _ if is_array => self.array_suffix(Reports::fixed_array)?,
            _ => None,
        };
        let mut name = self.name()?;
        let mut behind = match before {
            Some(_) => None,
            None => self.array_suffix(Reports::fixed_array)?,
        };
        // `A REF[] M()`: where brackets follow, it takes the next name to tell the keyword from
        // a property that is called so.
        if let TypeKind::Named(class) = data_type.kind
            && behind.is_some()
            && name.text.eq_ignore_ascii_case("ref")
            && self.at_any(NAMES)
        {
            data_type.kind = TypeKind::Reference(class);
            (before, behind) = (behind, None);
            name = self.name()?;
        }
        data_type.array = before.or(behind);
        Ok(Typed { data_type, name, before, behind })
    }

    fn mof3_parameters(&mut self) -> Parsed<Vec<Parameter<'a>>> {
        self.bump()?;
        let mut parameters = Vec::new();
        if self.eat(Kind::RightParen)? {
            return Ok(parameters);
        }
        parameters.push(self.mof3_parameter()?);
        while self.eat(Kind::Comma)? {
            if !self.further_key(&mut parameters)? {
                parameters.push(self.mof3_parameter()?);
            }
        }
        self.expect(Kind::RightParen)?;
        Ok(parameters)
    }

    /// Takes a further key of the object path that is the last parameter's default, if one follows.
    fn further_key(&mut self, parameters: &mut [Parameter<'a>]) -> Parsed<bool> {
        let Some(Parameter { span, default: Some(value), .. }) = parameters.last_mut() else {
            return Ok(false);
        };
        let is_path = matches!(value.kind, ValueKind::Path(_));
        if !is_path || !NAMES.has(self.token.kind) || !self.is_before(Kind::Equals) {
            return Ok(false);
        }
        let key = self.key_binding()?;
        span.end = key.span.end;
        with_key(value, key);
        Ok(true)
    }

    fn mof3_parameter(&mut self) -> Parsed<Parameter<'a>> {
        let start = self.start();
        let qualifiers = self.mof3_qualifiers()?;
        let Typed { data_type, name, before, .. } = self.typed_name(false)?;
        if let Some(before) = before {
            self.reports.misplaced_brackets(before.span, name);
        }
        let default = self.mof3_default()?;
        Ok(Parameter { span: self.from(start), qualifiers, data_type, name, default })
    }

    fn mof3_type(&mut self) -> Parsed<DataType<'a>> {
        let mut data_type = self.value_type()?;
        if let TypeKind::Named(name) = data_type.kind
            && self.eat(Kind::Ref)?
        {
            data_type.kind = TypeKind::Reference(name);
            data_type.span = self.from(name.span.start);
        }
        Ok(data_type)
    }

    /// A type that is no reference.
    fn value_type(&mut self) -> Parsed<DataType<'a>> {
        let token = self.token;
        if !self.at_any(TYPES) {
            return Err(Stop::Unexpected);
        }
        self.bump()?;
        let kind = match token.kind {
            Kind::Type => TypeKind::Intrinsic(self.intrinsic(token.span())),
            Kind::Void => TypeKind::Void,
            _ => TypeKind::Named(Identifier { text: self.text(token.span()), span: token.span() }),
        };
        Ok(DataType { span: token.span(), kind, array: None })
    }

    // Enumerations

    /// From the keyword to the `;`.
    fn enumeration(
        &mut self,
        start: u32,
        qualifiers: Vec<Qualifier<'a>>,
    ) -> Parsed<EnumerationDeclaration<'a>> {
        self.bump()?;
        let name = self.type_name()?;
        self.expect(Kind::Colon)?;
        let base = self.value_type()?;
        self.expect(Kind::LeftBrace)?;
        let (mut elements, mut trailing_comma) = (Vec::new(), None);
        while !self.at(Kind::RightBrace) {
            elements.push(self.element()?);
            let comma = self.token.span();
            trailing_comma = self.eat(Kind::Comma)?.then_some(comma);
            if trailing_comma.is_none() {
                break;
            }
        }
        self.expect(Kind::RightBrace)?;
        self.expect(Kind::Semicolon)?;
        let span = self.from(start);
        Ok(EnumerationDeclaration { span, qualifiers, name, base, elements, trailing_comma })
    }

    fn element(&mut self) -> Parsed<EnumerationElement<'a>> {
        self.not_a_declaration(NAMES.or(Set::of(&[Kind::LeftBracket])))?;
        let start = self.start();
        let qualifiers = self.mof3_qualifiers()?;
        let name = self.name()?;
        let value = if self.eat(Kind::Equals)? { Some(self.mof3_scalar()?) } else { None };
        Ok(EnumerationElement { span: self.from(start), qualifiers, name, value })
    }

    // Qualifiers

    pub(super) fn mof3_qualifiers(&mut self) -> Parsed<Vec<Qualifier<'a>>> {
        let mut qualifiers = Vec::new();
        if !self.eat(Kind::LeftBracket)? {
            return Ok(qualifiers);
        }
        loop {
            qualifiers.push(self.mof3_qualifier()?);
            if !self.eat(Kind::Comma)? {
                break;
            }
        }
        self.expect(Kind::RightBracket)?;
        Ok(qualifiers)
    }

    fn mof3_qualifier(&mut self) -> Parsed<Qualifier<'a>> {
        self.not_a_declaration(NAMES)?;
        let start = self.start();
        let name = self.name()?;
        let value = if self.eat(Kind::LeftParen)? {
            let value = self.mof3_scalar()?;
            self.expect(Kind::RightParen)?;
            Some(value)
        } else if self.at(Kind::LeftBrace) {
            Some(self.mof3_array()?)
        } else {
            None
        };
        let colon = self.start();
        // The flavors of MOF 2; the report says so, and nobody is told to write them.
        if self.token.kind == Kind::Colon {
            self.bump()?;
            self.names()?;
            let flavors = self.from(colon);
            self.reports.flavors_at_use(flavors);
        }
        Ok(Qualifier { span: self.from(start), name, value })
    }

    /// From the keyword to the `;`.
    fn qualifier_type(
        &mut self,
        start: u32,
        qualifiers: Vec<Qualifier<'a>>,
    ) -> Parsed<QualifierDeclaration<'a>> {
        self.bump()?;
        let name = self.name()?;
        self.expect(Kind::Colon)?;
        let data_type = self.mof3_type()?;
        let array = self.array_suffix(Reports::fixed_array)?;
        let data_type = DataType { array, ..data_type };
        let default = self.mof3_default()?;
        let (span, scopes, policy) = (Span::default(), None, None);
        let mut declared =
            QualifierDeclaration { span, qualifiers, name, data_type, default, scopes, policy };
        // The examples of DSP0221 have nothing before a clause, its ABNF a `;` before the
        // first, and MOF 2 a comma.
        loop {
            let ended = self.eat(Kind::Semicolon)?;
            if !ended {
                self.eat(Kind::Comma)?;
            }
            if self.at_any(CLAUSES) {
                self.mof3_clause(&mut declared)?;
            } else if ended {
                break;
            } else {
                return Err(Stop::Unexpected);
            }
        }
        declared.span = self.from(start);
        Ok(declared)
    }

    /// `Scope(…)` or `Policy(…)`, which MOF 2 calls `Flavor(…)`.
    fn mof3_clause(&mut self, declared: &mut QualifierDeclaration<'a>) -> Parsed<()> {
        let keyword = self.token.span();
        let repeated = if self.eat(Kind::Scope)? {
            let words = self.listed_names()?;
            declared.scopes.replace(self.reports.mof3_scopes(words)).is_some()
        } else {
            self.bump()?;
            let words = self.listed_names()?;
            declared.policy.replace(self.reports.policies(words)).is_some()
        };
        if repeated {
            self.reports.repeated_clause(keyword);
        }
        Ok(())
    }
}
