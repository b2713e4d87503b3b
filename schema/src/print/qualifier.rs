//! Qualifiers on elements, and their declarations.

use super::literal::flat_value;
use super::printer::Printer;
use cimarron_model::{
    Dialect, Flavor, Qualifier, QualifierType, Qualifiers, Scalar, Scope, Scopes, Value,
};
use std::fmt;

/// Which qualifiers of an element are meant.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    All,
    Written,
    Inherited,
}

impl Which {
    pub(super) const fn takes(self, qualifier: &Qualifier) -> bool {
        match self {
            Self::All => true,
            Self::Written => !qualifier.flavor.propagated(),
            Self::Inherited => qualifier.flavor.propagated(),
        }
    }
}

impl Printer<'_, '_> {
    pub(super) fn qualifier_type(&mut self, declared: &QualifierType) -> fmt::Result {
        let data_type = &declared.data_type;
        let head =
            format!("Qualifier {} : {}{}", declared.name, data_type.cim_type, data_type.array);
        self.layout.put(&head)?;
        self.initialize(&declared.default, self.quotes_objects())?;
        self.clause("Scope", &scope_words(declared.scopes))?;
        self.clause("Flavor", &flavor_words(declared.flavor))?;
        self.end()
    }

    /// `, Scope(…)` on this line or the next, or on several.
    fn clause(&mut self, keyword: &str, words: &[&str]) -> fmt::Result {
        let text = format!("{keyword}({})", words.join(", "));
        self.indented(|p| {
            let columns = text.chars().count();
            p.separate(columns)?;
            if columns < p.layout.room() {
                return p.layout.put(&text);
            }
            p.layout.put(&format!("{keyword}("))?;
            p.indented(|p| {
                p.layout.newline()?;
                for (n, word) in words.iter().enumerate() {
                    if n > 0 {
                        p.separate(word.len())?;
                    }
                    p.layout.put(word)?;
                }
                p.layout.put(")")
            })
        })
    }

    /// The lists above an element, each ending its line: what is inherited as
    /// comments, then what is written.
    pub(super) fn qualifiers_above(&mut self, qualifiers: &Qualifiers) -> fmt::Result {
        if self.layout.in_comment() {
            return self.qualifier_list(qualifiers, Which::All);
        }
        self.commented(|p| p.qualifier_list(qualifiers, Which::Inherited))?;
        self.qualifier_list(qualifiers, Which::Written)
    }

    pub(super) fn flat_qualifiers(&self, qualifiers: &Qualifiers, which: Which) -> String {
        let items: Vec<_> =
            qualifiers.iter().filter(|q| which.takes(q)).map(|q| self.flat_qualifier(q)).collect();
        format!("[{}]", items.join(", "))
    }

    fn flat_qualifier(&self, qualifier: &Qualifier) -> String {
        let value = match &qualifier.value {
            Value::Scalar(Scalar::Boolean(true)) => String::new(),
            Value::Array(_) => flat_value(&qualifier.value, self.quotes_objects()),
            other => format!("({})", flat_value(other, self.quotes_objects())),
        };
        format!("{}{value}{}", qualifier.name, self.flavor(qualifier))
    }

    /// ` : flavor …` where the reader would assume another.
    fn flavor(&self, qualifier: &Qualifier) -> String {
        let implied = self.options.implied(&qualifier.name);
        let wanted = match (self.options.dialect, self.in_instance) {
            (Dialect::Wmi, true) if implied.to_subclass() => {
                qualifier.flavor.with(Flavor::TO_SUBCLASS)
            }
            (Dialect::Wmi, true) => qualifier.flavor.without(Flavor::TO_SUBCLASS),
            _ => qualifier.flavor,
        };
        let words = changed_flavor_words(implied, wanted, self.options.dialect);
        if words.is_empty() { String::new() } else { format!(" : {}", words.join(" ")) }
    }

