//! Classes as a Mermaid class diagram, which many Markdown viewers draw.
//!
//! Each class shows what it itself declares: inheritance arrows lead to the rest. An
//! association of two references that adds nothing else is a line between the two
//! classes, with its name, its roles and their cardinalities; any other is a box of
//! its own with a line for each reference. Mermaid has no such thing as a name that
//! needs no care: a class has a plain identifier, and its name as a label where the
//! two differ.

use super::namespaces;
use cimarron_model::{CimType, DataType, Dialect, Name};
use cimarron_schema::{
    Archive, ClassView, MethodView, ParameterView, PropertyView, QualifierView, QualifiersView,
    SchemaView,
};
use hashbrown::HashSet;
use std::io::{self, Write};

/// What a diagram shows.
#[derive(Clone, Debug)]
pub struct DiagramOptions {
    /// The classes to show; all without any.
    pub classes: Vec<Name>,
    /// Whether to show, beside those, the classes that they are related to: the
    /// superclass, the classes right below, and the classes at the other end of
    /// associations.
    pub neighbours: bool,
    /// Whether classes show their properties and methods.
    pub members: bool,
}

impl Default for DiagramOptions {
    fn default() -> Self {
        Self { classes: Vec::new(), neighbours: false, members: true }
    }
}

/// Writes a diagram of all classes of an archive.
pub(super) fn write(archive: &Archive, out: &mut dyn Write) -> io::Result<()> {
    let all = namespaces(archive);
    write_diagram(out, &all, archive.dialect(), &DiagramOptions::default())
}

