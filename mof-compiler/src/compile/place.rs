//! Finding the text that a violation is about.

use super::At;
use super::unit::Unit;
use crate::source::{FileId, SourceMap, Span};
use crate::syntax::ast::{
    ClassDeclaration, DataType, Declaration, Feature, Identifier, Method, Parameter, Property,
    Qualifier, ValueKind,
};
use crate::syntax::parse_again;
use cimarron_model::{self as model, CaseInsensitive, Name};
use cimarron_schema::rules::{Element, MAX_DEPTH, Part, Place, Rule, Violation};
use hashbrown::HashMap;
use std::cell::Cell;

/// The span of the element and part that a violation names.
pub(crate) fn span_of(class: &ClassDeclaration<'_>, violation: &Violation) -> Span {
    let part = &violation.part;
    let found = match violation.element {
        Element::Class => of_class(class, part),
        Element::Property(i) => properties(class).nth(i).map(|p| of_property(p, part)),
        Element::Method(i) => methods(class).nth(i).map(|m| of_method(m, part)),
        Element::Parameter(i, j) => {
            methods(class).nth(i).and_then(|m| m.parameters.get(j)).map(|p| of_parameter(p, part))
        }
    };
    found.unwrap_or(class.name.span)
}

/// Where the classes of the text stand: of one that is declared again, its last
/// declaration.
///
/// The trees of classes are let go once these are compiled. Whoever wants to point at a
/// part of one has its text parsed again, which happens for findings only. Without
/// sources, as for MOF 3, there are no labels in other classes.
#[derive(Default)]
pub(crate) struct Texts<'a> {
    classes: HashMap<Name, Text>,
    qualifier_types: HashMap<Name, (FileId, Span)>,
    sources: Option<&'a SourceMap>,
    /// How much has been parsed again to find labels.
    parsed: Cell<usize>,
}

#[derive(Clone, Debug)]
struct Text {
    superclass: Option<Name>,
    file: FileId,
    span: Span,
    /// Where its name stands.
    name: Span,
}

/// Where the declarations of a namespace stand, for whoever loads them.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    classes: HashMap<Name, Text>,
    qualifier_types: HashMap<Name, (FileId, Span)>,
}

impl Places {
    pub(super) fn class(&self, name: &str) -> Option<(FileId, Span)> {
        self.classes.get(&CaseInsensitive(name)).map(|text| (text.file, text.name))
    }

    pub(super) fn qualifier_type(&self, name: &str) -> Option<(FileId, Span)> {
        self.qualifier_types.get(&CaseInsensitive(name)).copied()
    }
}

/// How much text is parsed again to find labels. Findings beyond go without: whoever has
/// so many needs no explanations.
const MOST_PARSED: usize = 16 << 20;

impl<'a> Texts<'a> {
    pub(crate) fn of(unit: &Unit<'_>, sources: Option<&'a SourceMap>) -> Self {
        let mut classes = HashMap::with_capacity(unit.classes.len());
        for class in &unit.classes {
            let node = &class.node;
            let superclass = node.superclass.map(|s| Name::new(s.text));
            let name = node.name.span;
            let text = Text { superclass, file: class.file, span: node.span, name };
            classes.insert(Name::new(node.name.text), text);
        }
        let qualifier_types = unit.qualifiers.iter().map(|declared| {
            (Name::new(declared.node.name.text), (declared.file, declared.node.name.span))
        });
        Self { classes, qualifier_types: qualifier_types.collect(), sources, parsed: Cell::new(0) }
    }

    /// What is left of it when the namespace is compiled.
    pub(super) fn into_places(self) -> Places {
        Places { classes: self.classes, qualifier_types: self.qualifier_types }
    }

    /// The superclass that a class of the text names.
    pub(crate) fn superclass(&self, class: &str) -> Option<Option<Name>> {
        Some(self.classes.get(&CaseInsensitive(class))?.superclass.clone())
    }

