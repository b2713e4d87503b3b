//! The namespaces of a text, in two stages: the classes of all, then the instances of each.
//! Aliases lead from the instances of one namespace to those of another.

use super::alias::AliasTable;
use super::doubt::Doubtful;
use super::history::History;
use super::namespace::Namespace;
use super::place::{Places, Texts};
use super::unit::{Around, Remaining, Unit};
use super::update::Changes;
use super::{Context, buried, system};
use crate::diagnostic::Diagnostics;
use crate::source::SourceMap;
use cimarron_model::Name;
use cimarron_schema::{NamespaceBuilder, SchemaBuilder};
use indexmap::IndexMap;
use std::cell::RefCell;
use std::rc::Rc;

/// What is looked at while namespaces are compiled.
pub(super) struct Stages<'a> {
    /// As what was there before has it; the namespace is set here.
    pub(super) context: Context<'a>,
    /// What was there before and is not deleted.
    pub(super) remaining: &'a Remaining<'a>,
    pub(super) map: &'a SourceMap,
}

impl Stages<'_> {
    /// Compiles the namespaces into a schema.
    pub(super) fn compile(
        &self,
        units: &mut IndexMap<Name, Unit<'_>>,
        aliases: &mut AliasTable<'_>,
        schema: &mut SchemaBuilder,
        changes: &mut Changes,
        sink: &mut Diagnostics,
    ) {
        let mut begun = Vec::with_capacity(units.len());
        for (name, unit) in &mut *units {
            let (map, mut builder) = (self.map, std::mem::take(schema.namespace(name.as_str())));
            let around = Around { schema, base: self.remaining };
            let context = Context { namespace: name.as_str(), base: &around, ..self.context };
            let one = Begun::classes(unit, aliases, map, &context, &mut builder, changes, sink);
            *schema.namespace(name.as_str()) = builder;
            begun.push(one);
        }
        aliases.know_all_classes();
        for ((name, unit), begun) in units.iter_mut().zip(begun) {
            let mut builder = std::mem::take(schema.namespace(name.as_str()));
            let around = Around { schema, base: self.remaining };
            let context = Context { namespace: name.as_str(), base: &around, ..self.context };
            begun.instances(unit, aliases, &context, &mut builder, changes, sink);
            self.judge_deleted(unit, aliases, &begun, (&context, &builder, schema), sink);
            changes.set_places(name.as_str(), begun.into_places());
            let children = system::child_namespaces(name.as_str(), &builder);
            *schema.namespace(name.as_str()) = builder;
            for child in children {
                schema.namespace(&child);
            }
        }
    }

    /// Judges what the text deletes again of a namespace.
    fn judge_deleted(
        &self,
        unit: &mut Unit<'_>,
        aliases: &AliasTable<'_>,
        begun: &Begun<'_>,
        (context, builder, schema): (&Context<'_>, &NamespaceBuilder, &SchemaBuilder),
        sink: &mut Diagnostics,
    ) {
        let deleted = std::mem::take(&mut unit.buried);
        if deleted.is_empty() {
            return;
        }
        let around = Around { schema, base: self.context.base };
        let context = Context { base: &around, ..*context };
        let rest = buried::Rest::new(unit, builder, &begun.history);
        buried::judge(deleted, aliases, self.map, &context, &rest, sink);
    }
}

/// A namespace whose classes are compiled. Its instances may follow when those of all namespaces
/// are: aliases lead from one to another.
pub(crate) struct Begun<'t> {
    texts: Texts<'t>,
    doubtful: Doubtful,
    /// What the declarations changed of each other.
    pub(crate) history: Rc<RefCell<History>>,
}

impl<'t> Begun<'t> {
    /// Compiles a namespace's qualifiers and classes into its builder.
    pub(crate) fn classes(
        unit: &mut Unit<'_>,
        table: &AliasTable<'_>,
        sources: &'t SourceMap,
        context: &Context<'_>,
        builder: &mut NamespaceBuilder,
        changes: &mut Changes,
        sink: &mut Diagnostics,
    ) -> Self {
        for declaration in context.base.qualifier_types(context.namespace) {
            builder.know_qualifier_type(declaration);
        }
        let texts = Texts::of(unit, Some(sources));
        Self::declare(texts, unit, table, (context, builder), changes, sink)
    }

    /// Compiles what is declared into a builder that knows what qualifiers there are.
    pub(super) fn declare(
        texts: Texts<'t>,
        unit: &mut Unit<'_>,
        table: &AliasTable<'_>,
        (context, builder): (&Context<'_>, &mut NamespaceBuilder),
        changes: &mut Changes,
        sink: &mut Diagnostics,
    ) -> Self {
        let mut namespace = Namespace::new(context, builder, sink, &texts);
        namespace.declare(unit, table, changes);
        let Namespace { doubtful, history, .. } = namespace;
        Self { texts, doubtful, history }
    }

    /// The namespace as it is now.
    pub(super) fn again<'a>(
        &'a self,
        context: &'a Context<'a>,
        builder: &'a mut NamespaceBuilder,
        sink: &'a mut Diagnostics,
    ) -> Namespace<'a, 'a> {
        let mut namespace = Namespace::new(context, builder, sink, &self.texts);
        namespace.doubtful = self.doubtful.clone();
        namespace.history = self.history.clone();
        namespace
    }

    /// Where its declarations stand.
    pub(super) fn into_places(self) -> Places {
        self.texts.into_places()
    }

    /// Compiles what is declared and deleted at once.
    pub(crate) fn all(
        unit: &mut Unit<'_>,
        table: &AliasTable<'_>,
        sources: &'t SourceMap,
        context: &Context<'_>,
        builder: &mut NamespaceBuilder,
        sink: &mut Diagnostics,
    ) -> Self {
        let mut changes = Changes::default();
        let begun = Self::classes(unit, table, sources, context, builder, &mut changes, sink);
        begun.instances(unit, table, context, builder, &mut changes, sink);
        begun
    }

    /// Compiles its instances, and does what its directives say of others.
    pub(crate) fn instances(
        &self,
        unit: &Unit<'_>,
        table: &AliasTable<'_>,
        context: &Context<'_>,
        builder: &mut NamespaceBuilder,
        changes: &mut Changes,
        sink: &mut Diagnostics,
    ) {
        self.again(context, builder, sink).instances(unit, table, changes);
    }
}