/// Writes a diagram of these namespaces, whose content follows `dialect`. Where there are
/// several, each class's name has its namespace before it.
///
/// # Errors
/// Those of `out`.
pub fn write_diagram(
    out: &mut dyn Write,
    namespaces: &[SchemaView<'_>],
    dialect: Dialect,
    options: &DiagramOptions,
) -> io::Result<()> {
    writeln!(out, "classDiagram")?;
    let mut is_empty = true;
    for schema in namespaces {
        let prefix = if namespaces.len() > 1 { Some(schema.name()) } else { None };
        let in_implied = schema.implies_in(dialect);
        is_empty &= Diagram { out, schema: *schema, prefix, in_implied, options }.write()? == 0;
    }
    // Mermaid takes a diagram of nothing for a mistake.
    if is_empty { writeln!(out, "    note \"no classes\"") } else { Ok(()) }
}

struct Diagram<'a, 'w> {
    out: &'w mut dyn Write,
    schema: SchemaView<'a>,
    prefix: Option<&'a str>,
    /// Whether a parameter goes in that does not say so.
    in_implied: bool,
    options: &'w DiagramOptions,
}

impl<'a> Diagram<'a, '_> {
    /// Writes the classes, and gives how many there are.
    fn write(&mut self) -> io::Result<usize> {
        let shown = self.shown();
        let is_shown = |name: &str| shown.contains(&Name::new(name));
        let classes: Vec<ClassView<'a>> =
            self.schema.classes().filter(|class| is_shown(class.name())).collect();
        // What is drawn as a line is no box.
        let (lines, boxes): (Vec<_>, Vec<_>) =
            classes.into_iter().partition(|class| self.is_line(*class, &is_shown));
        for class in &boxes {
            self.class(*class)?;
        }
        for class in &boxes {
            if let Some(above) = class.superclass_name().filter(|name| is_shown(name)) {
                let (above, below) = (self.id(above), self.id(class.name()));
                writeln!(self.out, "    {above} <|-- {below}")?;
            }
        }
        for class in &lines {
            self.line(*class)?;
        }
        for class in &boxes {
            self.targets(*class, &is_shown)?;
        }
        Ok(boxes.len() + lines.len())
    }

    /// The names of the classes to show.
    fn shown(&self) -> HashSet<Name> {
        let all = || self.schema.classes().map(|class| Name::new(class.name()));
        if self.options.classes.is_empty() {
            return all().collect();
        }
        let chosen: HashSet<Name> = self
            .options
            .classes
            .iter()
            .filter_map(|name| Some(Name::new(self.schema.class(name.as_str())?.name())))
            .collect();
        if !self.options.neighbours {
            return chosen;
        }
        let mut shown = chosen.clone();
        for class in self.schema.classes() {
            let name = Name::new(class.name());
            let above = class.superclass_name().map(Name::new);
            if chosen.contains(&name) {
                shown.extend(above);
            } else if above.is_some_and(|above| chosen.contains(&above)) {
                shown.insert(name.clone());
            }
            if class.is_association() {
                let ends: Vec<Name> = references(class).filter_map(target).map(Name::new).collect();
                if chosen.contains(&name) || ends.iter().any(|end| chosen.contains(end)) {
                    shown.insert(name);
                    shown.extend(ends);
                }
            }
        }
        shown
    }

    /// Whether the association is no more than a line between two classes that are
    /// shown.
    fn is_line(&self, class: ClassView<'a>, is_shown: &dyn Fn(&str) -> bool) -> bool {
        let ends: Vec<_> = references(class).collect();
        class.is_association()
            && ends.len() == 2
            && class.property_count() == 2
            && class.methods().len() == 0
            && class.superclass_name().is_none()
            && class.children().next().is_none()
            && ends.iter().all(|end| target(*end).is_some_and(|name| is_shown(&name)))
    }

    fn class(&mut self, class: ClassView<'a>) -> io::Result<()> {
        let id = self.id(class.name());
        let name = match self.prefix {
            Some(prefix) => format!("{prefix}:{}", class.name()),
            None => class.name().to_owned(),
        };
        let label = if id == name { String::new() } else { format!("[\"{}\"]", text(&name)) };
        let mut lines: Vec<String> = stereotypes(class);
        if self.options.members {
            lines.extend(class.own_properties().map(property));
            lines.extend(class.own_methods().map(|one| method(one, self.in_implied)));
        }
        if lines.is_empty() {
            return writeln!(self.out, "    class {id}{label}");
        }
        writeln!(self.out, "    class {id}{label} {{")?;
        for line in lines {
            writeln!(self.out, "        {line}")?;
        }
        writeln!(self.out, "    }}")
    }

    /// An association as a line between its two ends.
    fn line(&mut self, class: ClassView<'a>) -> io::Result<()> {
        let ends: Vec<_> = references(class).collect();
        let [one, other] = ends.as_slice() else { return Ok(()) };
        let (Some(from), Some(to)) = (target(*one), target(*other)) else { return Ok(()) };
        let (from, to) = (self.id(&from), self.id(&to));
        let whole = |end: &PropertyView<'a>| end.qualifiers().is_true("Aggregate");
        let mark = if class.qualifiers().is_true("Composition") { "*" } else { "o" };
        let line = match (whole(one), whole(other)) {
            (true, _) => format!("{mark}--"),
            (_, true) => format!("--{mark}"),
            _ => "--".to_owned(),
        };
        let (near, far) = (cardinality(*one), cardinality(*other));
        let label = format!("{} ({}, {})", class.name(), one.name(), other.name());
        writeln!(self.out, "    {from} \"{near}\" {line} \"{far}\" {to} : {}", text(&label))
    }

    /// The references and embedded objects that a class itself declares, as lines from
    /// its box.
    fn targets(&mut self, class: ClassView<'a>, is_shown: &dyn Fn(&str) -> bool) -> io::Result<()> {
        let from = self.id(class.name());
        for property in class.own_properties() {
            let Some(to) = target(property).filter(|name| is_shown(name)) else { continue };
            let (to, label) = (self.id(&to), text(property.name()));
            if property.cim_type() != CimType::Reference {
                writeln!(self.out, "    {from} ..> {to} : {label}")?;
            } else if class.is_association() {
                let many = cardinality(property);
                writeln!(self.out, "    {from} --> \"{many}\" {to} : {label}")?;
            } else {
                writeln!(self.out, "    {from} --> {to} : {label}")?;
            }
        }
        Ok(())
    }

    /// An identifier that Mermaid takes for no keyword: `C_` before what does not begin
    /// like a class's name, or begins so already, and other characters by number.
    fn id(&self, name: &str) -> String {
        // As the class is declared, however a reference spells it.
        let name = self.schema.class(name).map_or(name, ClassView::name);
        let mut id = String::with_capacity(name.len());
        let scoped = self.prefix.map(|prefix| format!("{prefix}.{name}"));
        for c in scoped.as_deref().unwrap_or(name).chars() {
            if c.is_ascii_alphanumeric() || c == '_' {
                id.push(c);
            } else {
                id.push_str(&format!("_{:x}_", u32::from(c)));
            }
        }
        let plain = id.starts_with(|c: char| c.is_ascii_uppercase())
            && id.contains('_')
            && !id.starts_with("C_");
        if plain { id } else { format!("C_{id}") }
    }
}

fn references<'a>(class: ClassView<'a>) -> impl Iterator<Item = PropertyView<'a>> {
    class.properties().filter(|p| p.cim_type() == CimType::Reference)
}

/// The class of a reference or an embedded object.
fn target(property: PropertyView<'_>) -> Option<String> {
    match property.cim_type() {
        CimType::String => {
            Some(property.qualifier("EmbeddedInstance")?.value().as_str()?.to_owned())
        }
        _ => property.type_class().map(str::to_owned),
    }
}