    /// The name that the text has for a class. That of a local structure of MOF 3, `L` of
    /// `T_A_L`, is the end of the whole.
    pub(crate) fn written_name<'n>(&self, class: &'n str) -> &'n str {
        let Some(text) = self.classes.get(&CaseInsensitive(class)) else { return class };
        let length = (text.name.end - text.name.start) as usize;
        class.len().checked_sub(length).and_then(|from| class.get(from..)).unwrap_or(class)
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &Name> {
        self.classes.keys()
    }

    /// The tree of a class declaration, made once more. Its spans are those of the file.
    pub(crate) fn again(&self, file: FileId, span: Span) -> Option<Box<ClassDeclaration<'a>>> {
        class_again(self.sources?, file, span)
    }

    /// The file and the span of a place: in its class, or else in the nearest class
    /// above that writes it. `None` when the text does not have it.
    pub(crate) fn find(&self, place: &Place) -> Option<(FileId, Span)> {
        let mut name = &place.class;
        for _ in 0..MAX_DEPTH {
            let text = self.classes.get(name)?;
            let parsed = self.parsed.get() + (text.span.end - text.span.start) as usize;
            if parsed > MOST_PARSED {
                return None;
            }
            self.parsed.set(parsed);
            let class = self.again(text.file, text.span)?;
            if let Some(span) = in_class(&class, place) {
                return Some((text.file, span));
            }
            name = text.superclass.as_ref()?;
        }
        None
    }

    /// As [`find`](Self::find), for a place that a class at hand may have itself.
    pub(crate) fn find_from(
        &self,
        at: At<'_, ClassDeclaration<'_>>,
        place: &Place,
    ) -> Option<(FileId, Span)> {
        let here = place.class.is(at.node.name.text);
        match here.then(|| in_class(at.node, place)).flatten() {
            Some(span) => Some((at.file, span)),
            None => self.find(place),
        }
    }
}

/// The tree of the class declaration at a place that has been parsed before.
pub(super) fn class_again(
    sources: &SourceMap,
    file: FileId,
    span: Span,
) -> Option<Box<ClassDeclaration<'_>>> {
    let text = sources.text(file).get(..span.end as usize)?;
    match parse_again(text, span.start, file)? {
        Declaration::Class(class) => Some(class),
        _ => None,
    }
}

/// The span of a place that a class itself writes.
fn in_class(class: &ClassDeclaration<'_>, place: &Place) -> Option<Span> {
    let Some(member) = &place.member else { return of_class(class, &place.part) };
    if let Some(parameter) = &place.parameter {
        let method = methods(class).find(|m| member.is(m.name.text))?;
        let parameter = method.parameters.iter().find(|p| parameter.is(p.name.text))?;
        return written(
            &place.part,
            &parameter.qualifiers,
            Some(&parameter.data_type),
            parameter.name,
        );
    }
    let property = properties(class)
        .find(|p| member.is(p.name.text))
        .and_then(|p| written(&place.part, &p.qualifiers, Some(&p.data_type), p.name));
    property.or_else(|| {
        let method = methods(class).find(|m| member.is(m.name.text))?;
        written(&place.part, &method.qualifiers, Some(&method.return_type), method.name)
    })
}

fn of_class(class: &ClassDeclaration<'_>, part: &Part) -> Option<Span> {
    match (part, &class.superclass) {
        (Part::Superclass, Some(superclass)) => Some(superclass.span),
        _ => written(part, &class.qualifiers, None, class.name),
    }
}

fn of_property(property: &Property<'_>, part: &Part) -> Span {
    let name = property.name;
    written(part, &property.qualifiers, Some(&property.data_type), name).unwrap_or(name.span)
}

fn of_method(method: &Method<'_>, part: &Part) -> Span {
    let name = method.name;
    written(part, &method.qualifiers, Some(&method.return_type), name).unwrap_or(name.span)
}

