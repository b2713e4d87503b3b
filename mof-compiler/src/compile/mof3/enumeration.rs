//! Enumerations: their types, names and values (DSP0221 7.5.4).

use super::permit::type_name;
use super::types::{Declared, Found, Meaning, TypeId, Types};
use crate::Code;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::FileId;
use crate::syntax::ast::Identifier;
use crate::syntax::mof3::ast::{
    EnumerationDeclaration, EnumerationElement, TypeKind, Value, ValueKind,
};
use cimarron_model::{CaseInsensitive, CimType, Name, suggest};
use cimarron_schema::rules::{MAX_DEPTH, Rule};
use hashbrown::{HashMap, HashSet};
use indexmap::IndexSet;
use std::borrow::Cow;

/// The types of the values of enumerations.
const BASES: [&str; 10] = [
    "string", "integer", "uint8", "uint16", "uint32", "uint64", "sint8", "sint16", "sint32",
    "sint64",
];

/// The names that one enumeration declares, in order.
#[derive(Default)]
pub(super) struct Members<'d> {
    list: Vec<NamedValue<'d>>,
    by_name: HashMap<Name, usize>,
    by_value: HashMap<Constant<'d>, usize>,
    /// The type of the values; `None` when that is unknown.
    cim_type: Option<CimType>,
    /// How many enumerations it extends.
    depth: usize,
}

/// A name of an enumeration and its value.
#[derive(Clone)]
pub(super) struct NamedValue<'d> {
    pub(super) name: Identifier<'d>,
    pub(super) value: Constant<'d>,
}

/// The value behind a name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Constant<'d> {
    Integer(i128),
    Text(Cow<'d, str>),
}

impl Constant<'_> {
    /// The value as `ValueMap` lists it.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Integer(n) => n.to_string(),
            Self::Text(text) => text.to_string(),
        }
    }
}

impl<'d> Types<'d> {
    /// Finds the types of all enumerations, and judges and numbers their names, each
    /// enumeration behind the one that it extends.
    pub(super) fn judge_enumerations(&mut self, sink: &mut Diagnostics) {
        let enumerations: Vec<TypeId> = self
            .all()
            .filter(|(_, node)| matches!(node.declared, Declared::Enumeration(_)))
            .map(|(id, _)| id)
            .collect();
        let mut done: HashSet<TypeId> = HashSet::new();
        for start in enumerations {
            let mut open: IndexSet<TypeId> = IndexSet::new();
            let mut next = Some(start);
            while let Some(id) = next.filter(|id| !done.contains(id)) {
                if let (begin, false) = open.insert_full(id) {
                    for id in open.iter().skip(begin) {
                        self.circular(*id, sink);
                    }
                    break;
                }
                next = match self.node(id).and_then(|node| node.above.clone()) {
                    Some(Found::Text(above)) => Some(above),
                    _ => None,
                };
            }
            for id in open.into_iter().rev() {
                done.insert(id);
                self.judge(id, sink);
            }
        }
    }

    /// Reports an enumeration that extends itself and takes it off the circle.
    fn circular(&mut self, id: TypeId, sink: &mut Diagnostics) {
        let Some(node) = self.node_mut(id) else { return };
        let Declared::Enumeration(declared) = node.declared else { return };
        node.above = None;
        let message = format!("`{}` is, through what it extends, its own base", declared.name.text);
        let span = declared.base.span;
        sink.push(Diagnostic::new(Code::CircularEnumeration, node.file, span, message));
    }

    fn judge(&mut self, id: TypeId, sink: &mut Diagnostics) {
        let Some(node) = self.node(id) else { return };
        let (file, declared) = (node.file, node.declared);
        // A class among the bases has been found by whoever names it.
        let Declared::Enumeration(declared) = declared else { return };
        let mut depth = self.depth(id);
        if depth >= MAX_DEPTH {
            let message =
                format!("`{}` extends {MAX_DEPTH} or more enumerations", declared.name.text);
            let code = Code::Rule(Rule::HierarchyTooDeep);
            sink.push(Diagnostic::new(code, file, declared.base.span, message));
            // Nothing is known of it, nor of what extends it.
            depth = 0;
            if let Some(node) = self.node_mut(id) {
                node.above = None;
            }
        }
        let cim_type = self.base_type(id, declared, file, sink);
        let mut members = Members { cim_type, depth, ..Members::default() };
        for element in &declared.elements {
            let value = constant(element, cim_type, file, sink);
            self.name(id, &mut members, element, value, file, sink);
        }
        if let Some(comma) = declared.trailing_comma {
            let message = "a comma follows the last value";
            let found = Diagnostic::new(Code::TrailingComma, file, comma, message);
            sink.push(found.with_help("remove it"));
        }
        if let Some(node) = self.node_mut(id) {
            node.members = members;
        }
    }

