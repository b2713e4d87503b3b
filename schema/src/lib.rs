//! The archived CIM schema: building one, writing it, opening it, looking up
//! classes without deserialising them, and printing them back as MOF.
//!
//! A schema archive holds namespaces with classes, qualifier types and
//! instances. It is written once ([`SchemaBuilder`]) and read in place
//! ([`Archive`], [`SchemaView`], [`ClassView`]): opening a file maps it and
//! checks it, and after that a class lookup is one hash probe into mapped memory.

mod archive;
mod builder;
mod evolve;
mod filter;
mod hierarchy;
mod localise;
mod member;
mod print;
mod resolve;
pub mod rules;
mod shortcut;
mod view;

#[doc(hidden)]
pub use archive::Aligned;
pub use archive::{Archive, ArchiveBytes, OpenError, WriteError, WrittenArchive};
pub use builder::{MissingSuperclass, NamespaceBuilder, SchemaBuilder};
pub use evolve::differs_in_more_than_notes;
pub use filter::event_filter_name;
pub use localise::{class_in_locale, is_locale, locale_name, merge_localised};
pub use member::Member;
pub use print::{
    PrintOptions, class_to_mof, flavor_words, implied_flavor, instance_to_mof,
    qualifier_type_to_mof, value_to_mof, write_class, write_instance, write_qualifier_type,
};
pub use resolve::{ClassForm, ResolvedClass, parameter_of};
pub use view::{
    ClassView, MethodView, ParameterView, PropertyView, QualifierTypeView, QualifierView,
    QualifiersView, SchemaView, Shared,
};
