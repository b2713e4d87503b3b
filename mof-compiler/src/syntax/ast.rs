//! The syntax tree of MOF (DSP0004 Annex A, with the forms of WMI).
//!
//! The tree borrows names and plain strings from the text and owns only what
//! differs from it: unescaped and concatenated strings. Nothing is resolved or
//! checked here beyond the grammar, so one tree serves both dialects. Every node
//! that a diagnostic may point at carries its [`Span`].

use crate::source::{FileId, Span};
use cimarron_model::CimType;
use std::borrow::Cow;

pub use super::text::Text;

/// One item of a MOF file.
#[derive(Clone, Debug, PartialEq)]
pub enum Declaration<'a> {
    /// `class C { … };`
    Class(Box<ClassDeclaration<'a>>),
    /// `instance of C { … };`
    Instance(Box<InstanceDeclaration<'a>>),
    /// `Qualifier Q : type = v, Scope(…), Flavor(…);`
    Qualifier(Box<QualifierDeclaration<'a>>),
    /// `Qualifier Q : flavor …;`, WMI's short form
    Flavors(Box<FlavorDeclaration<'a>>),
    /// `#pragma …` and `#include …`
    Directive(Box<Directive<'a>>),
}

impl Declaration<'_> {
    /// The whole declaration, its closing `;` or `)` included.
    pub fn span(&self) -> Span {
        match self {
            Self::Class(d) => d.span,
            Self::Instance(d) => d.span,
            Self::Qualifier(d) => d.span,
            Self::Flavors(d) => d.span,
            Self::Directive(d) => d.span,
        }
    }
}

/// A name as written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Identifier<'a> {
    /// The spelling; that of an alias lacks the `$`.
    pub text: &'a str,
    /// Where it stands; that of an alias includes the `$`.
    pub span: Span,
}

impl Identifier<'_> {
    /// Whether the name keeps to ASCII, as WMI and MOF 3 demand. DSP0004
    /// allows letters from U+0080 up.
    pub fn is_ascii(&self) -> bool {
        self.text.is_ascii()
    }
}

/// A class declaration, or a class as an embedded value.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClassDeclaration<'a> {
    /// From the qualifiers to the closing `;` (of a value: to the `}`).
    pub span: Span,
    /// The qualifiers of the class.
    pub qualifiers: Vec<Qualifier<'a>>,
    /// The name of the class.
    pub name: Identifier<'a>,
    /// `as $alias`
    pub alias: Option<Identifier<'a>>,
    /// `: Superclass`
    pub superclass: Option<Identifier<'a>>,
    /// Properties, references and methods in written order.
    pub features: Vec<Feature<'a>>,
}

impl<'a> ClassDeclaration<'a> {
    /// Lets go of all but the names: the trees of large schemas take more memory than
    /// what is made of them.
    pub(crate) fn clear(&mut self) {
        self.qualifiers = Vec::new();
        self.features = Vec::new();
    }

    /// Visits the qualifiers of the class and of everything in it, one list an element.
    pub fn visit_qualifiers(&self, visit: &mut impl FnMut(&[Qualifier<'a>])) {
        visit(&self.qualifiers);
        for feature in &self.features {
            match feature {
                Feature::Property(property) => visit(&property.qualifiers),
                Feature::Method(method) => {
                    visit(&method.qualifiers);
                    method.parameters.iter().for_each(|p| visit(&p.qualifiers));
                }
            }
        }
    }
}

/// A member of a class.
#[derive(Clone, Debug, PartialEq)]
pub enum Feature<'a> {
    /// A property or a reference.
    Property(Property<'a>),
    /// A method.
    Method(Method<'a>),
}

/// A property or reference declaration: `[Key] string Name = "x";`.
#[derive(Clone, Debug, PartialEq)]
pub struct Property<'a> {
    /// From the qualifiers to the `;`.
    pub span: Span,
    /// The qualifiers of the property.
    pub qualifiers: Vec<Qualifier<'a>>,
    /// The declared type with its array brackets.
    pub data_type: DataType<'a>,
    /// The name of the property.
    pub name: Identifier<'a>,
    /// What follows `=`.
    pub default: Option<Value<'a>>,
}

/// A method declaration: `uint32 Stop([In] boolean Force);`.
#[derive(Clone, Debug, PartialEq)]
pub struct Method<'a> {
    /// From the qualifiers to the `;`.
    pub span: Span,
    /// The qualifiers of the method.
    pub qualifiers: Vec<Qualifier<'a>>,
    /// The return type. Array brackets are parsed so that a check can refuse
    /// them in words: neither dialect has methods that return arrays.
    pub return_type: DataType<'a>,
    /// The name of the method.
    pub name: Identifier<'a>,
    /// The parameters in written order.
    pub parameters: Vec<Parameter<'a>>,
}

/// A parameter of a method.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter<'a> {
    /// From the qualifiers to the name, brackets or default.
    pub span: Span,
    /// The qualifiers of the parameter.
    pub qualifiers: Vec<Qualifier<'a>>,
    /// The declared type with its array brackets.
    pub data_type: DataType<'a>,
    /// The name of the parameter.
    pub name: Identifier<'a>,
    /// What follows `=` (WMI).
    pub default: Option<Value<'a>>,
}