    /// How many enumerations of the text one extends, as far as these are known; those above
    /// it are judged.
    fn depth(&self, id: TypeId) -> usize {
        match self.node(id).and_then(|node| node.above.as_ref()) {
            Some(Found::Text(above)) => self.node(*above).map_or(0, |node| {
                let members = &node.members;
                members.cim_type.map_or(0, |_| members.depth + 1)
            }),
            _ => 0,
        }
    }

    /// The type that the values of an enumeration have.
    fn base_type(
        &self,
        id: TypeId,
        declared: &EnumerationDeclaration<'d>,
        file: FileId,
        sink: &mut Diagnostics,
    ) -> Option<CimType> {
        let report = |message: String, help: Option<String>, sink: &mut Diagnostics| {
            let mut found =
                Diagnostic::new(Code::EnumerationBase, file, declared.base.span, message);
            found.help = help;
            sink.push(found);
        };
        let wanted = || Some("write integer, string or the name of an enumeration".to_owned());
        let node = self.node(id)?;
        if let TypeKind::Named(name) = declared.base.kind
            && node.above.is_none()
            && !matches!(
                self.meaning(declared.base.kind, None),
                Some(Meaning::Primitive(_) | Meaning::OctetString)
            )
        {
            // Of a circle, which is reported, the name is known.
            let is_unknown = self.meaning(declared.base.kind, Some(id)).is_none();
            let outer = node.outer;
            if is_unknown && !sink.broken.has_class(name.text) && !self.may_be_visible(outer) {
                let similar = || self.similar_enumeration(name.text, outer, &BASES);
                let similar = sink.wants_advice().then(similar).flatten();
                let similar = similar.map(suggest::did_you_mean);
                let help = self.where_local(name.text).or(similar).or_else(wanted);
                report(format!("the enumeration `{}` does not exist", name.text), help, sink);
            }
            return None;
        }
        match &node.above {
            Some(Found::Text(above)) => {
                let above = self.node(*above)?;
                if matches!(above.declared, Declared::Enumeration(_)) {
                    return above.members.cim_type;
                }
            }
            Some(Found::Base(_)) => {}
            None => {
                if let Some(Meaning::Primitive(cim_type)) = self.meaning(declared.base.kind, None)
                    && (cim_type.is_integer() || cim_type == CimType::String)
                {
                    return Some(cim_type);
                }
            }
        }
        report("an enumeration has integers or strings".to_owned(), wanted(), sink);
        None
    }

    /// Adds a name, unless it is taken here or above.
    fn name(
        &self,
        id: TypeId,
        members: &mut Members<'d>,
        element: &EnumerationElement<'d>,
        value: Option<Constant<'d>>,
        file: FileId,
        sink: &mut Diagnostics,
    ) {
        let name = element.name;
        let above = self
            .line(id)
            .skip(1)
            .find_map(|(_, node)| Some((node.file, node.members.named(name.text)?.name)));
        let here = members.named(name.text).map(|first| (file, first.name));
        if let Some((other, first)) = here.or(above) {
            let message = format!("`{}` is declared again", name.text);
            let found = Diagnostic::new(Code::DuplicateElement, file, name.span, message);
            sink.push(found.with_label(other, first.span, "first declared here"));
            return;
        }
        let Some(value) = value else {
            // The name is known, so that its uses are not called unknown.
            members.by_name.insert(Name::new(name.text), usize::MAX);
            return;
        };
        let above = self
            .line(id)
            .skip(1)
            .find_map(|(_, node)| Some((node.file, node.members.valued(&value)?.name)));
        let here = members.valued(&value).map(|first| (file, first.name));
        if let Some((other, first)) = here.or(above) {
            let place = element.value.as_ref().map_or(name.span, |v| v.span);
            let message =
                format!("`{}` has the value of `{}`, {}", name.text, first.text, value.text());
            let found = Diagnostic::new(Code::DuplicateElementValue, file, place, message);
            sink.push(found.with_label(other, first.span, "this has the value already"));
            // What uses the enumeration has each value once, and this name is known.
            members.by_name.insert(Name::new(name.text), usize::MAX);
            return;
        }
        let position = members.list.len();
        members.by_name.insert(Name::new(name.text), position);
        members.by_value.entry(value.clone()).or_insert(position);
        members.list.push(NamedValue { name, value });
    }

