//! Declarations and instances as MOF (DSP0004 clause 7, WMI SDK "Managed Object
//! Format").
//!
//! What is printed compiles again, in the same dialect and with the same
//! qualifier types, to the same class. Two things follow from that:
//!
//! * A flavor is written exactly where it differs from what the reader assumes
//!   for that qualifier, see [`implied_flavor`].
//! * What a resolved class inherits is printed as comments. As declarations,
//!   inherited members would become the class's own: DMTF refuses that without
//!   `Override`, and origins would change. A local class has nothing inherited
//!   and prints as it was written.
//!
//! The layout is that of `cimarron fmt`, which leaves printed MOF as it is.
//!
//! MOF has no literal for NaN and the infinities; they are printed as NULL with
//! a comment that names them, and are the only values that do not come back.
//! A qualifier that no qualifier type declares has the type that its literal
//! looks like; a NULL or an empty array there looks like a string's.

mod class;
mod layout;
mod literal;
mod printer;
mod qualifier;
#[cfg(test)]
mod tests;
mod value;

use cimarron_model::{Class, Dialect, Flavor, Instance, Name, QualifierType, Value};
use printer::Printer;
use std::fmt;

/// The flavor of the qualifier type of this name; `None` where none is declared.
type FlavorOf<'a> = &'a dyn Fn(&str) -> Option<Flavor>;

/// How to print.
#[derive(Clone, Copy)]
pub struct PrintOptions<'a> {
    /// Whose MOF to write.
    pub dialect: Dialect,
    /// The column that lines are kept below where they can be broken.
    pub width: usize,
    declared: Option<FlavorOf<'a>>,
}

impl<'a> PrintOptions<'a> {
    /// The width unless told otherwise: that of formatted MOF.
    pub const DEFAULT_WIDTH: usize = 100;

    /// Lines up to the default width, no qualifier declared.
    pub const fn new(dialect: Dialect) -> Self {
        Self { dialect, width: Self::DEFAULT_WIDTH, declared: None }
    }

    /// With the flavors of the qualifier types that the reader will know.
    #[must_use]
    pub const fn declared(mut self, flavor_of: FlavorOf<'a>) -> Self {
        self.declared = Some(flavor_of);
        self
    }

    fn implied(&self, qualifier: &Name) -> Flavor {
        let declared = self.declared.and_then(|flavor_of| flavor_of(qualifier.as_str()));
        implied_flavor(self.dialect, qualifier.as_str(), declared)
    }
}

impl fmt::Debug for PrintOptions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrintOptions")
            .field("dialect", &self.dialect)
            .field("width", &self.width)
            .finish_non_exhaustive()
    }
}

/// The flavor of a qualifier that is used without writing one.
///
/// It is that of the qualifier type where one is declared. Otherwise DSP0004
/// gives EnableOverride and ToSubclass, and WMI an overridable qualifier that
/// propagates nowhere, but for `key` and `ID` (MS-WMIO's example shows them with 0x13 and 0x11).
pub fn implied_flavor(dialect: Dialect, qualifier: &str, declared: Option<Flavor>) -> Flavor {
    match (declared, dialect) {
        (Some(flavor), _) => flavor,
        (None, Dialect::Dmtf) => Flavor::DMTF_DEFAULT,
        (None, Dialect::Wmi) if qualifier.eq_ignore_ascii_case("key") => {
            Flavor::TO_INSTANCE.with(Flavor::TO_SUBCLASS).with(Flavor::NOT_OVERRIDABLE)
        }
        (None, Dialect::Wmi) if qualifier.eq_ignore_ascii_case("ID") => {
            Flavor::TO_INSTANCE.with(Flavor::NOT_OVERRIDABLE)
        }
        (None, Dialect::Wmi) => Flavor::WMI_DEFAULT,
    }
}

/// Writes a class declaration, ending in a line break.
///
/// # Errors
/// Only those of `out`.
pub fn write_class(out: &mut dyn fmt::Write, class: &Class, options: &PrintOptions) -> fmt::Result {
    Printer::new(out, options).class(class)
}

/// Writes a qualifier declaration, ending in a line break.
///
/// # Errors
/// Only those of `out`.
pub fn write_qualifier_type(
    out: &mut dyn fmt::Write,
    qualifier_type: &QualifierType,
    options: &PrintOptions,
) -> fmt::Result {
    Printer::new(out, options).qualifier_type(qualifier_type)
}

/// Writes an instance declaration, ending in a line break. Properties that are
/// not given are left out, so the reader gives them the class's defaults.
///
/// # Errors
/// Only those of `out`.
pub fn write_instance(
    out: &mut dyn fmt::Write,
    instance: &Instance,
    options: &PrintOptions,
) -> fmt::Result {
    Printer::new(out, options).instance(instance)
}

fn collect(write: impl FnOnce(&mut dyn fmt::Write) -> fmt::Result) -> String {
    let mut text = String::new();
    // A `String` takes everything that is written to it.
    let _ = write(&mut text);
    text
}

/// A class declaration as MOF.
pub fn class_to_mof(class: &Class, options: &PrintOptions) -> String {
    collect(|out| write_class(out, class, options))
}

/// A qualifier declaration as MOF.
pub fn qualifier_type_to_mof(qualifier_type: &QualifierType, options: &PrintOptions) -> String {
    collect(|out| write_qualifier_type(out, qualifier_type, options))
}

/// An instance declaration as MOF.
pub fn instance_to_mof(instance: &Instance, options: &PrintOptions) -> String {
    collect(|out| write_instance(out, instance, options))
}

/// A value as a MOF initializer on one line.
pub fn value_to_mof(value: &Value, dialect: Dialect) -> String {
    literal::flat_value(value, dialect == Dialect::Dmtf)
}
