//! The syntax tree of MOF 3 (DSP0221 7.2).
//!
//! Names, array brackets, directives and scalars are those of the tree of MOF 2;
//! what differs is here. As there, nothing is resolved or checked beyond the
//! grammar, and every node that a diagnostic may point at carries its [`Span`].

use crate::source::Span;
use crate::syntax::ast::{ArraySuffix, Directive, Flavor, Identifier, Integer};
use cimarron_model::CimType;
use std::borrow::Cow;

/// One item of a MOF 3 file (`mofProduction`).
#[derive(Clone, Debug, PartialEq)]
pub enum Declaration<'a> {
    /// `structure S { … };`, and classes of the three kinds
    Type(Box<TypeDeclaration<'a>>),
    /// `enumeration E : B { … };`
    Enumeration(Box<EnumerationDeclaration<'a>>),
    /// `instance of C { … };` or `value of C as $a { … };`
    Complex(Box<ComplexDeclaration<'a>>),
    /// `Qualifier Q : type = v Scope(…) Policy(…);`
    Qualifier(Box<QualifierDeclaration<'a>>),
    /// `#pragma …`
    Directive(Box<Directive<'a>>),
}

/// What a complex type is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypeSort {
    /// `structure`
    Structure,
    /// `class`
    Class,
    /// `association`
    Association,
    /// `indication`, which DSP0221 has no keyword for
    Indication,
}

impl TypeSort {
    /// The keyword.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Structure => "structure",
            Self::Class => "class",
            Self::Association => "association",
            Self::Indication => "indication",
        }
    }
}

/// A structure, class, association or indication.
#[derive(Clone, Debug, PartialEq)]
pub struct TypeDeclaration<'a> {
    /// From the qualifiers to the closing `;`.
    pub span: Span,
    /// The qualifiers of the type.
    pub qualifiers: Vec<Qualifier<'a>>,
    /// What its keyword says.
    pub sort: TypeSort,
    /// The name.
    pub name: Identifier<'a>,
    /// `: Supertype`
    pub supertype: Option<Identifier<'a>>,
    /// Members and local types in written order.
    pub features: Vec<Feature<'a>>,
}

/// What stands between the braces of a complex type.
#[derive(Clone, Debug, PartialEq)]
pub enum Feature<'a> {
    /// A property or reference.
    Property(Property<'a>),
    /// A method; a check refuses it in structures.
    Method(Method<'a>),
    /// A local structure.
    Structure(Box<TypeDeclaration<'a>>),
    /// A local enumeration.
    Enumeration(Box<EnumerationDeclaration<'a>>),
}

/// A property or reference: `[Key] string Name[] = {"x"};`.
#[derive(Clone, Debug, PartialEq)]
pub struct Property<'a> {
    /// From the qualifiers to the `;` or, of a parameter, to its end.
    pub span: Span,
    /// The qualifiers.
    pub qualifiers: Vec<Qualifier<'a>>,
    /// The declared type with its array brackets.
    pub data_type: DataType<'a>,
    /// The name.
    pub name: Identifier<'a>,
    /// What follows `=`.
    pub default: Option<Value<'a>>,
}

/// A parameter has the form of a property.
pub type Parameter<'a> = Property<'a>;

/// A method: `GOLF_ResultCodeEnum Stop([In] boolean Force = TRUE);`.
#[derive(Clone, Debug, PartialEq)]
pub struct Method<'a> {
    /// From the qualifiers to the `;`.
    pub span: Span,
    /// The qualifiers.
    pub qualifiers: Vec<Qualifier<'a>>,
    /// The return type.
    pub return_type: DataType<'a>,
    /// The name.
    pub name: Identifier<'a>,
    /// The parameters in written order.
    pub parameters: Vec<Parameter<'a>>,
}

/// A written type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DataType<'a> {
    /// The type's words, without the array brackets.
    pub span: Span,
    /// What the words name.
    pub kind: TypeKind<'a>,
    /// `[]`; a check refuses a size.
    pub array: Option<ArraySuffix>,
}

/// What a written type names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypeKind<'a> {
    /// `void`, of methods only.
    Void,
    /// A keyword that MOF 2 knows, too.
    Intrinsic(CimType),
    /// `integer`, `octetstring`, a complex type or an enumeration.
    Named(Identifier<'a>),
    /// `C REF`
    Reference(Identifier<'a>),
}

/// An enumeration declaration.
#[derive(Clone, Debug, PartialEq)]
pub struct EnumerationDeclaration<'a> {
    /// From the qualifiers to the closing `;`.
    pub span: Span,
    /// The qualifiers of the enumeration.
    pub qualifiers: Vec<Qualifier<'a>>,
    /// The name.
    pub name: Identifier<'a>,
    /// The type of the values, or the enumeration that this one extends.
    pub base: DataType<'a>,
    /// The values in written order.
    pub elements: Vec<EnumerationElement<'a>>,
    /// A comma after the last value.
    pub trailing_comma: Option<Span>,
}

/// One value of an enumeration: `[Description("x")] Basic = 0`.
#[derive(Clone, Debug, PartialEq)]
pub struct EnumerationElement<'a> {
    /// From the qualifiers to the value.
    pub span: Span,
    /// The qualifiers.
    pub qualifiers: Vec<Qualifier<'a>>,
    /// The name.
    pub name: Identifier<'a>,
    /// What follows `=`.
    pub value: Option<Value<'a>>,
}