    /// A list on one line where it fits, else with each qualifier on a line.
    pub(super) fn qualifier_list(&mut self, qualifiers: &Qualifiers, which: Which) -> fmt::Result {
        if !qualifiers.iter().any(|q| which.takes(q)) {
            return Ok(());
        }
        let flat = self.flat_qualifiers(qualifiers, which);
        if flat.chars().count() <= self.layout.room() {
            self.layout.put(&flat)?;
            return self.layout.newline();
        }
        self.layout.put("[")?;
        self.indented_by(1, |p| {
            for (n, qualifier) in qualifiers.iter().filter(|q| which.takes(q)).enumerate() {
                if n > 0 {
                    p.layout.put(",")?;
                    p.layout.newline()?;
                }
                let flat = p.flat_qualifier(qualifier);
                if flat.chars().count() < p.layout.room() {
                    p.layout.put(&flat)?;
                } else {
                    p.broken_qualifier(qualifier)?;
                }
            }
            Ok(())
        })?;
        self.layout.put("]")?;
        self.layout.newline()
    }

    fn broken_qualifier(&mut self, qualifier: &Qualifier) -> fmt::Result {
        self.layout.put(qualifier.name.as_str())?;
        let quote = self.quotes_objects();
        match &qualifier.value {
            Value::Scalar(Scalar::Boolean(true)) => {}
            Value::Array(array) => self.broken_array(array, quote)?,
            Value::Scalar(Scalar::String(text)) => {
                self.layout.put("(")?;
                self.broken_string(text)?;
                self.layout.put(")")?;
            }
            other => self.layout.put(&format!("({})", flat_value(other, quote)))?,
        }
        let flavor = self.flavor(qualifier);
        self.layout.put(&flavor)
    }
}

/// The words of a scope clause. `schema`, which is no element of a compiled
/// schema, stands for none: the clause cannot be empty or absent.
fn scope_words(scopes: Scopes) -> Vec<&'static str> {
    match scopes {
        Scopes::ANY => vec!["any"],
        Scopes::NONE => vec!["schema"],
        some => some.iter().map(Scope::as_str).collect(),
    }
}

/// Every flavor of a qualifier declaration: written out, because the two worlds
/// differ in what an unwritten one means. Restricted excludes ToInstance.
pub fn flavor_words(flavor: Flavor) -> Vec<&'static str> {
    let mut words = vec![
        if flavor.overridable() { "EnableOverride" } else { "DisableOverride" },
        match (flavor.to_subclass(), flavor.to_instance()) {
            (true, _) => "ToSubclass",
            (false, true) => "NotToSubclass",
            (false, false) => "Restricted",
        },
    ];
    if flavor.to_instance() {
        words.push("ToInstance");
    }
    if flavor.translatable() {
        words.push("Translatable");
    }
    words
}

/// The flavors that lead from `implied` to `wanted`. (No flavor takes away
/// Translatable; a use cannot lack it where its declaration has it.)
fn changed_flavor_words(implied: Flavor, wanted: Flavor, dialect: Dialect) -> Vec<&'static str> {
    let wmi = dialect == Dialect::Wmi;
    let mut words = Vec::new();
    if wanted.overridable() != implied.overridable() {
        words.push(if wanted.overridable() { "EnableOverride" } else { "DisableOverride" });
    }
    if wanted.to_subclass() != implied.to_subclass() {
        words.push(match (wanted.to_subclass(), wmi) {
            (true, _) => "ToSubclass",
            (false, true) => "NotToSubclass",
            (false, false) => "Restricted",
        });
    }
    match (wanted.to_instance(), implied.to_instance()) {
        (true, false) => words.push("ToInstance"),
        // DMTF has no such word, and says it with Restricted.
        (false, true) if wmi => words.push("NotToInstance"),
        _ => {}
    }
    if wanted.translatable() && !implied.translatable() {
        words.push(if wmi { "Amended" } else { "Translatable" });
    }
    words
}