    /// The type of an enumeration's values.
    pub(super) fn value_type_of(&self, enumeration: TypeId) -> Option<CimType> {
        self.node(enumeration)?.members.cim_type
    }

    /// The names of an enumeration, those of the enumerations that it extends first.
    pub(super) fn members_of(&self, enumeration: TypeId) -> Vec<&NamedValue<'d>> {
        let mut line: Vec<_> = self.line(enumeration).collect();
        line.reverse();
        line.into_iter().flat_map(|(_, node)| node.members.list.iter()).collect()
    }

    /// The value of a name; the inner `None` when its value is not known.
    pub(super) fn member_of(
        &self,
        enumeration: TypeId,
        name: &str,
    ) -> Option<Option<&NamedValue<'d>>> {
        self.line(enumeration).find_map(|(_, node)| {
            let position = node.members.by_name.get(&CaseInsensitive(name))?;
            Some(node.members.list.get(*position))
        })
    }

    /// The name that has a value.
    pub(super) fn name_of(&self, enumeration: TypeId, value: &Constant<'_>) -> Option<&str> {
        self.line(enumeration).find_map(|(_, node)| Some(node.members.valued(value)?.name.text))
    }

    /// The name of an enumeration that is nearest to a word.
    pub(super) fn similar_member(&self, enumeration: TypeId, word: &str) -> Option<&str> {
        let names = self.line(enumeration).flat_map(|(_, node)| node.members.list.iter());
        suggest::nearest(word, names.map(|member| member.name.text))
    }

    /// Whether an enumeration is another one or extends it.
    pub(super) fn extends(&self, enumeration: TypeId, other: TypeId) -> bool {
        self.line(enumeration).take(MAX_DEPTH).any(|(id, _)| id == other)
    }
}

impl<'d> Members<'d> {
    /// How many enumerations of the text it extends, as far as these are known.
    pub(super) const fn depth(&self) -> usize {
        self.depth
    }

    fn named(&self, name: &str) -> Option<&NamedValue<'d>> {
        self.list.get(*self.by_name.get(&CaseInsensitive(name))?)
    }

    fn valued(&self, value: &Constant<'_>) -> Option<&NamedValue<'d>> {
        self.list.get(*self.by_value.get(value)?)
    }
}

/// The value that an element says or implies.
fn constant<'d>(
    element: &EnumerationElement<'d>,
    cim_type: Option<CimType>,
    file: FileId,
    sink: &mut Diagnostics,
) -> Option<Constant<'d>> {
    let cim_type = cim_type?;
    let (is_text, of) = (cim_type == CimType::String, type_name(cim_type));
    let Some(written) = &element.value else {
        if is_text {
            return Some(Constant::Text(Cow::Borrowed(element.name.text)));
        }
        let message = format!("`{}` has no value", element.name.text);
        let found = Diagnostic::new(Code::MissingElementValue, file, element.name.span, message);
        sink.push(found.with_help(format!("write {} = number", element.name.text)));
        return None;
    };
    let (message, help) = match &written.kind {
        ValueKind::Invalid => return None,
        ValueKind::String(text) if is_text => return Some(Constant::Text(text.clone())),
        ValueKind::Integer(n) if !is_text => {
            let (least, greatest) = cim_type.integer_range().unwrap_or_default();
            let n = n.value();
            if (least..=greatest).contains(&n) {
                return Some(Constant::Integer(n));
            }
            let help = format!("{of} goes from {least} to {greatest}");
            (format!("{n} is outside the range of {of}"), help)
        }
        _ => {
            let wanted = if is_text { "a string" } else { "an integer" };
            let message = format!("{} is no value of an enumeration of {of}", words(written));
            (message, format!("write {wanted}"))
        }
    };
    sink.push(Diagnostic::new(Code::ElementValue, file, written.span, message).with_help(help));
    None
}

/// A written value in words.
pub(super) const fn words(written: &Value<'_>) -> &'static str {
    match written.kind {
        ValueKind::Null => "NULL",
        ValueKind::Boolean(_) => "a boolean",
        ValueKind::Integer(_) => "an integer",
        ValueKind::Real(_) => "a real",
        ValueKind::String(_) => "a string",
        ValueKind::Alias(_) => "an alias",
        ValueKind::Array(_) => "an array",
        ValueKind::Enumeration(_) => "a name of an enumeration",
        ValueKind::Path(_) => "an object path",
        ValueKind::Complex(_) => "a complex value",
        ValueKind::Invalid => "this value",
    }
}
