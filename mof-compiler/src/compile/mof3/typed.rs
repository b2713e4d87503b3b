//! The types of what MOF 3 declares, as those of MOF 2.

use super::lower::{Writer, text_value};
use super::qualify::said;
use super::target::Target;
use super::types::{Found, Meaning, Member, TypeId, local_to};
use crate::Code;
use crate::source::Span;
use crate::syntax::ast;
use crate::syntax::mof3::ast::{DataType, Method, Property, Qualifier, TypeKind};
use cimarron_model::{CaseInsensitive, CimType, Name, fold, suggest};
use cimarron_schema::rules::Rule;
use hashbrown::HashMap;
use std::borrow::Cow;
use std::cell::LazyCell;

/// A written type in MOF 2.
pub(super) struct Typed<'t> {
    pub(super) data_type: ast::DataType<'t>,
    /// The qualifiers that say what the type of MOF 2 leaves out.
    pub(super) qualifiers: Vec<ast::Qualifier<'t>>,
    pub(super) target: Target<'t>,
}

impl<'t> Writer<'t, '_, '_> {
    /// DSP0221 7.5.4: an overriding property has the enumeration of the overridden
    /// one, or one that it extends.
    pub(super) fn narrows(&mut self, property: &'t Property<'t>, within: TypeId) {
        let Some(above) = self.types.node(within).and_then(|node| node.above.as_ref()) else {
            return;
        };
        let Some(Member::Text(overridden, owner)) = self.types.property(above, property.name.text)
        else {
            return;
        };
        if !overrides(&property.qualifiers) {
            return;
        }
        let types = [(&property.data_type, within), (&overridden.data_type, owner)];
        if self.changes_enumeration(types, |here, there| self.types.extends(there, here)) {
            let message = format!(
                "`{}` has another type above: an override keeps an enumeration, or takes one that it extends",
                property.name.text
            );
            let code = Code::Rule(Rule::PropertyTypeChanged);
            self.report(code, property.data_type.span, message);
        }
    }

    /// An overriding method keeps the enumerations of the overridden one, or takes others that
    /// have to do with them. Which may have more values is not said of methods.
    pub(super) fn keeps_enumerations(&mut self, method: &'t Method<'t>, within: TypeId) {
        if !overrides(&method.qualifiers) {
            return;
        }
        let above = self.types.node(within).and_then(|node| node.above.as_ref());
        let overridden = above.and_then(|above| self.types.method(above, method.name.text));
        let Some((overridden, owner)) = overridden else { return };
        // Nearly always they stand at the same position; an override may add some.
        let by_name = LazyCell::new(|| -> HashMap<_, _> {
            overridden.parameters.iter().rev().map(|p| (Name::new(p.name.text), p)).collect()
        });
        let parameters = method.parameters.iter().enumerate().filter_map(|(at, own)| {
            let name = own.name.text;
            let near = overridden.parameters.get(at).filter(|p| fold::eq(p.name.text, name));
            let other = near.or_else(|| by_name.get(&CaseInsensitive(name)).copied())?;
            Some((&own.data_type, &other.data_type))
        });
        let all = std::iter::once((&method.return_type, &overridden.return_type)).chain(parameters);
        for (own, other) in all {
            let related = |a, b| self.types.extends(a, b) || self.types.extends(b, a);
            if self.changes_enumeration([(own, within), (other, owner)], related) {
                let name = method.name.text;
                let message = format!("`{name}` overrides a method that has another type here");
                let help = "keep an enumeration, or take one that extends it or that it extends";
                let code = Code::Rule(Rule::MethodSignatureChanged);
                self.advise(code, own.span, message, Some(help.to_owned()));
            }
        }
    }