/// One entry of a qualifier list.
#[derive(Clone, Debug, PartialEq)]
pub struct Qualifier<'a> {
    /// From the name to the value.
    pub span: Span,
    /// The name of the qualifier type.
    pub name: Identifier<'a>,
    /// `( v )`, or `{ v, … }` as an array.
    pub value: Option<Value<'a>>,
}

/// A qualifier type declaration.
#[derive(Clone, Debug, PartialEq)]
pub struct QualifierDeclaration<'a> {
    /// From the qualifiers to the `;`.
    pub span: Span,
    /// The qualifiers of the qualifier type.
    pub qualifiers: Vec<Qualifier<'a>>,
    /// The name.
    pub name: Identifier<'a>,
    /// A primitive type or an enumeration, perhaps an array.
    pub data_type: DataType<'a>,
    /// The default value.
    pub default: Option<Value<'a>>,
    /// What `Scope(…)` lists. DSP0221 demands the clause; a check says so.
    pub scopes: Option<Vec<Scope>>,
    /// What `Policy(…)` says, or `Flavor(…)` in its place.
    pub policy: Option<Vec<Flavor>>,
}

/// A written scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope {
    /// Where it stands.
    pub span: Span,
    /// Which it is.
    pub kind: ScopeKind,
}

/// The metaelements that `Scope(…)` may list (`scopeKind`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ScopeKind {
    /// `any`
    Any,
    /// `association`
    Association,
    /// `class`
    Class,
    /// `enumeration`
    Enumeration,
    /// `enumerationvalue`
    EnumerationValue,
    /// `indication`, as in MOF 2
    Indication,
    /// `method`
    Method,
    /// `parameter`
    Parameter,
    /// `property`
    Property,
    /// `qualifiertype`
    QualifierType,
    /// `reference`
    Reference,
    /// `structure`
    Structure,
}

impl ScopeKind {
    /// Every scope.
    pub const ALL: [Self; 12] = [
        Self::Any,
        Self::Association,
        Self::Class,
        Self::Enumeration,
        Self::EnumerationValue,
        Self::Indication,
        Self::Method,
        Self::Parameter,
        Self::Property,
        Self::QualifierType,
        Self::Reference,
        Self::Structure,
    ];

    /// The MOF word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Association => "association",
            Self::Class => "class",
            Self::Enumeration => "enumeration",
            Self::EnumerationValue => "enumerationvalue",
            Self::Indication => "indication",
            Self::Method => "method",
            Self::Parameter => "parameter",
            Self::Property => "property",
            Self::QualifierType => "qualifiertype",
            Self::Reference => "reference",
            Self::Structure => "structure",
        }
    }
}

/// Which of the two keywords a complex value begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComplexSort {
    /// `instance of`: an object with a key
    Instance,
    /// `value of`: a value of a property
    Value,
}

/// `instance of C { … }` or `value of C { … }`, a declaration or a value.
#[derive(Clone, Debug, PartialEq)]
pub struct ComplexDeclaration<'a> {
    /// From the keyword to the closing `;` (of a value: to the `}`).
    pub span: Span,
    /// What its keyword says.
    pub sort: ComplexSort,
    /// The keyword with its `of`.
    pub keyword: Span,
    /// The creation class.
    pub class: Identifier<'a>,
    /// `as $alias`
    pub alias: Option<Identifier<'a>>,
    /// The property slots in written order.
    pub slots: Vec<Slot<'a>>,
}

/// `Name = value;` in a complex value.
#[derive(Clone, Debug, PartialEq)]
pub struct Slot<'a> {
    /// From the name to the `;`.
    pub span: Span,
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
    /// One or more adjacent string literals, unescaped. Also datetimes, octet
    /// strings and object paths.
    String(Cow<'a, str>),
    /// `$alias`; the text lacks the `$`.
    Alias(&'a str),
    /// `{ v, … }`, perhaps empty. Elements are never arrays.
    Array(Vec<Value<'a>>),
    /// `Basic`, or `StatusEnum.Basic`
    Enumeration(EnumerationValue<'a>),
    /// `GOLF_Club.InstanceID="x",N=1`, an object path outside of quotes
    Path(PathValue<'a>),
    /// `value of C { … }` or `instance of C { … }`
    Complex(Box<ComplexDeclaration<'a>>),
    /// A literal whose mistake has been reported. Checks pass over it.
    Invalid,
}

/// The name of a value of an enumeration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EnumerationValue<'a> {
    /// The enumeration, when it is written.
    pub enumeration: Option<Identifier<'a>>,
    /// The value.
    pub name: Identifier<'a>,
}

/// An object path outside of quotes (DSP0221 7.6.4 `objectPathValue`).
#[derive(Clone, Debug, PartialEq)]
pub struct PathValue<'a> {
    /// The namespace path with its colon, where one is written.
    pub namespace: Option<Identifier<'a>>,
    /// The class.
    pub class: Identifier<'a>,
    /// The keys and their values.
    pub keys: Vec<KeyBinding<'a>>,
}

/// `Name=literal` in an object path.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyBinding<'a> {
    /// From the name to the literal.
    pub span: Span,
    /// The name of the property.
    pub name: Identifier<'a>,
    /// The literal.
    pub value: Value<'a>,
}