/// A written type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DataType<'a> {
    /// The type's words, without the array brackets.
    pub span: Span,
    /// What the words name.
    pub kind: TypeKind<'a>,
    /// `[]` or `[n]`, wherever the grammar puts it.
    pub array: Option<ArraySuffix>,
}

/// What a written type names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypeKind<'a> {
    /// `void`, of methods only (WMI; a check refuses it elsewhere).
    Void,
    /// One of the keywords from `boolean` to `datetime`; never
    /// `CimType::Reference` or `CimType::Object`.
    Intrinsic(CimType),
    /// `C` or `object:C`, and `object` for any class (WMI).
    Object(Option<Identifier<'a>>),
    /// `C REF`, and `object ref` for any class (WMI).
    Reference(Option<Identifier<'a>>),
    /// Nothing that there is: the mistake has been reported.
    Unknown,
}

/// Array brackets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArraySuffix {
    /// From `[` to `]`.
    pub span: Span,
    /// The number of elements, if given.
    pub size: Option<u32>,
    /// Whether the number is written as DSP0004 wants it: decimal digits, and no 0 first.
    pub plain: bool,
}

/// One entry of a qualifier list: `Description("x") : ToSubclass`.
#[derive(Clone, Debug, PartialEq)]
pub struct Qualifier<'a> {
    /// From the name to the last flavor.
    pub span: Span,
    /// The name of the qualifier type.
    pub name: Identifier<'a>,
    /// `( v )`, or `{ v, … }` as an array.
    pub value: Option<Value<'a>>,
    /// The flavors written here.
    pub flavors: Vec<Flavor>,
}

/// A written flavor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flavor {
    /// Where it stands.
    pub span: Span,
    /// Which it is.
    pub kind: FlavorKind,
}

/// The flavors of DSP0004 and of WMI.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FlavorKind {
    /// `EnableOverride`
    EnableOverride,
    /// `DisableOverride`
    DisableOverride,
    /// `ToSubclass`
    ToSubclass,
    /// `NotToSubclass` (WMI)
    NotToSubclass,
    /// `Restricted`
    Restricted,
    /// `ToInstance` (WMI; deprecated in DSP0004)
    ToInstance,
    /// `NotToInstance` (WMI)
    NotToInstance,
    /// `Translatable`
    Translatable,
    /// `Amended` (WMI)
    Amended,
}

impl FlavorKind {
    /// Every flavor.
    pub const ALL: [Self; 9] = [
        Self::EnableOverride,
        Self::DisableOverride,
        Self::ToSubclass,
        Self::NotToSubclass,
        Self::Restricted,
        Self::ToInstance,
        Self::NotToInstance,
        Self::Translatable,
        Self::Amended,
    ];

    /// The MOF word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::EnableOverride => "EnableOverride",
            Self::DisableOverride => "DisableOverride",
            Self::ToSubclass => "ToSubclass",
            Self::NotToSubclass => "NotToSubclass",
            Self::Restricted => "Restricted",
            Self::ToInstance => "ToInstance",
            Self::NotToInstance => "NotToInstance",
            Self::Translatable => "Translatable",
            Self::Amended => "Amended",
        }
    }
}

/// `Qualifier Q : type [= v], Scope(…)[, Flavor(…)];`
#[derive(Clone, Debug, PartialEq)]
pub struct QualifierDeclaration<'a> {
    /// From `Qualifier` to the `;`.
    pub span: Span,
    /// The name of the qualifier type.
    pub name: Identifier<'a>,
    /// An intrinsic type, perhaps an array.
    pub data_type: DataType<'a>,
    /// The default value.
    pub default: Option<Value<'a>>,
    /// What `Scope(…)` lists. DSP0004 demands the clause; a check says so.
    pub scopes: Option<Vec<Scope>>,
    /// What `Flavor(…)` lists.
    pub flavors: Option<Vec<Flavor>>,
}

/// `Qualifier Q : flavor …;`: flavors for all later uses of `Q` in the file (WMI).
#[derive(Clone, Debug, PartialEq)]
pub struct FlavorDeclaration<'a> {
    /// From `Qualifier` to the `;`.
    pub span: Span,
    /// The name of the qualifier.
    pub name: Identifier<'a>,
    /// At least one flavor, unless each was unknown and reported.
    pub flavors: Vec<Flavor>,
}

/// A written scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope {
    /// Where it stands.
    pub span: Span,
    /// Which it is.
    pub kind: ScopeKind,
}

/// The metaelements that `Scope(…)` may list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ScopeKind {
    /// `Any`
    Any,
    /// `Association`
    Association,
    /// `Class`
    Class,
    /// `Indication`
    Indication,
    /// `Method`
    Method,
    /// `Parameter`
    Parameter,
    /// `Property`
    Property,
    /// `Qualifier`
    Qualifier,
    /// `Reference`
    Reference,
    /// `Schema`
    Schema,
}

