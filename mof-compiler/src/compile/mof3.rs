//! MOF 3 on the model of MOF 2.
//!
//! Archives and the engine know the elements of DSP0004 2.x, so what MOF 3 adds is
//! written out as the declarations of MOF 2 that mean the same, and those go through
//! the steps that MOF 2 goes through:
//!
//! | MOF 3 | becomes |
//! |---|---|
//! | structure | a class with the qualifier `Structure` |
//! | local structure `S` of `C` | a structure `C_S` |
//! | `association`, `indication` | a class with the qualifier of that name |
//! | property, parameter or return value of a complex type `C` | a string with `EmbeddedInstance("C")`; its values are objects |
//! | the same of an enumeration | its integer or string type with `ValueMap`, `Values` and `Enumeration("E")` |
//! | `integer` | sint64 |
//! | `octetstring`, `octetstring[]` | `uint8[]`, `string[]` with `Octetstring` and the length that MOF 2 has in front |
//! | `[Override]` | `Override("name")`, unless the text declares a qualifier of its own |
//! | policy | flavors |
//!
//! Enumerations themselves are not kept: what uses them says all that they say.
//! `types` finds the types and resolves names, `enumeration` judges enumerations,
//! `lower` writes declarations, `qualify` qualifiers and `value` values for their `target`, `standard` has the qualifiers
//! that a text need not declare, `unkept` judges those of what the schema does not keep.

mod aliases;
mod enumeration;
mod features;
mod lower;
mod named;
mod permit;
mod qualifier;
mod qualify;
mod standard;
mod target;
mod typed;
mod types;
mod unkept;
mod value;

#[cfg(test)]
mod tests;

pub(crate) use permit::{permits, type_name, value_type};
pub(crate) use standard::{is_standard, successor};
pub(crate) use types::Types;

use super::alias::AliasTable;
use super::collect::Collected;
use super::directive::Directives;
use super::place::Texts;
use super::roots::Roots;
use super::stages::Begun;
use super::system::SystemClasses;
use super::unit::{Around, Class, Instance, Item, Unit};
use super::update::{Changes, Existence, UpdateFlags};
use super::{At, Base, CompileOptions, Context, EmbeddedForm, GlobalFlavors};
use crate::Language;
use crate::diagnostic::Diagnostics;
use crate::source::{FileId, Sources};
use crate::syntax::mof3::ast::Declaration;
use aliases::Aliases;
use cimarron_model::Name;
use cimarron_schema::SchemaBuilder;
use indexmap::IndexMap;
use lower::{Classes, Lowered};
use std::ops::RangeFrom;