fn stereotypes(class: ClassView<'_>) -> Vec<String> {
    let mut all = Vec::new();
    for (name, holds) in [
        ("abstract", class.is_abstract()),
        ("association", class.is_association()),
        ("indication", class.is_indication()),
        ("singleton", class.is_singleton()),
    ] {
        if holds {
            all.push(format!("<<{name}>>"));
        }
    }
    all
}

fn property(property: PropertyView<'_>) -> String {
    let key = if property.is_key() { " [key]" } else { "" };
    let declared = declared(&property.data_type(), property.qualifiers(), property.name());
    format!("+{declared}{key}")
}

fn method(method: MethodView<'_>, in_implied: bool) -> String {
    let parameters: Vec<_> = method.parameters().map(|p| parameter(p, in_implied)).collect();
    let returned = method.return_type().map_or_else(
        || "void".to_owned(),
        |t| format!("{}{}", type_word(&t, method.qualifiers()), t.array),
    );
    // A `$` would mark it as static for Mermaid; behind it stands the type.
    format!("+{}({}) {returned}", text(method.name()), parameters.join(", "))
}

fn parameter(parameter: ParameterView<'_>, in_implied: bool) -> String {
    let direction = parameter.direction(in_implied);
    let direction = match (direction.input, direction.output) {
        (_, false) => "",
        (false, true) => "out ",
        (true, true) => "inout ",
    };
    let declared = declared(&parameter.data_type(), parameter.qualifiers(), parameter.name());
    format!("{direction}{declared}")
}

fn declared(data_type: &DataType, qualifiers: QualifiersView<'_>, name: &str) -> String {
    let word = type_word(data_type, qualifiers);
    format!("{word}{} {}", data_type.array, text(name))
}

fn type_word(data_type: &DataType, qualifiers: QualifiersView<'_>) -> String {
    let embedded = qualifiers.get("EmbeddedInstance").map(QualifierView::value);
    match (data_type.cim_type, &data_type.class, embedded.as_ref().and_then(|v| v.as_str())) {
        (CimType::Reference, Some(class), _) => format!("{} REF", text(class.as_str())),
        (CimType::Reference, None, _) => "object REF".to_owned(),
        (CimType::Object, Some(class), _) => text(class.as_str()),
        (CimType::String, _, Some(class)) => text(class),
        (other, ..) => other.as_str().to_owned(),
    }
}

/// How many objects may stand at this end (DSP0004 5.6.3.27, 5.6.3.30).
fn cardinality(end: PropertyView<'_>) -> String {
    let number = |name: &str| end.qualifier(name).and_then(|q| q.value().as_integer());
    match (number("Min").unwrap_or(0), number("Max")) {
        (0, None) => "*".to_owned(),
        (least, None) => format!("{least}..*"),
        (least, Some(most)) if least == most => most.to_string(),
        (least, Some(most)) => format!("{least}..{most}"),
    }
}

/// A text without what has a meaning for Mermaid: what no name holds becomes `_`.
fn text(name: &str) -> String {
    let plain =
        |c: char| c.is_alphanumeric() || matches!(c, '_' | ' ' | ',' | '(' | ')' | ':' | '/');
    name.chars().map(|c| if plain(c) { c } else { '_' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_hold_nothing_that_mermaid_reads() {
        assert_eq!(text("CIM_Fan"), "CIM_Fan");
        assert_eq!(text("a{b}<c>\"~\n"), "a_b__c____");
        assert_eq!(text("Größe"), "Größe");
    }

    /// The diagram of a text.
    fn diagram(text: &str) -> String {
        let files = crate::source::MemoryFileSystem::new();
        let mut loader = crate::Loader::new(&files);
        loader.add_text("a.mof", text).unwrap();
        let mut said = crate::Diagnostics::new();
        let sources = loader.finish(&mut said);
        let options = crate::CompileOptions::default();
        let compiled = crate::compile(&sources, &options, &crate::EmptyBase, said);
        let archive = Archive::from_bytes(compiled.archive().unwrap()).unwrap();
        let mut out = Vec::new();
        write(&archive, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_diagram_of_nothing_says_so() {
        assert_eq!(diagram("// nothing"), "classDiagram\n    note \"no classes\"\n");
    }

    #[test]
    fn each_class_has_an_identifier_of_its_own() {
        let expected = "classDiagram\n    class C_C_Fan[\"C_Fan\"]\n    class C_Fan[\"Fan\"]\n";
        assert_eq!(diagram("class Fan {}; class C_Fan {};"), expected);
    }
}