fn of_parameter(parameter: &Parameter<'_>, part: &Part) -> Span {
    let name = parameter.name;
    written(part, &parameter.qualifiers, Some(&parameter.data_type), name).unwrap_or(name.span)
}

/// The part of an element, if it is written.
fn written(
    part: &Part,
    qualifiers: &[Qualifier<'_>],
    data_type: Option<&DataType<'_>>,
    name: Identifier<'_>,
) -> Option<Span> {
    let find = |wanted: &Name| qualifiers.iter().find(|q| wanted.is(q.name.text));
    match part {
        Part::Qualifier(wanted) => find(wanted).map(|q| q.span),
        Part::Value(wanted) => {
            let qualifier = find(wanted)?;
            Some(qualifier.value.as_ref().map_or(qualifier.span, |v| v.span))
        }
        Part::Entry(wanted, at) => {
            let qualifier = find(wanted)?;
            let entry = match qualifier.value.as_ref().map(|v| &v.kind) {
                Some(ValueKind::Array(items)) => items.get(*at).map(|item| item.span),
                Some(_) => qualifier.value.as_ref().map(|v| v.span),
                None => None,
            };
            Some(entry.unwrap_or(qualifier.span))
        }
        Part::Type => data_type.map(|t| t.span),
        Part::Name | Part::Superclass => Some(name.span),
    }
}

/// Whether a violation says that an Override has no name whose value is no name: that has
/// been reported.
fn is_of_refused(violation: &Violation, class: &ClassDeclaration<'_>) -> bool {
    let (Rule::RedeclaredWithoutOverride, Part::Qualifier(name)) =
        (violation.rule, &violation.part)
    else {
        return false;
    };
    let qualifiers = match violation.element {
        Element::Property(i) => properties(class).nth(i).map(|p| &p.qualifiers),
        Element::Method(i) => methods(class).nth(i).map(|m| &m.qualifiers),
        Element::Class | Element::Parameter(..) => None,
    };
    let written = qualifiers.into_iter().flatten().find(|q| name.is(q.name.text));
    let value = written.and_then(|q| q.value.as_ref());
    value.is_some_and(|value| value.kind != ValueKind::Null)
}

/// Gives each Override whose value was refused the name that it must have, for the rest of
/// its member to be judged. Says whether there is one.
pub(crate) fn name_refused_overrides(
    local: &mut model::Class,
    violations: &[Violation],
    class: &ClassDeclaration<'_>,
) -> bool {
    let mut any = false;
    for violation in violations.iter().filter(|v| is_of_refused(v, class)) {
        let found = match violation.element {
            Element::Property(i) => {
                local.properties.get_mut(i).map(|member| (&member.name, &mut member.qualifiers))
            }
            Element::Method(i) => {
                local.methods.get_mut(i).map(|member| (&member.name, &mut member.qualifiers))
            }
            Element::Class | Element::Parameter(..) => None,
        };
        let Some((name, qualifiers)) = found else { continue };
        // A boolean of the text's own, as in MOF 3, was not refused.
        let refused = qualifiers.get("Override").filter(|q| q.value.is_null());
        if let Some(mut written) = refused.cloned() {
            written.value = name.as_str().into();
            qualifiers.set(written);
            any = true;
        }
    }
    any
}

/// The properties in the order in which lowering numbers them.
pub(crate) fn properties<'a>(
    class: &'a ClassDeclaration<'a>,
) -> impl Iterator<Item = &'a Property<'a>> {
    class.features.iter().filter_map(|f| match f {
        Feature::Property(property) => Some(property),
        Feature::Method(_) => None,
    })
}

/// The methods in the order in which lowering numbers them.
pub(crate) fn methods<'a>(class: &'a ClassDeclaration<'a>) -> impl Iterator<Item = &'a Method<'a>> {
    class.features.iter().filter_map(|f| match f {
        Feature::Method(method) => Some(method),
        Feature::Property(_) => None,
    })
}