impl ScopeKind {
    /// Every scope.
    pub const ALL: [Self; 10] = [
        Self::Any,
        Self::Association,
        Self::Class,
        Self::Indication,
        Self::Method,
        Self::Parameter,
        Self::Property,
        Self::Qualifier,
        Self::Reference,
        Self::Schema,
    ];

    /// The MOF word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Any => "Any",
            Self::Association => "Association",
            Self::Class => "Class",
            Self::Indication => "Indication",
            Self::Method => "Method",
            Self::Parameter => "Parameter",
            Self::Property => "Property",
            Self::Qualifier => "Qualifier",
            Self::Reference => "Reference",
            Self::Schema => "Schema",
        }
    }
}

/// An instance declaration, or an instance as an embedded value.
#[derive(Clone, Debug, PartialEq)]
pub struct InstanceDeclaration<'a> {
    /// From the qualifiers to the closing `;` (of a value: to the `}`).
    pub span: Span,
    /// The qualifiers of the instance (WMI).
    pub qualifiers: Vec<Qualifier<'a>>,
    /// The creation class.
    pub class: Identifier<'a>,
    /// `as $alias`
    pub alias: Option<Identifier<'a>>,
    /// Of a value that stands elsewhere and that an alias is written out as.
    pub elsewhere: Option<Elsewhere>,
    /// The initialisers in written order.
    pub properties: Vec<PropertyValue<'a>>,
}

/// Where a value stands that an alias is written out as, and where the alias does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Elsewhere {
    /// The file of the value.
    pub file: FileId,
    /// The alias: of those that lead from one value to the next, the first.
    pub used: (FileId, Span),
}

/// `[quals] Name = value;` inside an instance.
#[derive(Clone, Debug, PartialEq)]
pub struct PropertyValue<'a> {
    /// From the qualifiers to the `;`.
    pub span: Span,
    /// The qualifiers of this instance's property.
    pub qualifiers: Vec<Qualifier<'a>>,
    /// The name of the property.
    pub name: Identifier<'a>,
    /// The value.
    pub value: Value<'a>,
}

/// A written value.
#[derive(Clone, Debug, PartialEq)]
pub struct Value<'a> {
    /// The first to the last character of the value.
    pub span: Span,
    /// The value.
    pub kind: ValueKind<'a>,
}

/// The forms of values.
#[derive(Clone, Debug, PartialEq)]
pub enum ValueKind<'a> {
    /// `NULL`
    Null,
    /// `TRUE` or `FALSE`
    Boolean(bool),
    /// An integer of any radix.
    Integer(Integer),
    /// A number with a decimal point.
    Real(f64),
    /// `'A'`: one UTF-16 code unit.
    Char16(u16),
    /// One or more adjacent string literals, unescaped. Also object paths and
    /// datetimes.
    String(Text<'a>),
    /// `$alias`; the text lacks the `$`.
    Alias(&'a str),
    /// `{ v, … }`, perhaps empty. Elements are never arrays.
    Array(Box<[Value<'a>]>),
    /// `instance of C { … }` (WMI)
    Instance(Box<InstanceDeclaration<'a>>),
    /// `class C { … }` (WMI, as object text shows embedded classes)
    Class(Box<ClassDeclaration<'a>>),
    /// A literal whose mistake has been reported. Checks pass over it.
    Invalid,
    /// None is written (WMI: `[PropertyContext("…")] Name;`). The span is that of the `;`.
    Absent,
}

/// An integer literal: a sign and a magnitude, the union of sint64 and uint64.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Integer {
    /// Whether a `-` was written.
    pub negative: bool,
    /// The absolute value.
    pub magnitude: u64,
}

impl Integer {
    /// The number.
    pub const fn value(self) -> i128 {
        let magnitude = self.magnitude as i128;
        if self.negative { -magnitude } else { magnitude }
    }
}

/// A compiler directive.
#[derive(Clone, Debug, PartialEq)]
pub struct Directive<'a> {
    /// From `#` to the `)`, or to the name when there are no arguments.
    pub span: Span,
    /// Which of the two forms was written.
    pub form: DirectiveForm,
    /// The word after `#pragma`, or `include` of `#include`.
    pub name: Identifier<'a>,
    /// What the parentheses hold; `None` without parentheses
    /// (`#pragma autorecover`).
    pub arguments: Option<Vec<Argument<'a>>>,
}

impl Directive<'_> {
    /// Whether this is `#include (…)` or `#pragma include (…)`.
    pub fn is_include(&self) -> bool {
        self.name.text.eq_ignore_ascii_case("include")
    }
}

/// How a directive begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DirectiveForm {
    /// `#pragma name …` (DSP0004)
    Pragma,
    /// `#include ("file")` (WMI)
    Include,
}

/// An argument of a directive.
#[derive(Clone, Debug, PartialEq)]
pub struct Argument<'a> {
    /// Where it stands.
    pub span: Span,
    /// A string's contents or a bare word such as `NOFAIL`.
    pub text: Cow<'a, str>,
    /// Whether it is a string.
    pub quoted: bool,
}
