//! Writing qualifiers and their types (DSP0221 7.4).

use super::lower::{Lowered, Writer, text_value};
use super::qualifier::Known;
use super::standard::{MADE, standard};
use super::target::Target;
use super::types::{Found, Meaning, Node, TypeId};
use super::unkept::{Extends, Unkept};
use crate::Code;
use crate::diagnostic::{Diagnostic, Severity};
use crate::syntax::ast::{self, FlavorKind};
use crate::syntax::mof3::ast::{
    DataType, EnumerationDeclaration, Property, Qualifier, QualifierDeclaration, Scope, ScopeKind,
    TypeKind, ValueKind,
};
use cimarron_model::{CimType, suggest};
use cimarron_schema::rules::Rule;
use std::borrow::Cow;

impl<'t> Writer<'t, '_, '_> {
    /// A qualifier list on an element of this kind. `element` is the name that a
    /// bare Override restates.
    pub(super) fn qualifiers(
        &mut self,
        list: &'t [Qualifier<'t>],
        on: ScopeKind,
        element: Option<&'t str>,
    ) -> Vec<ast::Qualifier<'t>> {
        let known = self.known;
        let mut lowered = Vec::with_capacity(list.len());
        for written in list {
            let declared = known.get(written.name.text);
            if let Some(Err(scope)) = declared.map(|declared| declared.allows(on)) {
                let what = match on {
                    ScopeKind::Association => "an association",
                    ScopeKind::Indication => "an indication",
                    ScopeKind::Enumeration => "an enumeration",
                    ScopeKind::EnumerationValue => "a value of an enumeration",
                    ScopeKind::QualifierType => "a qualifier type",
                    _ => on.as_str(),
                };
                let article = if what.contains(' ') { "" } else { "a " };
                let name = written.name.text;
                let message = format!("the qualifier `{name}` may not stand on {article}{what}");
                let help = Some(format!("its scope is {scope}"));
                let code = Code::Rule(Rule::QualifierScope);
                self.advise(code, written.span, message, help);
            }
            // Of what is no class, nobody else sees that it is not declared.
            let loose = matches!(
                on,
                ScopeKind::Enumeration | ScopeKind::EnumerationValue | ScopeKind::QualifierType
            );
            if declared.is_none() && loose {
                let name = written.name.text;
                let message = format!("the qualifier `{name}` is not declared");
                let similar = known.similar(name).map(suggest::did_you_mean);
                let help = similar
                    .unwrap_or_else(|| format!("declare it: Qualifier {name} : type Scope(...);"));
                let code = Code::Rule(Rule::UndeclaredQualifier);
                self.advise(code, written.span, message, Some(help));
            }
            let target = declared.map_or_else(Target::default, |d| self.qualifier_target(d));
            let mut value = written.value.as_ref().map(|v| self.qualifier_value(v, &target));
            if let Some(element) = element.filter(|_| restates(written.name.text, declared)) {
                // To one that the text declares as a string, a boolean is none.
                let is_own = matches!(declared, Some(Known::Text(_)));
                match value.as_ref().map(|v| &v.kind) {
                    Some(ast::ValueKind::Boolean(false)) if !is_own => continue,
                    Some(ast::ValueKind::Boolean(true)) if is_own => {}
                    None | Some(ast::ValueKind::Boolean(true)) => {
                        value = Some(text_value(written.span, Cow::Borrowed(element)));
                    }
                    _ => {}
                }
            }
            lowered.push(ast::Qualifier {
                span: written.span,
                name: written.name,
                value,
                flavors: Vec::new(),
            });
        }
        lowered
    }

    /// Keys belong to classes: a structure has no identity (DSP0221 7.5.1).
    pub(super) fn key_in_structure(&mut self, property: &Property<'_>, structure: &str) {
        let Some(key) = said(&property.qualifiers, "Key") else { return };
        let name = property.name.text;
        let message = format!("the key `{name}` stands in the structure `{structure}`");
        let help = "values of structures have no identity: declare the key in a class".to_owned();
        self.advise(Code::KeyInStructure, key.span, message, Some(help));
    }

    /// Counters have no sign. To the rules a sint64 is an `integer`, of which this is not said
    /// (DSP0004 3.0.1 clause 7).
    pub(super) fn counts_without_sign(
        &mut self,
        data_type: &DataType<'_>,
        name: ast::Identifier<'_>,
        list: &[Qualifier<'_>],
    ) {
        if data_type.kind != TypeKind::Intrinsic(CimType::SInt64) {
            return;
        }
        if let Some(counter) = said(list, "Counter") {
            let (own, name) = (counter.name.text, name.text);
            let of = if data_type.array.is_some() { "sint64[]" } else { "sint64" };
            let message = format!(
                "`{own}` stands on `{name}`, which is {of}: it is for integers without a sign"
            );
            let code = Code::Rule(Rule::CounterType);
            let found = Diagnostic::new(code, self.file, counter.span, message);
            self.sink.push(found.with_label(self.file, data_type.span, format!("this is {of}")));
        }
    }

    /// Reports the qualifier types of the text that take the name of a qualifier which the
    /// compiler writes, for values of another type; it does not write these then.
    pub(super) fn find_taken(&mut self) {
        let known = self.known;
        for name in MADE {
            let (Some((file, node)), Some(wanted)) = (known.of_text(name), standard(name)) else {
                continue;
            };
            let (found, is_array) = (node.data_type, node.data_type.array.is_some());
            let meaning = self.types.meaning(found.kind, None);
            let fits = matches!(meaning, Some(Meaning::Primitive(t)) if t == wanted.cim_type);
            if fits && is_array == wanted.is_array {
                continue;
            }
            self.taken.push(name);
            let (wanted, array) = (wanted.cim_type, if wanted.is_array { "[]" } else { "" });
            let message =
                format!("the compiler itself writes the qualifier `{name}`, as a {wanted}{array}");
            let found = Diagnostic::new(Code::StandardQualifier, file, found.span, message);
            let found = found.with_severity(Severity::Error);
            let help = format!("declare it as {wanted}{array}, or give yours another name");
            self.sink.push(found.with_help(help));
        }
    }

    /// Adds a qualifier that the compiler writes, unless the text writes one of its name.
    pub(super) fn add(&self, list: &mut Vec<ast::Qualifier<'t>>, one: ast::Qualifier<'t>) {
        let is = |name: &str| name.eq_ignore_ascii_case(one.name.text);
        if !list.iter().any(|q| is(q.name.text)) && !self.taken.iter().any(|name| is(name)) {
            list.push(one);
        }
    }

    /// The type of a qualifier's values.
    fn qualifier_target(&self, declared: Known<'_, 't>) -> Target<'t> {
        match declared {
            Known::Text(node) => {
                let meaning = self.types.meaning(node.data_type.kind, None);
                Target::of_qualifier(meaning, node.data_type.array.is_some())
            }
            Known::Base(declared) => {
                let data_type = &declared.data_type;
                let is_array = data_type.is_array();
                // What MOF 2 declares as texts has the names of MOF 3, too.
                let named = standard(declared.name.as_str()).filter(|standard| {
                    !standard.names.is_empty()
                        && (data_type.cim_type, is_array) == (standard.cim_type, false)
                });
                let plain = || Target::new(Some(Meaning::Primitive(data_type.cim_type)), is_array);
                named.map_or_else(plain, Target::Names)
            }
            Known::Standard(standard) if !standard.names.is_empty() => Target::Names(standard),
            Known::Standard(standard) => {
                Target::new(Some(Meaning::Primitive(standard.cim_type)), standard.is_array)
            }
        }
    }

    pub(super) fn enumeration_qualifiers(
        &mut self,
        id: TypeId,
        node: &'t Node<'t>,
        declared: &'t EnumerationDeclaration<'t>,
        lowered: &mut Lowered<'t>,
    ) {
        let above = match node.above {
            Some(Found::Text(above)) => Some(above),
            _ => None,
        };
        let (base, depth) = (declared.base.span, node.members.depth());
        let (name, list) = (declared.name, &declared.qualifiers);
        let enumeration = Some(Extends { id, above, base, depth });
        let own = self.unkept(name, list, ScopeKind::Enumeration);
        lowered.unkept.push(Unkept { enumeration, ..own });
        for element in declared.elements.iter().filter(|e| !e.qualifiers.is_empty()) {
            let (name, list) = (element.name, &element.qualifiers);
            lowered.unkept.push(self.unkept(name, list, ScopeKind::EnumerationValue));
        }
    }

    /// The qualifiers of something that the schema does not keep.
    fn unkept(
        &mut self,
        name: ast::Identifier<'t>,
        list: &'t [Qualifier<'t>],
        on: ScopeKind,
    ) -> Unkept<'t> {
        let known = self.known;
        let is_misplaced = |name: &&str| known.get(name).is_some_and(|d| d.allows(on).is_err());
        let misplaced = list.iter().map(|q| q.name.text).filter(is_misplaced).collect();
        let qualifiers = self.qualifiers(list, on, None);
        Unkept { file: self.file, name, qualifiers, misplaced, enumeration: None }
    }

    pub(super) fn qualifier_type(
        &mut self,
        node: &'t QualifierDeclaration<'t>,
        lowered: &mut Lowered<'t>,
    ) {
        if !node.qualifiers.is_empty() {
            let own = self.unkept(node.name, &node.qualifiers, ScopeKind::QualifierType);
            lowered.unkept.push(own);
        }
        let data_type = self.qualifier_data_type(node);
        let meaning = self.types.meaning(node.data_type.kind, None);
        let valueless = match &meaning {
            Some(Meaning::Primitive(cim_type)) => {
                matches!(cim_type, CimType::String | CimType::DateTime | CimType::Char16)
            }
            Some(Meaning::OctetString | Meaning::Enumeration(_)) => true,
            _ => false,
        };
        if node.default.is_none() && valueless {
            let message = format!("the qualifier `{}` has no default value", node.name.text);
            let help = "only numbers and booleans may go without one; write = NULL".to_owned();
            self.advise(Code::MissingDefault, node.name.span, message, Some(help));
        }
        let target = Target::of_qualifier(meaning, node.data_type.array.is_some());
        let default = self.default(node.default.as_ref(), &target);
        let flavors = node.policy.as_ref().map(|policy| self.policy(policy));
        lowered.qualifiers.push((
            self.file,
            ast::QualifierDeclaration {
                span: node.span,
                name: node.name,
                data_type,
                default,
                scopes: node.scopes.as_deref().map(scopes),
                flavors,
            },
        ));
    }

    fn qualifier_data_type(&mut self, node: &QualifierDeclaration<'t>) -> ast::DataType<'t> {
        let written = node.data_type;
        let kind = match self.types.meaning(written.kind, None) {
            Some(Meaning::Primitive(cim_type)) if cim_type != CimType::Char16 => cim_type,
            Some(Meaning::OctetString) => CimType::String,
            Some(Meaning::Enumeration(id)) => {
                self.types.value_type_of(id).unwrap_or(CimType::String)
            }
            meaning => {
                let message = match (meaning, written.kind) {
                    (None, TypeKind::Named(name)) => format!("unknown type `{}`", name.text),
                    (Some(Meaning::Primitive(_)), _) => "MOF 3 has no char16".to_owned(),
                    _ => "a qualifier has a primitive type or an enumeration".to_owned(),
                };
                let broken = |name: ast::Identifier<'_>| self.sink.broken.has_class(name.text);
                let is_broken = matches!(written.kind, TypeKind::Named(name) if broken(name));
                if !is_broken {
                    let local = match written.kind {
                        TypeKind::Named(name) => self.types.where_local(name.text),
                        _ => None,
                    };
                    let help = || "write boolean, integer, string or an enumeration".to_owned();
                    let help = local.unwrap_or_else(help);
                    self.advise(Code::UnknownType, written.span, message, Some(help));
                }
                CimType::String
            }
        };
        ast::DataType {
            span: written.span,
            kind: ast::TypeKind::Intrinsic(kind),
            array: written.array,
        }
    }

    /// DSP0221 7.4: a policy is one of three words, which say in one what two flavors
    /// of MOF 2 say.
    fn policy(&mut self, written: &[ast::Flavor]) -> Vec<ast::Flavor> {
        use FlavorKind::{DisableOverride, EnableOverride, Restricted, ToSubclass};
        if let Some(second) = written.get(1) {
            let message = "a policy is one word".to_owned();
            let help = "write disableoverride, enableoverride or restricted".to_owned();
            self.advise(Code::PolicyCount, second.span, message, Some(help));
        }
        let Some(first) = written.first() else { return Vec::new() };
        let kinds = match first.kind {
            DisableOverride => [DisableOverride, ToSubclass],
            Restricted => [EnableOverride, Restricted],
            _ => [EnableOverride, ToSubclass],
        };
        kinds.into_iter().map(|kind| ast::Flavor { span: first.span, kind }).collect()
    }
}

