//! What the types of a text may be called.

use super::{Declared, Node, TypeId, Types};
use crate::Code;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::source::FileId;
use crate::syntax::ast::Identifier;
use cimarron_model::Name;
use cimarron_schema::rules::Rule;
use hashbrown::HashMap;

impl Types<'_> {
    /// The names that local structures get in the archive must be free.
    pub(super) fn local_names(&mut self, sink: &mut Diagnostics) {
        let mut doubles = Vec::new();
        let mut taken: HashMap<Name, TypeId> = HashMap::new();
        for (id, node) in self.complex().filter(|(_, node)| node.outer.is_none()) {
            taken.entry(Name::new(&node.name)).or_insert(id);
        }
        for (id, node) in self.complex().filter(|(_, node)| node.outer.is_some()) {
            let name = Name::new(&node.name);
            let other = taken.get(&name).and_then(|other| self.node(*other));
            // The locals of a class that is declared twice alike do no harm.
            let other = other.filter(|other| other.outer.is_none() || !self.twins(node, other));
            // Where its class was there before, so was this.
            let outer = node.outer.and_then(|outer| self.node(outer));
            let is_new = || outer.is_none_or(|outer| !self.is_there(&outer.name));
            if other.is_none() && !(self.is_there(&node.name) && is_new()) {
                taken.entry(name).or_insert(id);
                continue;
            }
            doubles.push(id);
            let local = node.declared.name();
            let message = format!(
                "the local structure `{}` is `{}` in the schema, which is the name of another type",
                local.text, node.name
            );
            let mut found = Diagnostic::new(Code::LocalNameTaken, node.file, local.span, message);
            if let Some(other) = other {
                found = found.with_label(other.file, other.declared.name().span, "declared here");
            }
            sink.push(found.with_help("rename one"));
        }
        taken.retain(|_, id| self.node(*id).is_some_and(|node| node.outer.is_some()));
        self.archived = taken;
        for double in doubles {
            if let Some(node) = self.node_mut(double) {
                node.is_taken = true;
            }
        }
    }

    /// Whether there is a class of this name, apart from those of the text.
    pub(super) fn is_there(&self, name: &str) -> bool {
        self.context.base.class(self.context.namespace, name).is_some()
    }

    /// Whether two local types stand in types of one name.
    fn twins(&self, one: &Node<'_>, other: &Node<'_>) -> bool {
        let outer = |node: &Node<'_>| Some(self.node(node.outer?)?.name.clone());
        one.declared.name().text.eq_ignore_ascii_case(other.declared.name().text)
            && outer(one).map(Name::from) == outer(other).map(Name::from)
    }
}

/// DSP0221 7.7.2: the name of a type of the schema level begins with that of its schema.
pub(super) fn schema_name(file: FileId, declared: Declared<'_>, sink: &mut Diagnostics) {
    let Identifier { text, span } = declared.name();
    // Names of other letters are reported as such.
    if !text.is_ascii() {
        return;
    }
    let sort = declared.sort();
    let parts = text.split_once('_').filter(|(s, rest)| !s.is_empty() && !rest.is_empty());
    let (message, help) = match parts {
        // What follows is an identifier.
        Some((schema, rest)) if rest.starts_with(|c: char| c.is_ascii_digit()) => (
            format!("the {sort} `{text}` has a digit behind its schema"),
            format!("begin what stands behind `{schema}_` with a letter"),
        ),
        Some(_) => return,
        None => {
            let own = text.trim_start_matches('_');
            (
                format!("the {sort} `{text}` names no schema"),
                format!("write the schema and an underscore before it: ACME_{own}"),
            )
        }
    };
    let found = Diagnostic::new(Code::Rule(Rule::NoSchemaName), file, span, message);
    sink.push(found.with_severity(Severity::Warning).with_help(help));
}

/// Where a local type is known (DSP0221 7.5.1).
pub(in super::super) fn local_to(local: &str, outer: &str) -> String {
    format!("`{local}` is local: known in `{outer}` and in what derives from that only")
}

/// Without a first one, that was there before.
pub(super) fn again(file: FileId, name: Identifier<'_>, first: Option<&Node<'_>>) -> Diagnostic {
    let message = format!("the type `{}` is declared again", name.text);
    let found = Diagnostic::new(Code::DuplicateType, file, name.span, message);
    match first {
        Some(first) => found
            .with_label(first.file, first.declared.name().span, "first declared here")
            .with_help("remove one of the two, or give it another name"),
        None => found.with_help("a class of this name is there already: choose another name"),
    }
}
