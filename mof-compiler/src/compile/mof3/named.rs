//! Names of enumerations where values stand (DSP0221 7.6.3).

use super::enumeration::{Constant, words};
use super::lower::Writer;
use super::standard::Standard;
use super::target::Target;
use super::types::{Found, Meaning, TypeId};
use super::value::constant;
use crate::Code;
use crate::syntax::ast;
use crate::syntax::mof3::ast::{EnumerationValue, Value, ValueKind};
use cimarron_model::{CimType, Dialect, Name, Property, fold, suggest};
use cimarron_schema::rules::interval;
use std::borrow::Cow;

impl<'t> Writer<'t, '_, '_> {
    pub(super) fn enumeration_value(
        &mut self,
        written: &Value<'t>,
        value: EnumerationValue<'t>,
        target: &Target<'t>,
    ) -> ast::ValueKind<'t> {
        let name = value.name.text;
        match target {
            Target::Unknown => ast::ValueKind::Invalid,
            Target::Typed(Meaning::Enumeration(id), _) => self.element(value, *id),
            Target::Mapped(property) => self.mapped(value, property),
            Target::Names(Standard { name: of, names, .. }) => {
                match names.iter().find(|n| n.eq_ignore_ascii_case(name)) {
                    Some(known) => ast::ValueKind::String(ast::Text::Written(known)),
                    None => {
                        let similar = suggest::nearest(name, names.iter().copied());
                        let help = similar.map_or_else(
                            || format!("known are {}", names.join(", ")),
                            suggest::did_you_mean,
                        );
                        let message = format!("the qualifier `{of}` has no value `{name}`");
                        self.advise(Code::UnknownElement, value.name.span, message, Some(help));
                        ast::ValueKind::Invalid
                    }
                }
            }
            Target::Typed(..) | Target::Object(_) => {
                let meaning = match target {
                    Target::Typed(meaning, _) => Some(meaning),
                    _ => None,
                };
                let help = match (meaning, value.enumeration) {
                    (Some(Meaning::Primitive(CimType::String)), None) => {
                        Some(format!("write a string in quotes: \"{name}\""))
                    }
                    (Some(Meaning::Reference(_)), None) => {
                        Some("write an object path with its keys: Class.Key=\"...\"".to_owned())
                    }
                    _ => None,
                };
                let message = format!("`{name}` names a value, and this is of no enumeration");
                self.advise(Code::MisplacedElement, written.span, message, help);
                ast::ValueKind::Invalid
            }
        }
    }

    /// `Name` or `Enumeration.Name` where a value of an enumeration is wanted.
    fn element(&mut self, value: EnumerationValue<'t>, wanted: TypeId) -> ast::ValueKind<'t> {
        // What is wrong with the enumeration has been reported.
        if self.types.value_type_of(wanted).is_none() {
            return ast::ValueKind::Invalid;
        }
        if let Some(written) = value.enumeration
            && !self.is_related(written, wanted)
        {
            return ast::ValueKind::Invalid;
        }
        let types = self.types;
        match types.member_of(wanted, value.name.text) {
            Some(Some(member)) => constant(&member.value),
            Some(None) => ast::ValueKind::Invalid,
            None => {
                let of = types.node(wanted).map_or("", |node| node.written());
                let similar = self.sink.wants_advice();
                let similar =
                    similar.then(|| types.similar_member(wanted, value.name.text)).flatten();
                let help = similar.map(suggest::did_you_mean);
                let message = format!("the enumeration `{of}` has no `{}`", value.name.text);
                self.advise(Code::UnknownElement, value.name.span, message, help);
                ast::ValueKind::Invalid
            }
        }
    }

    /// Whether the enumeration that is written extends the wanted one, or that it.
    fn is_related(&mut self, written: ast::Identifier<'t>, wanted: TypeId) -> bool {
        let of = self.types.node(wanted).map_or("", |node| node.written());
        match self.visible(written.text) {
            Some(found) => {
                let Some(id) = self.as_enumeration(&found, written) else { return false };
                if self.types.extends(id, wanted) || self.types.extends(wanted, id) {
                    return true;
                }
                let message = format!("`{}` has nothing to do with `{of}`", written.text);
                let help = Some(format!("write a name of `{of}`"));
                self.advise(Code::MisplacedElement, written.span, message, help);
            }
            None if self.sink.broken.has_class(written.text) => {}
            None => {
                let scope = self.scopes.last().copied();
                if self.types.may_be_visible(scope) {
                    return false;
                }
                let similar = || self.types.similar_enumeration(written.text, scope, &[]);
                let similar = || similar().map(suggest::did_you_mean);
                let help = self.types.where_local(written.text);
                let help = help.or_else(|| self.sink.wants_advice().then(similar).flatten());
                let message = format!("the enumeration `{}` does not exist", written.text);
                self.advise(Code::UnknownType, written.span, message, help);
            }
        }
        false
    }

    /// The enumeration that is found by the name before a `.`; that it is none is reported.
    fn as_enumeration(&mut self, found: &Found, written: ast::Identifier<'_>) -> Option<TypeId> {
        match found {
            Found::Text(id) if self.types.sort(*id).is_none() => Some(*id),
            _ => {
                let message = format!("`{}` is no enumeration", written.text);
                self.report(Code::MisplacedElement, written.span, message);
                None
            }
        }
    }

    /// A name of `Values` of a property of which nothing else is known, where it says one value.
    fn mapped(&mut self, value: EnumerationValue<'t>, declared: &Property) -> ast::ValueKind<'t> {
        let (name, property) = (value.name.text, &declared.name);
        let texts = |qualifier| declared.qualifiers.get(qualifier).and_then(|q| q.value.texts());
        let (names, map) = (texts("Values").unwrap_or_default(), texts("ValueMap"));
        let of = |name| single(declared, &names, map.as_deref(), name);
        match of(name) {
            Some(Some(found)) if self.agrees(value, &found, property) => constant(&found),
            Some(Some(_)) => ast::ValueKind::Invalid,
            Some(None) => {
                let message = format!("`{name}` is the name of no single value of `{property}`");
                let help = Some("write the value itself".to_owned());
                self.advise(Code::MisplacedElement, value.name.span, message, help);
                ast::ValueKind::Invalid
            }
            None => {
                let similar = || suggest::nearest(name, names.iter().map(String::as_str));
                let help = self.sink.wants_advice().then(similar).flatten().map(|similar| {
                    // Only a name that can be written, and says one value, may be advised.
                    match of(similar).flatten() {
                        Some(_) if is_name(similar) => suggest::did_you_mean(similar),
                        Some(Constant::Integer(number)) => {
                            format!("write the value of `{similar}` itself: {number}")
                        }
                        Some(Constant::Text(text)) => {
                            format!("write the value of `{similar}` itself: {text:?}")
                        }
                        None => format!("write the value itself, if `{similar}` is meant"),
                    }
                });
                let message = format!("`{property}` has no value `{name}`");
                self.advise(Code::UnknownElement, value.name.span, message, help);
                ast::ValueKind::Invalid
            }
        }
    }

    /// Whether the enumeration that is written before a name of `Values`, where it is one of the
    /// text, gives the name the same value. Those that were there before are known by their values only.
    fn agrees(
        &mut self,
        value: EnumerationValue<'t>,
        found: &Constant<'_>,
        property: &Name,
    ) -> bool {
        let Some(written) = value.enumeration else { return true };
        let Some(of) = self.visible(written.text) else { return true };
        let Some(id) = self.as_enumeration(&of, written) else { return false };
        let name = value.name.text;
        let known = match self.types.member_of(id, name) {
            Some(Some(member)) if member.value == *found => return true,
            // What is wrong with its value has been reported.
            Some(None) => return false,
            Some(Some(member)) => {
                format!("`{name}` of `{}` is {}", written.text, member.value.text())
            }
            None => format!("`{}` has no `{name}`", written.text),
        };
        let message = format!("{known}, and `{name}` of `{property}` is {}", found.text());
        let help = format!("write a name of `{property}` alone, or the value itself");
        self.advise(Code::MisplacedElement, written.span, message, Some(help));
        false
    }

    /// DSP0221 7.5.5: an enumeration is initialised by names only.
    pub(super) fn no_literal(&mut self, written: &Value<'t>, wanted: TypeId) -> ast::ValueKind<'t> {
        let value = match &written.kind {
            ValueKind::Integer(n) => Some(Constant::Integer(n.value())),
            ValueKind::String(text) => Some(Constant::Text(Cow::Borrowed(text))),
            _ => None,
        };
        let known = value.and_then(|value| self.types.name_of(wanted, &value));
        let of = self.types.node(wanted).map_or("", |node| node.written());
        let help = match known {
            Some(name) => format!("write {name}"),
            None => format!("write a name of `{of}`"),
        };
        let message = format!("{} cannot initialise the enumeration `{of}`", words(written));
        self.advise(Code::LiteralForElement, written.span, message, Some(help));
        ast::ValueKind::Invalid
    }
}

/// What a name of `Values` says; the inner `None` where that is no single value.
fn single(
    declared: &Property,
    names: &[String],
    map: Option<&[String]>,
    name: &str,
) -> Option<Option<Constant<'static>>> {
    // The names of MOF 2 may differ by case alone.
    let exact = names.iter().any(|known| known == name);
    let is_it = |known: &str| if exact { known == name } else { fold::eq(known, name) };
    let mut found = names.iter().enumerate().filter(|(_, known)| is_it(known)).map(|(i, _)| i);
    let position = found.next()?;
    if found.next().is_some() {
        return Some(None);
    }
    let range = declared.data_type.cim_type.integer_range();
    let entry = match map {
        Some(map) => map.get(position).cloned(),
        // Without a map, Values numbers the values of integers.
        None => range.map(|_| position.to_string()),
    };
    Some(match (entry, range) {
        (Some(text), Some(range)) => interval(&text, range)
            .filter(|(from, to)| from == to)
            .map(|(number, _)| Constant::Integer(number)),
        (text, _) => text.map(|text| Constant::Text(Cow::Owned(text))),
    })
}

/// Whether a name of `Values` can be written as that of an enumeration: all letters of MOF 3 are
/// ASCII.
fn is_name(text: &str) -> bool {
    let is_literal = ["true", "false", "null"].iter().any(|word| text.eq_ignore_ascii_case(word));
    Name::is_identifier(text, Dialect::Wmi) && !is_literal
}