/// The qualifier of a name, unless it says no. What is no boolean is reported, and was not
/// meant to say so.
pub(super) fn said<'l, 't>(list: &'l [Qualifier<'t>], name: &str) -> Option<&'l Qualifier<'t>> {
    list.iter().find(|q| {
        let value = q.value.as_ref().map(|value| &value.kind);
        q.name.text.eq_ignore_ascii_case(name)
            && !matches!(value, Some(ValueKind::Boolean(false) | ValueKind::Null))
    })
}

/// Whether the qualifier is the Override of MOF 2, which has the name of the element.
fn restates(name: &str, declared: Option<Known<'_, '_>>) -> bool {
    name.eq_ignore_ascii_case("Override")
        && declared.is_some_and(|declared| match declared {
            Known::Base(declared) => declared.data_type.cim_type == CimType::String,
            Known::Standard(_) => true,
            Known::Text(node) => {
                node.data_type.kind == TypeKind::Intrinsic(CimType::String)
                    && node.data_type.array.is_none()
            }
        })
}

fn scopes(written: &[Scope]) -> Vec<ast::Scope> {
    let kinds = |scope: &Scope| {
        let kinds: &[ast::ScopeKind] = match scope.kind {
            ScopeKind::Any => &[ast::ScopeKind::Any],
            ScopeKind::Class => {
                &[ast::ScopeKind::Class, ast::ScopeKind::Association, ast::ScopeKind::Indication]
            }
            ScopeKind::Structure => &[ast::ScopeKind::Class],
            ScopeKind::Association => &[ast::ScopeKind::Association],
            ScopeKind::Indication => &[ast::ScopeKind::Indication],
            ScopeKind::Property => &[ast::ScopeKind::Property],
            ScopeKind::Reference => &[ast::ScopeKind::Reference],
            ScopeKind::Method => &[ast::ScopeKind::Method],
            ScopeKind::Parameter => &[ast::ScopeKind::Parameter],
            ScopeKind::Enumeration | ScopeKind::EnumerationValue | ScopeKind::QualifierType => &[],
        };
        let span = scope.span;
        kinds.iter().map(move |kind| ast::Scope { span, kind: *kind })
    };
    written.iter().flat_map(kinds).collect()
}
