//! The table of changes: what each is called, what it does to those who rely on
//! the schema, and who says so.
//!
//! DSP0004 tells changes that need a new major version of a schema from those that
//! do not (clause 5.4.1, "Schema Versions"); the first break clients, providers or
//! instances that exist. The clause's text was not at hand when this table was made.
//! Its rules are marked by how they were known:
//!
//! * [`Source::Restated`]: read in documents that restate them. These are "Rules for
//!   Updating Schema" in the HP WBEM Services SDK guide, chapter 3 (deletion of a
//!   class, property or method; movement of a class other than by a superclass put
//!   in above it; change of a property's type or a method's signature; lower Max or
//!   higher Min), the DMTF core group's summary of minor changes (add properties, put
//!   classes between existing ones, move properties up), and DMTF's change request
//!   tool (elements marked Experimental may change).
//! * [`Source::Unchecked`]: rules that the clause's table is known to have, not
//!   compared with its text.
//! * [`Source::Reasoned`]: no rule is known. The reason says what a client that was
//!   written against the old schema may rely on, and a change that can disappoint it
//!   is breaking.

use serde::{Serialize, Serializer};
use std::fmt;

/// What a change does to those who rely on the old schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Clients, providers or instances that fit the old schema may fail with the new.
    Breaking,
    /// What fits the old schema fits the new.
    Compatible,
    /// Nothing but the wording or the bookkeeping changed.
    Editorial,
}

impl Verdict {
    /// Every verdict, the gravest first.
    pub const ALL: [Self; 3] = [Self::Breaking, Self::Compatible, Self::Editorial];

    /// The verdict's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Breaking => "breaking",
            Self::Compatible => "compatible",
            Self::Editorial => "editorial",
        }
    }
}

/// Who says what a change does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// DSP0004 5.4.1, read in documents that restate it.
    Restated,
    /// DSP0004 5.4.1, not compared with its text.
    Unchecked,
    /// Follows from what clients may rely on.
    Reasoned,
}

impl Source {
    /// The source in words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Restated => "DSP0004 5.4.1, as others restate it",
            Self::Unchecked => "DSP0004 5.4.1, not compared with its text",
            Self::Reasoned => "reasoned: no rule of DSP0004 is known",
        }
    }
}

/// Whether something came, went or became another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sign {
    /// Something is there that was not.
    Added,
    /// Something is gone.
    Removed,
    /// Something became another.
    Changed,
}

impl Sign {
    /// `+`, `-` or `~`.
    pub const fn marker(self) -> char {
        match self {
            Self::Added => '+',
            Self::Removed => '-',
            Self::Changed => '~',
        }
    }
}

macro_rules! as_text {
    ($($name:ident),*) => { $(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    )* };
}

as_text!(Verdict, Source, Kind);

macro_rules! kinds {
    ($( $kind:ident $id:literal $verdict:ident $sign:ident $source:ident $title:literal $reason:literal; )*) => {
        /// A kind of change. Its id is stable.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Kind { $( #[doc = $title] $kind, )* }

        impl Kind {
            /// Every kind.
            pub const ALL: &[Self] = &[ $( Self::$kind, )* ];

            /// The stable id: `property-removed`.
            pub const fn as_str(self) -> &'static str {
                match self { $( Self::$kind => $id, )* }
            }

            /// What such a change does, unless it is to an experimental element.
            pub const fn verdict(self) -> Verdict {
                match self { $( Self::$kind => Verdict::$verdict, )* }
            }

            /// Whether something came, went or became another.
            pub const fn sign(self) -> Sign {
                match self { $( Self::$kind => Sign::$sign, )* }
            }

            /// Who says what such a change does.
            pub const fn source(self) -> Source {
                match self { $( Self::$kind => Source::$source, )* }
            }

            /// The change in a few words.
            pub const fn title(self) -> &'static str {
                match self { $( Self::$kind => $title, )* }
            }

            /// Why the verdict is what it is.
            pub const fn reason(self) -> &'static str {
                match self { $( Self::$kind => $reason, )* }
            }
        }
    };
}

