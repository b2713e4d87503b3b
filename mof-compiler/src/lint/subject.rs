//! A class as lints see it: what is written, and what holds.

use super::Linted;
use crate::compile::GlobalFlavors;
use crate::source::{FileId, Span};
use crate::syntax::ast::{self, ClassDeclaration, Feature, Identifier};
use cimarron_model::{
    CaseInsensitive, CimType, Dialect, Flavor, Method, Name, Qualifiers, Value, fold,
};
use cimarron_schema::{NamespaceBuilder, ResolvedClass};
use hashbrown::HashMap;

/// A class that was compiled, and its superclass.
pub(crate) struct Subject<'a> {
    pub(crate) file: FileId,
    /// The text of the file.
    pub(crate) text: &'a str,
    pub(crate) node: &'a ClassDeclaration<'a>,
    pub(crate) resolved: &'a ResolvedClass,
    pub(crate) above: Option<&'a ResolvedClass>,
    pub(crate) namespace: &'a NamespaceBuilder,
    pub(crate) dialect: Dialect,
    /// The flavors of WMI's short form that hold here.
    pub(crate) flavors: &'a GlobalFlavors,
    /// The class itself, then its members and their parameters, as written.
    pub(crate) elements: Vec<Element<'a>>,
}

/// What an element is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Class,
    Property,
    Reference,
    Method,
    Parameter,
}

impl Kind {
    /// The word for it, with an article.
    pub(crate) const fn a(self) -> &'static str {
        match self {
            Self::Class => "the class",
            Self::Property => "the property",
            Self::Reference => "the reference",
            Self::Method => "the method",
            Self::Parameter => "the parameter",
        }
    }
}

/// A class, property, method or parameter.
#[derive(Clone, Copy)]
pub(crate) struct Element<'a> {
    pub(crate) kind: Kind,
    pub(crate) name: Identifier<'a>,
    /// The qualifiers that stand before it.
    pub(crate) written: &'a [ast::Qualifier<'a>],
    /// Those that hold, the inherited ones included.
    pub(crate) qualifiers: &'a Qualifiers,
    /// Those of the element that it overrides, or of the superclass.
    pub(crate) above: Option<&'a Qualifiers>,
    /// How the element that a member overrides is spelled.
    pub(crate) spelled: Option<&'a Name>,
    /// The type of a property or parameter, or what a method returns.
    pub(crate) data_type: Option<&'a ast::DataType<'a>>,
    pub(crate) default: Option<&'a ast::Value<'a>>,
}

impl<'a> Element<'a> {
    /// The qualifier of this name that stands before the element.
    pub(crate) fn wrote(&self, name: &str) -> Option<&'a ast::Qualifier<'a>> {
        self.written.iter().find(|q| fold::eq(q.name.text, name))
    }

    /// The value that a qualifier has, written or inherited.
    pub(crate) fn value(&self, name: &str) -> Option<&'a Value> {
        self.qualifiers.get(name).map(|q| &q.value).filter(|value| !value.is_null())
    }

    pub(crate) fn is_true(&self, name: &str) -> bool {
        self.qualifiers.is_true(name)
    }

    /// The type's keyword; `None` of references, embedded objects and void.
    pub(crate) fn intrinsic(&self) -> Option<CimType> {
        match self.data_type?.kind {
            ast::TypeKind::Intrinsic(cim_type) => Some(cim_type),
            _ => None,
        }
    }

    pub(crate) fn is_array(&self) -> bool {
        self.data_type.is_some_and(|t| t.array.is_some())
    }
}

impl Subject<'_> {
    /// Where something of this class stands.
    pub(crate) const fn at(&self, span: Span) -> (FileId, Span) {
        (self.file, span)
    }

    /// The text of a span.
    pub(crate) fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or_default()
    }

    /// The flavors that a qualifier has where none are written.
    pub(crate) fn unwritten_flavor(&self, name: &str) -> Flavor {
        let declared = self.namespace.qualifier_type(name).map(|declared| declared.flavor);
        let base = cimarron_schema::implied_flavor(self.dialect, name, declared);
        let global = self.flavors.get(name);
        let global = global.as_deref();
        let global = global.unwrap_or_default().iter();
        global.fold(base, |flavor, one| crate::compile::with_flavor(flavor, one.kind))
    }
}