    /// Whether one of two types is an enumeration, here and above, and the other none that
    /// `fits`. Where the types of MOF 2 differ as well, that is said of these.
    fn changes_enumeration(
        &self,
        [here, there]: [(&DataType<'t>, TypeId); 2],
        fits: impl Fn(TypeId, TypeId) -> bool,
    ) -> bool {
        let size = |of: &DataType<'_>| of.array.map(|array| array.size);
        if size(here.0) != size(there.0) {
            return false;
        }
        let meaning = |(of, within): (&DataType<'t>, _)| self.types.meaning(of.kind, Some(within));
        // What is unknown has been reported.
        let (Some(here), Some(there)) = (meaning(here), meaning(there)) else { return false };
        let fits = match (&here, &there) {
            (Meaning::Enumeration(here), Meaning::Enumeration(there)) => fits(*here, *there),
            (Meaning::Enumeration(_), _) | (_, Meaning::Enumeration(_)) => false,
            _ => true,
        };
        let archived = self.archived_type(&here);
        !fits && archived.is_some() && archived == self.archived_type(&there)
    }

    /// The type that values have in MOF 2.
    fn archived_type(&self, meaning: &Meaning<'_>) -> Option<CimType> {
        match meaning {
            Meaning::Primitive(cim_type) => Some(*cim_type),
            Meaning::OctetString => Some(CimType::UInt8),
            Meaning::Enumeration(id) => self.types.value_type_of(*id),
            Meaning::Complex(_) => Some(CimType::String),
            Meaning::Reference(_) => Some(CimType::Reference),
            Meaning::Void => None,
        }
    }

    pub(super) fn typed(&mut self, written: &DataType<'t>, within: TypeId) -> Typed<'t> {
        let span = written.span;
        let mut typed = Typed {
            data_type: ast::DataType { span, kind: ast::TypeKind::Unknown, array: written.array },
            qualifiers: Vec::new(),
            target: Target::default(),
        };
        let Some(meaning) = self.types.meaning(written.kind, Some(within)) else {
            self.unknown_type(written, within);
            return typed;
        };
        match &meaning {
            Meaning::Void => typed.data_type.kind = ast::TypeKind::Void,
            Meaning::Primitive(CimType::Char16) => {
                let help = "write string".to_owned();
                let message = "MOF 3 has no char16".to_owned();
                self.advise(Code::Mof2Form, span, message, Some(help));
                return typed;
            }
            Meaning::Primitive(cim_type) => {
                typed.data_type.kind = ast::TypeKind::Intrinsic(*cim_type);
            }
            Meaning::OctetString => {
                typed.qualifiers.push(made("Octetstring", span, None));
                typed.data_type.kind = ast::TypeKind::Intrinsic(CimType::String);
                if written.array.is_none() {
                    typed.data_type.kind = ast::TypeKind::Intrinsic(CimType::UInt8);
                    typed.data_type.array =
                        Some(ast::ArraySuffix { span, size: None, plain: true });
                }
            }
            Meaning::Enumeration(id) => {
                let cim_type = self.types.value_type_of(*id);
                let Some(cim_type) = cim_type else { return typed };
                typed.data_type.kind = ast::TypeKind::Intrinsic(cim_type);
                typed.qualifiers = self.value_map(*id, span);
            }
            Meaning::Complex(found) => {
                let name = self.types.archived_name(found).to_owned();
                let value = text_value(span, Cow::Owned(name));
                typed.data_type.kind = ast::TypeKind::Intrinsic(CimType::String);
                typed.qualifiers.push(made("EmbeddedInstance", span, Some(value)));
            }
            Meaning::Reference(class) => match self.reference(*class, within) {
                Some(kind) => typed.data_type.kind = kind,
                None => return typed,
            },
        }
        typed.target = Target::new(Some(meaning), written.array.is_some());
        typed
    }

    /// The type of a reference, unless nothing can be referred to.
    fn reference(
        &mut self,
        class: ast::Identifier<'t>,
        within: TypeId,
    ) -> Option<ast::TypeKind<'t>> {
        let found = self.types.resolve(class.text, Some(within));
        // A class that does not exist is reported as in MOF 2.
        if found.is_none() && self.is_hidden(Code::TypeInPlaceOfValue, class) {
            return None;
        }
        let problem = match &found {
            Some(Found::Text(id)) if self.types.sort(*id).is_none() => "an enumeration",
            Some(found) if self.types.is_structure(found) => "a structure",
            _ => return Some(ast::TypeKind::Reference(Some(class))),
        };
        let message = format!("`{}` is {problem} and cannot be referred to", class.text);
        let help = "references lead to instances of classes; leave out REF for a value".to_owned();
        self.advise(Code::TypeInPlaceOfValue, class.span, message, Some(help));
        None
    }

    /// Whether an unknown name is one that only the schema has, which is reported.
    pub(super) fn is_hidden(&mut self, code: Code, name: ast::Identifier<'_>) -> bool {
        let Some((local, outer)) = self.types.hidden(name.text) else { return false };
        let message = format!("`{}` names no type here: the schema so calls `{local}`", name.text);
        self.advise(code, name.span, message, Some(local_to(local, outer)));
        true
    }

    fn unknown_type(&mut self, written: &DataType<'t>, within: TypeId) {
        let TypeKind::Named(name) = written.kind else { return };
        if self.sink.broken.has_class(name.text) || self.types.may_be_visible(Some(within)) {
            return;
        }
        let similar = || self.types.similar(name.text, Some(within)).map(suggest::did_you_mean);
        let help = self.types.where_local(name.text);
        let help = help.or_else(|| self.sink.wants_advice().then(similar).flatten());
        let message = format!("unknown type `{}`", name.text);
        self.advise(Code::UnknownType, name.span, message, help);
    }

    /// The qualifiers that say which values an enumeration has.
    fn value_map(&mut self, id: TypeId, span: Span) -> Vec<ast::Qualifier<'t>> {
        let types = self.types;
        let Some(node) = types.node(id) else { return Vec::new() };
        let members = types.members_of(id);
        let mut made_here = Vec::new();
        if !members.is_empty() && self.spend(2 * members.len(), span) {
            let list = |text: &mut dyn FnMut(usize) -> Cow<'t, str>| {
                let items = (0..members.len()).map(|i| text_value(span, text(i))).collect();
                Some(ast::Value { span, kind: ast::ValueKind::Array(items) })
            };
            let values = list(&mut |i| {
                Cow::Owned(members.get(i).map(|m| m.value.text()).unwrap_or_default())
            });
            let names = list(&mut |i| Cow::Borrowed(members.get(i).map_or("", |m| m.name.text)));
            made_here.push(made("ValueMap", span, values));
            made_here.push(made("Values", span, names));
        }
        let name = text_value(span, Cow::Borrowed(node.name.as_str()));
        made_here.push(made("Enumeration", span, Some(name)));
        made_here
    }
}

/// Whether what has these qualifiers says that it overrides; what only has the name of
/// something above is judged as such.
fn overrides(qualifiers: &[Qualifier<'_>]) -> bool {
    said(qualifiers, "Override").is_some()
}

/// A qualifier that the text does not write.
pub(super) fn made<'t>(
    name: &'t str,
    span: Span,
    value: Option<ast::Value<'t>>,
) -> ast::Qualifier<'t> {
    let name = ast::Identifier { text: name, span };
    ast::Qualifier { span, name, value, flavors: Vec::new() }
}
