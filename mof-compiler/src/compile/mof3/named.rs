//! Names of enumerations where values stand (DSP0221 7.6.3).

use super::enumeration::{Constant, words};
use super::lower::Writer;
use super::standard::Standard;
use super::target::Target;
use super::types::{Found, Meaning, TypeId};
use super::value::{constant, integer, made_text};
use crate::Code;
use crate::syntax::ast;
use crate::syntax::mof3::ast::{EnumerationValue, Value, ValueKind};
use cimarron_model::{CimType, Property, fold, suggest};
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
            Some(Found::Text(id)) if self.types.sort(id).is_none() => {
                if self.types.extends(id, wanted) || self.types.extends(wanted, id) {
                    return true;
                }
                let message = format!("`{}` has nothing to do with `{of}`", written.text);
                let help = Some(format!("write a name of `{of}`"));
                self.advise(Code::MisplacedElement, written.span, message, help);
            }
            Some(_) => {
                let message = format!("`{}` is no enumeration", written.text);
                self.report(Code::MisplacedElement, written.span, message);
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

    /// A name of `Values` of a property of which nothing else is known, where it says one value.
    fn mapped(&mut self, value: EnumerationValue<'t>, declared: &Property) -> ast::ValueKind<'t> {
        let (name, property) = (value.name.text, &declared.name);
        let texts = |qualifier| declared.qualifiers.get(qualifier).and_then(|q| q.value.texts());
        let (names, map) = (texts("Values").unwrap_or_default(), texts("ValueMap"));
        // The names of MOF 2 may differ by case alone.
        let exact = names.iter().any(|known| known == name);
        let is_it = |known: &str| if exact { known == name } else { fold::eq(known, name) };
        let mut found = names.iter().enumerate().filter(|(_, known)| is_it(known)).map(|(i, _)| i);
        let Some(position) = found.next() else {
            let similar = suggest::nearest(name, names.iter().map(String::as_str));
            let help = similar.map(suggest::did_you_mean);
            let message = format!("`{property}` has no value `{name}`");
            self.advise(Code::UnknownElement, value.name.span, message, help);
            return ast::ValueKind::Invalid;
        };
        let range = declared.data_type.cim_type.integer_range();
        let entry = match map {
            Some(map) => map.into_iter().nth(position),
            // Without a map, Values numbers the values of integers.
            None => range.map(|_| position.to_string()),
        };
        let single = match (entry, range) {
            (Some(text), Some(range)) => interval(&text, range)
                .filter(|(from, to)| from == to)
                .map(|(number, _)| integer(number)),
            (text, _) => text.map(made_text),
        };
        if let Some(value) = single.filter(|_| found.next().is_none()) {
            return value;
        }
        let message = format!("`{name}` is the name of no single value of `{property}`");
        let help = Some("write the value itself".to_owned());
        self.advise(Code::MisplacedElement, value.name.span, message, help);
        ast::ValueKind::Invalid
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