kinds! {
    // Namespaces and instances.
    NamespaceAdded "namespace-added" Compatible Added Reasoned
        "namespace added" "nobody who knows the old schema looks there";
    NamespaceRemoved "namespace-removed" Breaking Removed Reasoned
        "namespace removed" "every path into it leads nowhere now";
    InstanceAdded "instance-added" Compatible Added Reasoned
        "instance added" "clients enumerate what there is";
    InstanceRemoved "instance-removed" Breaking Removed Reasoned
        "instance removed" "a client that keeps its path finds nothing there";
    InstanceChanged "instance-changed" Compatible Changed Reasoned
        "instance value changed" "values of instances may change at any time";

    // Qualifier types.
    QualifierTypeAdded "qualifier-type-added" Compatible Added Reasoned
        "qualifier type added" "no element of the old schema uses it";
    QualifierTypeRemoved "qualifier-type-removed" Breaking Removed Reasoned
        "qualifier type removed" "MOF that uses the qualifier no longer compiles";
    QualifierTypeTypeChanged "qualifier-type-type-changed" Breaking Changed Reasoned
        "qualifier type's data type changed" "MOF that gives the qualifier a value of the old type no longer compiles";
    QualifierTypeDefaultChanged "qualifier-type-default-changed" Breaking Changed Reasoned
        "qualifier type's default changed" "the default holds wherever the qualifier is not written, so unchanged elements mean something else now";
    QualifierTypeScopeWidened "qualifier-type-scope-widened" Compatible Changed Reasoned
        "qualifier type's scope widened" "every place where the qualifier stood is still allowed";
    QualifierTypeScopeNarrowed "qualifier-type-scope-narrowed" Breaking Changed Reasoned
        "qualifier type's scope narrowed" "MOF that writes the qualifier where it was allowed no longer compiles";
    QualifierTypeOverrideAllowed "qualifier-type-override-allowed" Compatible Changed Reasoned
        "qualifier type became overridable" "no subclass had overridden it";
    QualifierTypeOverrideForbidden "qualifier-type-override-forbidden" Breaking Changed Reasoned
        "qualifier type may no longer be overridden" "subclasses that override the value no longer compile";
    QualifierTypePropagationChanged "qualifier-type-propagation-changed" Breaking Changed Reasoned
        "qualifier type's propagation to subclasses changed" "subclasses that did not change have other qualifiers now";
    QualifierTypeFlavorChanged "qualifier-type-flavor-changed" Compatible Changed Reasoned
        "qualifier type's other flavors changed" "translation and propagation to instances leave the schema as it is";

    // Classes.
    ClassAdded "class-added" Compatible Added Restated
        "class added" "clients that know the old schema do not name it";
    ClassRemoved "class-removed" Breaking Removed Restated
        "class removed" "clients name it, instances are of it, subclasses derive from it";
    SuperclassInserted "superclass-inserted" Compatible Changed Restated
        "superclass put in above the class" "the class is still below every class that it was below";
    SuperclassLost "superclass-lost" Breaking Changed Restated
        "class is no longer below a superclass" "enumerations and associations of that superclass no longer reach it, and what it inherited from there is gone";
    AbstractAdded "abstract-added" Breaking Changed Unchecked
        "class became abstract" "its instances are no longer allowed";
    AbstractRemoved "abstract-removed" Compatible Changed Reasoned
        "class is no longer abstract" "instances of its subclasses stay as they are";
    AssociationAdded "association-added" Breaking Changed Unchecked
        "class became an association" "it is traversed now where it was not, and subclasses must be associations";
    AssociationRemoved "association-removed" Breaking Changed Reasoned
        "class is no longer an association" "it is no longer traversed";
    IndicationAdded "indication-added" Breaking Changed Unchecked
        "class became an indication" "indications have no instances that one can get";
    IndicationRemoved "indication-removed" Breaking Changed Reasoned
        "class is no longer an indication" "subscriptions to it no longer deliver";
    TerminalAdded "terminal-added" Breaking Changed Reasoned
        "class became terminal" "subclasses that others derived from it no longer compile";
    TerminalRemoved "terminal-removed" Compatible Changed Reasoned
        "class is no longer terminal" "nobody had derived from it";
    StructureAdded "structure-added" Breaking Changed Reasoned
        "class became a structure" "it has no instances of its own now, and classes of references are no structures";
    StructureRemoved "structure-removed" Breaking Changed Reasoned
        "structure became a class" "structures that others derived from it no longer compile";
    SingletonAdded "singleton-added" Breaking Changed Reasoned
        "class became a singleton" "it has one instance now, under another path";
    SingletonRemoved "singleton-removed" Breaking Changed Reasoned
        "class is no longer a singleton" "the path of its one instance is another now";
    ExceptionAdded "exception-added" Breaking Changed Reasoned
        "class became an exception" "it stands for errors now, and may not be instantiated otherwise";
    ExceptionRemoved "exception-removed" Breaking Changed Reasoned
        "class is no longer an exception" "clients that expect it as an error no longer get it so";
    AggregationAdded "aggregation-added" Compatible Changed Reasoned
        "association or reference became an aggregation" "it still associates what it did";
    AggregationRemoved "aggregation-removed" Breaking Changed Reasoned
        "association or reference is no longer an aggregation" "clients that follow whole and part no longer find them";

    // Properties.
    PropertyAdded "property-added" Compatible Added Restated
        "property added" "clients ask for the properties that they know";
    KeyPropertyAdded "key-property-added" Breaking Added Unchecked
        "key property added" "paths of existing instances lack the key";
    RequiredPropertyAdded "required-property-added" Breaking Added Unchecked
        "required property added" "instances that exist, and clients that create new ones, do not give it";
    PropertyRemoved "property-removed" Breaking Removed Restated
        "property removed" "clients ask for it";
    PropertyTypeChanged "property-type-changed" Breaking Changed Restated
        "property's type changed" "clients and instances hold values of the old type";
    PropertyMovedUp "property-moved-up" Compatible Changed Restated
        "property moved up to a superclass" "the class still has it";
    PropertyMovedDown "property-moved-down" Compatible Changed Reasoned
        "property moved down from a superclass" "this class still has it; what the superclass lost is a change of its own";
    PropertyOverrideAdded "property-override-added" Breaking Changed Unchecked
        "inherited property is now overridden" "Override is added to what stays where it was: subclasses and providers have another declaration to follow";
    PropertyOverrideRemoved "property-override-removed" Breaking Changed Unchecked
        "property is no longer overridden" "Override is removed: what the class itself said no longer holds, and the inherited declaration shows";
    ArraySizeChanged "array-size-changed" Breaking Changed Reasoned
        "size of the array changed" "values of the old size no longer fit";
    DefaultChanged "default-changed" Compatible Changed Reasoned
        "default changed" "instances that exist keep their values, and every value that was legal is";
    KeyAdded "key-added" Breaking Changed Unchecked
        "property became a key" "paths of existing instances lack it";
    KeyRemoved "key-removed" Breaking Changed Unchecked
        "property is no longer a key" "paths of existing instances name it";
    WeakChanged "weak-changed" Breaking Changed Unchecked
        "reference became weak or no longer is" "keys come from elsewhere, so paths are others";
    PropagatedKeyChanged "propagated-key-changed" Breaking Changed Reasoned
        "key is propagated from elsewhere" "keys come from elsewhere, so paths are others";
    WriteAdded "write-added" Compatible Changed Reasoned
        "property became writable" "reading it stays as it was";
    WriteRemoved "write-removed" Breaking Changed Reasoned
        "property is no longer writable" "clients that write it are refused";
    ReadAdded "read-added" Compatible Changed Reasoned
        "property became readable" "nobody had read it";
    ReadRemoved "read-removed" Breaking Changed Reasoned
        "property is no longer readable" "clients that read it get nothing";
    StaticChanged "static-changed" Breaking Changed Reasoned
        "element became static or no longer is" "it is used on the class where it was used on instances, or the other way round";

    // References and embedded objects.
    TargetNarrowed "target-class-narrowed" Breaking Changed Unchecked
        "class of the reference or embedded object moved down" "objects of the old class are no longer allowed there";
    TargetRedirected "target-class-redirected" Breaking Changed Unchecked
        "class of the reference or embedded object is another" "objects of the old class are no longer allowed there";
    TargetWidened "target-class-widened" Compatible Changed Reasoned
        "class of the reference or embedded object moved up" "every object that was allowed there still is";
    OutputNarrowed "output-class-narrowed" Compatible Changed Reasoned
        "class of what a method returns moved down" "callers get objects of the class that they expect";
    OutputWidened "output-class-widened" Breaking Changed Reasoned
        "class of what a method returns moved up" "callers may get objects of a class that they do not expect";
    MaxDecreased "max-decreased" Breaking Changed Restated
        "greatest cardinality decreased" "links that exist may be too many";
    MaxIncreased "max-increased" Compatible Changed Restated
        "greatest cardinality increased" "links that exist are still allowed";
    MinIncreased "min-increased" Breaking Changed Restated
        "least cardinality increased" "links that exist may be too few";
    MinDecreased "min-decreased" Compatible Changed Restated
        "least cardinality decreased" "links that exist are still enough";

    // Methods and parameters.
    MethodAdded "method-added" Compatible Added Restated
        "method added" "clients call the methods that they know";
    MethodRemoved "method-removed" Breaking Removed Restated
        "method removed" "clients call it";
    MethodMovedUp "method-moved-up" Compatible Changed Reasoned
        "method moved up to a superclass" "the class still has it";
    MethodMovedDown "method-moved-down" Compatible Changed Reasoned
        "method moved down from a superclass" "this class still has it; what the superclass lost is a change of its own";
    MethodOverrideAdded "method-override-added" Breaking Changed Unchecked
        "inherited method is now overridden" "Override is added to what stays where it was: subclasses and providers have another declaration to follow";
    MethodOverrideRemoved "method-override-removed" Breaking Changed Unchecked
        "method is no longer overridden" "Override is removed: what the class itself said no longer holds, and the inherited declaration shows";
    ReturnTypeChanged "return-type-changed" Breaking Changed Restated
        "return type changed" "it is part of the signature";
    ParameterAdded "parameter-added" Breaking Added Restated
        "parameter added" "the number of parameters is part of the signature";
    ParameterRemoved "parameter-removed" Breaking Removed Restated
        "parameter removed" "the number of parameters is part of the signature";
    ParameterTypeChanged "parameter-type-changed" Breaking Changed Restated
        "parameter's type changed" "it is part of the signature";
    ParameterDirectionChanged "parameter-direction-changed" Breaking Changed Unchecked
        "parameter's direction changed" "callers pass or receive it otherwise";
    ParameterOrderChanged "parameter-order-changed" Breaking Changed Reasoned
        "parameters stand in another order" "the position is WMI's ID, and callers that pass by position pass the wrong ones";

    // What values are allowed and what they mean.
    RequiredAdded "required-added" Breaking Changed Unchecked
        "value that is written or passed in became required" "clients that give NULL are refused";
    RequiredPromised "required-promised" Compatible Changed Unchecked
        "value that is read or returned is never NULL now" "clients that expect NULL do not get it";
    RequiredWithdrawn "required-withdrawn" Breaking Changed Unchecked
        "value that is read or returned may be NULL now" "clients that rely on a value may get none";
    RequiredLifted "required-lifted" Compatible Changed Unchecked
        "value that is passed in is no longer required" "clients that give one still may";
    MaxLenDecreased "maxlen-decreased" Breaking Changed Unchecked
        "greatest length decreased" "values that exist may be too long";
    MaxLenIncreased "maxlen-increased" Compatible Changed Unchecked
        "greatest length increased" "values that exist are still allowed";
    MinLenIncreased "minlen-increased" Breaking Changed Unchecked
        "least length increased" "values that exist may be too short";
    MinLenDecreased "minlen-decreased" Compatible Changed Unchecked
        "least length decreased" "values that exist are still allowed";
    MaxValueDecreased "maxvalue-decreased" Breaking Changed Unchecked
        "greatest value decreased" "values that exist may be too great";
    MaxValueIncreased "maxvalue-increased" Compatible Changed Unchecked
        "greatest value increased" "values that exist are still allowed";
    MinValueIncreased "minvalue-increased" Breaking Changed Unchecked
        "least value increased" "values that exist may be too small";
    MinValueDecreased "minvalue-decreased" Compatible Changed Unchecked
        "least value decreased" "values that exist are still allowed";
    ValueMapAdded "valuemap-added" Breaking Changed Reasoned
        "values are now limited to a list" "values that exist may not be in it, as with a lower MaxValue";
    ValueMapRemoved "valuemap-removed" Compatible Changed Reasoned
        "values are no longer limited to a list" "every value that was allowed still is, as with a higher MaxValue";
    ValueAdded "value-added" Compatible Changed Unchecked
        "value added to the list" "values may be added in unused ranges";
    ValueRemoved "value-removed" Breaking Changed Unchecked
        "value removed from the list" "clients write it and instances hold it";
    ValueReassigned "value-reassigned" Breaking Changed Unchecked
        "value took over the label of another, gave its own away, or has several now" "what values mean must not change";
    ValueLabelChanged "value-label-changed" Compatible Changed Reasoned
        "label of a value changed" "another wording breaks nobody; whether the meaning is another too is for a reader to judge";
    ValuesReordered "values-reordered" Editorial Changed Reasoned
        "list of values stands in another order" "each value keeps its label";
    UnitsAdded "units-added" Compatible Changed Reasoned
        "unit stated" "it was not stated before";
    UnitsChanged "units-changed" Breaking Changed Unchecked
        "unit changed" "the same number means another quantity";
    UnitsReplaced "units-replaced" Compatible Changed Reasoned
        "unit stated by PUnit alone" "PUnit says what Units did";
    UnitsRemoved "units-removed" Breaking Changed Unchecked
        "unit no longer stated" "nobody can tell what the number counts";
    ArrayTypeChanged "array-type-changed" Breaking Changed Reasoned
        "array's order means something else" "clients rely on positions or may no longer";
    OctetStringChanged "octet-string-changed" Breaking Changed Reasoned
        "element became an octet string or no longer is" "the same elements are read otherwise";

    // Other qualifiers.
    DeprecatedAdded "deprecated-added" Compatible Changed Restated
        "element became deprecated" "it must still be supported";
    DeprecatedChanged "deprecated-changed" Editorial Changed Reasoned
        "what replaces the deprecated element changed" "the element stays deprecated";
    DeprecatedRemoved "deprecated-removed" Compatible Changed Reasoned
        "element is no longer deprecated" "it stays";
    ExperimentalAdded "experimental-added" Breaking Changed Reasoned
        "element became experimental" "it may change from now on, and clients rely on it";
    ExperimentalRemoved "experimental-removed" Compatible Changed Restated
        "element is no longer experimental" "it will no longer change";
    VersionChanged "version-changed" Editorial Changed Reasoned
        "version changed" "it records other changes";
    DocumentationChanged "documentation-changed" Editorial Changed Reasoned
        "documentation changed" "it is for readers";
    SpellingChanged "spelling-changed" Editorial Changed Reasoned
        "name is spelled with other capitals" "names are compared without case (DSP0004 5.1)";
    QualifierRestated "qualifier-restated" Editorial Changed Reasoned
        "qualifier says what already held" "its value is the default";
    QualifierAdded "qualifier-added" Compatible Changed Reasoned
        "qualifier added" "no rule gives this qualifier a bearing on clients; its owner must judge";
    QualifierRemoved "qualifier-removed" Compatible Changed Reasoned
        "qualifier removed" "no rule gives this qualifier a bearing on clients; its owner must judge";
    QualifierChanged "qualifier-changed" Compatible Changed Reasoned
        "qualifier's value changed" "no rule gives this qualifier a bearing on clients; its owner must judge";
    QualifierFlavorChanged "qualifier-flavor-changed" Compatible Changed Reasoned
        "qualifier's flavors changed" "the value is the same; what subclasses see of it is a change of theirs";
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn ids_are_unique_and_readable() {
        let ids: HashSet<_> = Kind::ALL.iter().map(|kind| kind.as_str()).collect();
        assert_eq!(ids.len(), Kind::ALL.len());
        for kind in Kind::ALL {
            let id = kind.as_str();
            assert!(id.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{id}");
            assert!(!kind.title().is_empty() && !kind.reason().is_empty(), "{id}");
        }
    }
}