/// Compiles MOF 3 sources into `schema`.
pub(crate) fn compile(
    sources: &Sources,
    options: &CompileOptions,
    base: &dyn Base,
    schema: &mut SchemaBuilder,
    sink: &mut Diagnostics,
) -> Changes {
    let declarations = crate::syntax::mof3::parse_sources(sources, sink);
    // An alias is known in the whole compilation unit (DSP0221 7.7.3).
    let everywhere = Roots::one(sources);
    let (roots, system) = (Roots::new(sources), SystemClasses::default());
    let sorted = by_namespace(&declarations, &roots, options, base, sink);
    let contexts = sorted.keys().map(|name| Context {
        dialect: options.dialect,
        language: Language::Mof3,
        namespace: name.as_str(),
        embedded: EmbeddedForm::Text,
        base,
        roots: &everywhere,
        system: &system,
        types: None,
        keeps_trees: false,
    });
    let contexts: Vec<_> = contexts.collect();
    let mut types = Vec::with_capacity(contexts.len());
    for (declarations, context) in sorted.values().zip(&contexts) {
        let mut own = Types::new(declarations, context, sink);
        own.judge_enumerations(sink);
        types.push(own);
    }
    let aliases = Aliases::new(&sorted, &everywhere, sink);
    let mut budget = Some(lower::BUDGET);
    let mut lowered = Vec::with_capacity(contexts.len());
    for (i, declarations) in sorted.values().enumerate() {
        let (Some(types), Some(context)) = (types.get(i), contexts.get(i)) else { continue };
        let aliases = aliases.within(i);
        lowered.push(lower::lower(declarations, types, context, aliases, &mut budget, sink));
    }
    let mut used = Vec::with_capacity(contexts.len());
    let mut classes = Vec::with_capacity(contexts.len());
    for lowered in &mut lowered {
        used.push(lowered.used_qualifiers());
        classes.push(std::mem::take(&mut lowered.classes));
    }
    let mut order = 0..;
    let mut units: Vec<_> =
        classes.into_iter().zip(&lowered).map(|(c, l)| unit(c, l, &mut order)).collect();
    let of_all =
        contexts.iter().zip(&units).map(|(context, unit)| (context.namespace, unit, false));
    let mut table = AliasTable::new(of_all, &everywhere, sink);
    let mut changes = Changes::default();
    // As in MOF 2, the classes of all namespaces come first: aliases lead from the instances of
    // one to those of another.
    let mut begun = Vec::with_capacity(contexts.len());
    for ((plain, own), unit) in contexts.iter().zip(&types).zip(&mut units) {
        let mut builder = std::mem::take(schema.namespace(plain.namespace));
        let around = Around { schema, base };
        let context = Context { base: &around, types: Some(own), ..*plain };
        let there = base.qualifier_types(context.namespace);
        there.into_iter().for_each(|declared| builder.know_qualifier_type(declared));
        let declared = unit.qualifiers.iter().map(|q| Name::new(q.node.name.text)).collect();
        standard::know(&mut builder, &declared);
        let texts = Texts::of(unit, None);
        let around = (&context, &mut builder);
        begun.push(Begun::declare(texts, unit, &table, around, &mut changes, sink));
        *schema.namespace(plain.namespace) = builder;
    }
    table.know_all_classes();
    let parts = units.iter().zip(&lowered).zip(begun).zip(&used);
    for ((plain, own), (((unit, lowered), begun), used)) in contexts.iter().zip(&types).zip(parts) {
        let mut builder = std::mem::take(schema.namespace(plain.namespace));
        let around = Around { schema, base };
        let context = Context { base: &around, types: Some(own), ..*plain };
        let mut namespace = begun.again(&context, &mut builder, sink);
        namespace.instances(unit, &table, &mut changes);
        lowered.judge_the_rest(&mut namespace, &table);
        changes.set_places(context.namespace, begun.into_places());
        standard::keep_used(&mut builder, used, &base.qualifier_types(context.namespace));
        *schema.namespace(plain.namespace) = builder;
    }
    // What is wrong with a value is found again wherever an alias is written out as it.
    sink.keep_first();
    changes
}

/// A declaration and the file that it stands in.
type Placed<'d> = (FileId, &'d Declaration<'d>);

/// Sorts the declarations of all files, in order.
fn by_namespace<'d>(
    declarations: &'d [(FileId, Declaration<'d>)],
    roots: &Roots,
    options: &CompileOptions,
    base: &dyn Base,
    sink: &mut Diagnostics,
) -> IndexMap<Name, Vec<Placed<'d>>> {
    let mut sorted: IndexMap<Name, Vec<Placed<'d>>> = IndexMap::new();
    let mut directives = Directives::new(options, base);
    let mut root = None;
    for (order, (file, declaration)) in declarations.iter().enumerate() {
        if root.replace(roots.of(*file)) != Some(roots.of(*file)) {
            directives = Directives::new(options, base);
        }
        match declaration {
            Declaration::Directive(directive) => {
                // Only WMI's directives change what was declared.
                let mut none = Collected::default();
                directives.obey(At::new(*file, &**directive), order, &mut none, sink);
            }
            other => sorted.entry(directives.namespace()).or_default().push((*file, other)),
        }
    }
    sorted
}

/// The declarations of MOF 2 as the further steps want them.
fn unit<'l>(
    classes: Classes<'l>,
    lowered: &'l Lowered<'l>,
    order: &mut RangeFrom<usize>,
) -> Unit<'l> {
    let flavors = GlobalFlavors::default();
    let mut unit = Unit::default();
    unit.qualifiers = lowered.qualifiers.iter().map(|(file, node)| At::new(*file, node)).collect();
    for ((file, node), order) in classes.into_iter().zip(order.by_ref()) {
        let (node, flavors) = (Box::new(node), flavors.clone());
        let (flags, early, released) = (UpdateFlags::default(), None, false);
        unit.add_class(Class { file, node, early, released, flavors, flags, order });
    }
    for ((file, node), order) in lowered.instances.iter().zip(order) {
        let (at, flavors) = (At::new(*file, node), flavors.clone());
        let existence = Existence::default();
        unit.add_item(Item::Declared(Instance { at, flavors, existence, order }));
    }
    unit
}
