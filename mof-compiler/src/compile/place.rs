//! Finding the text that a violation is about.

use crate::source::Span;
use crate::syntax::ast::{
    ClassDeclaration, DataType, Feature, Identifier, Method, Property, Qualifier,
};
use cimarron_model::fold;
use cimarron_schema::rules::{Element, Part, Violation};

/// The span of the element and part that a violation names.
pub(crate) fn span_of(class: &ClassDeclaration<'_>, violation: &Violation) -> Span {
    let part = &violation.part;
    match violation.element {
        Element::Class => match (part, &class.superclass) {
            (Part::Superclass, Some(superclass)) => superclass.span,
            _ => of_part(part, &class.qualifiers, None, class.name),
        },
        Element::Property(i) => properties(class)
            .nth(i)
            .map_or(class.name.span, |p| of_part(part, &p.qualifiers, Some(&p.data_type), p.name)),
        Element::Method(i) => methods(class).nth(i).map_or(class.name.span, |m| {
            of_part(part, &m.qualifiers, Some(&m.return_type), m.name)
        }),
        Element::Parameter(i, j) => methods(class)
            .nth(i)
            .and_then(|m| m.parameters.get(j))
            .map_or(class.name.span, |p| of_part(part, &p.qualifiers, Some(&p.data_type), p.name)),
    }
}

fn of_part(
    part: &Part,
    qualifiers: &[Qualifier<'_>],
    data_type: Option<&DataType<'_>>,
    name: Identifier<'_>,
) -> Span {
    match part {
        Part::Qualifier(wanted) => qualifiers
            .iter()
            .find(|q| fold::eq(q.name.text, wanted.as_str()))
            .map_or(name.span, |q| q.span),
        Part::Type => data_type.map_or(name.span, |t| t.span),
        Part::Name | Part::Superclass => name.span,
    }
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