impl<'a> Linted<'a> {
    /// Every class that was compiled, in the order of the text. Of one that is declared
    /// again only the last declaration was.
    pub(crate) fn subjects(&self) -> impl Iterator<Item = Subject<'a>> {
        let (sources, schema, dialect) = (self.sources, self.schema, self.dialect);
        let namespaces: HashMap<&Name, &NamespaceBuilder> = schema.namespaces().collect();
        self.units
            .iter()
            .filter_map(move |(name, unit)| Some((*namespaces.get(name)?, unit)))
            .flat_map(move |(namespace, unit)| {
                let last: HashMap<Name, usize> = unit
                    .classes
                    .iter()
                    .enumerate()
                    .map(|(i, class)| (Name::new(class.node.name.text), i))
                    .collect();
                let counted = unit.classes.iter().enumerate().filter(move |(i, class)| {
                    last.get(&CaseInsensitive(class.node.name.text)) == Some(i)
                });
                counted.filter_map(move |(_, class)| {
                    let node = &*class.node;
                    let resolved = &**namespace.class(node.name.text)?;
                    let above = resolved.superclass().and_then(|s| namespace.class(s.as_str()));
                    let above = above.map(|class| &**class);
                    Some(Subject {
                        file: class.file,
                        text: sources.map().text(class.file),
                        node,
                        resolved,
                        above,
                        namespace,
                        dialect,
                        flavors: &class.flavors,
                        elements: elements(node, resolved, above),
                    })
                })
            })
    }
}

fn elements<'a>(
    node: &'a ClassDeclaration<'a>,
    resolved: &'a ResolvedClass,
    above: Option<&'a ResolvedClass>,
) -> Vec<Element<'a>> {
    let mut found = vec![Element {
        kind: Kind::Class,
        name: node.name,
        written: &node.qualifiers,
        qualifiers: &resolved.qualifiers,
        above: above.map(|class| &class.qualifiers),
        spelled: None,
        data_type: None,
        default: None,
    }];
    let (mut properties, mut methods) =
        (resolved.own_properties.iter(), resolved.own_methods.iter());
    for feature in &node.features {
        match feature {
            Feature::Property(property) => {
                // What is inherited keeps its position, so nothing needs looking up.
                let Some(slot) = properties.next().map(|slot| *slot as usize) else { continue };
                let of = |class: &'a ResolvedClass| {
                    let declared = &*class.properties.get(slot)?.declaration;
                    declared.name.is(property.name.text).then_some(declared)
                };
                let Some(declared) = of(resolved) else { continue };
                let overridden = above.and_then(of);
                found.push(Element {
                    kind: match property.data_type.kind {
                        ast::TypeKind::Reference(_) => Kind::Reference,
                        _ => Kind::Property,
                    },
                    name: property.name,
                    written: &property.qualifiers,
                    qualifiers: &declared.qualifiers,
                    above: overridden.map(|property| &property.qualifiers),
                    spelled: overridden.map(|property| &property.name),
                    data_type: Some(&property.data_type),
                    default: property.default.as_ref(),
                });
            }
            Feature::Method(method) => {
                let Some(slot) = methods.next().map(|slot| *slot as usize) else { continue };
                let of = |class: &'a ResolvedClass| {
                    let declared = &*class.methods.get(slot)?.declaration;
                    declared.name.is(method.name.text).then_some(declared)
                };
                if let Some(declared) = of(resolved) {
                    add_method(&mut found, method, declared, above.and_then(of));
                }
            }
        }
    }
    found
}

fn add_method<'a>(
    found: &mut Vec<Element<'a>>,
    method: &'a ast::Method<'a>,
    declared: &'a Method,
    overridden: Option<&'a Method>,
) {
    found.push(Element {
        kind: Kind::Method,
        name: method.name,
        written: &method.qualifiers,
        qualifiers: &declared.qualifiers,
        above: overridden.map(|m| &m.qualifiers),
        spelled: overridden.map(|m| &m.name),
        data_type: Some(&method.return_type),
        default: None,
    });
    for (at, parameter) in method.parameters.iter().enumerate() {
        let of = |method: &'a Method| {
            let named = method.parameters.get(at)?;
            named.name.is(parameter.name.text).then_some(&named.qualifiers)
        };
        let Some(qualifiers) = of(declared) else { continue };
        found.push(Element {
            kind: Kind::Parameter,
            name: parameter.name,
            written: &parameter.qualifiers,
            qualifiers,
            above: overridden.and_then(of),
            spelled: None,
            data_type: Some(&parameter.data_type),
            default: parameter.default.as_ref(),
        });
    }
}
