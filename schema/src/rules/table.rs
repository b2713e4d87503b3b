//! The table of rules.

use cimarron_model::{Dialect, Status};
use std::fmt;

macro_rules! rules {
    ($($number:literal $name:ident $status:ident $title:literal;)*) => {
        /// A rule. Codes are stable: a number is never given to another rule.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Rule {
            $(#[doc = concat!("`", $number, "`: ", $title)] $name,)*
        }

        impl Rule {
            /// Every rule, in the order of their numbers.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The code as output shows it: `MOF0100`.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $number,)* }
            }

            /// What a violation is, in a few words.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }

            /// The condition that front ends report.
            pub const fn status(self) -> Status {
                match self { $(Self::$name => Status::$status,)* }
            }
        }
    };
}

rules! {
    // Classes
    "MOF0100" MissingSuperclass InvalidSuperclass "the superclass does not exist";
    "MOF0101" CircularSuperclass CircularReference "a class is its own superclass";
    "MOF0102" TerminalSuperclass TerminalSuperclass "the superclass is terminal";
    "MOF0103" HierarchyTooDeep QuotaViolation "too many classes above each other";
    "MOF0104" InvalidClassName InvalidName "a class name is malformed";
    "MOF0105" ClassNameTooLong ClassNameTooLong "a class name is too long";
    "MOF0106" TooManyProperties TooManyProperties "a class has too many properties";
    "MOF0107" AssociationAndIndication InvalidAssociation "a class is both association and indication";
    "MOF0108" AssociationUnderClass InvalidAssociation "an association derives from a class that is none";
    "MOF0109" TooFewReferences InvalidAssociation "an association has fewer than two references";
    "MOF0110" ReferenceOutsideAssociation InvalidAssociation "a reference stands outside an association";
    "MOF0111" AbstractUnderConcrete CannotBeAbstract "an abstract class derives from a concrete one";
    "MOF0112" SingletonWithKey CannotBeSingleton "a singleton has a key";
    "MOF0113" SingletonUnderClass CannotBeSingleton "a singleton derives from a class that is none";
    "MOF0114" TerminalAbstract InvalidParameter "a class is both terminal and abstract";
    "MOF0115" LeadingUnderscore LeadingUnderscore "a class name begins with an underscore";
    "MOF0116" TrailingUnderscore TrailingUnderscore "a class name ends with an underscore";
    "MOF0117" StaticUnderDynamic InvalidQualifier "a static class derives from a dynamic one";
    "MOF0118" TooManyKeys CannotBeKey "a class has too many keys";
    "MOF0119" VersionForm InvalidParameter "a version is not major.minor.update";
    // Properties
    "MOF0120" DuplicateProperty DuplicateProperty "a property is declared twice";
    "MOF0121" RedeclaredWithoutOverride InvalidOverride "a member is redeclared without Override";
    "MOF0122" OverrideTarget InvalidOverride "an Override names nothing to override";
    "MOF0123" PropertyTypeChanged PropertyTypeChanged "an override changes a property's type";
    "MOF0124" ReferenceWidened InvalidReferenceClass "an override widens a reference's class";
    "MOF0125" NewKeyInSubclass CannotBeKey "a subclass of a keyed class adds a key";
    "MOF0126" KeyType CannotBeKey "a property of this type cannot be a key";
    "MOF0127" UnknownReferenceClass InvalidReferenceClass "the class of a reference does not exist";
    "MOF0128" UnknownEmbeddedClass InvalidReferenceClass "the class of an embedded object does not exist";
    "MOF0129" KeyInheritanceChanged CannotChangeKeyInheritance "an override drops the key";
    "MOF0130" InvalidMemberName InvalidName "a member's name is malformed";
    "MOF0131" PropertyNameTooLong PropertyNameTooLong "a property or parameter name is too long";
    "MOF0132" SharedMemberName InvalidParameter "a property and a method have one name";
    "MOF0133" StaticOverride InvalidOverride "a static member overrides one that is not";
    "MOF0134" EndAdded InvalidAssociation "a subclass of an association adds an end";
    "MOF0135" DeprecatedUse InvalidParameter "what is not deprecated uses what is";
    "MOF0136" SecondEnd InvalidAssociation "a second end has a role that one end has";
    "MOF0137" AggregationIncomplete InvalidAssociation "an aggregation lacks a part of its description";
    "MOF0138" WeakWithoutKeys InvalidAssociation "a weak end depends on a class without keys";
    "MOF0139" KindsExclude InvalidParameter "a class is of kinds that exclude each other";
    // Methods
    "MOF0140" DuplicateMethod InvalidParameter "a method is declared twice";
    "MOF0141" DuplicateParameter DuplicateParameter "a parameter is declared twice";
    "MOF0142" MethodSignatureChanged MethodSignatureChanged "an override changes a method's signature";
    "MOF0143" ArrayReturned ArrayReturned "a method returns an array";
    "MOF0144" ReservedParameterName ReservedParameterName "a parameter is named ReturnValue";
    "MOF0145" MethodNameTooLong MethodNameTooLong "a method name is too long";
    "MOF0146" ParameterWithoutDirection ParameterWithoutDirection "a parameter is neither In nor Out";
    "MOF0147" InvalidParameterId InvalidParameterId "a parameter's ID is not one";
    "MOF0148" NonconsecutiveParameterIds NonconsecutiveParameterIds "the IDs of parameters leave a gap or repeat";
    "MOF0149" ParameterPassesNothing InvalidParameter "a parameter passes nothing in and nothing out";
    "MOF0150" DirectionChanged MethodSignatureChanged "an override changes a parameter's direction";
    // More on classes and their members
    "MOF0151" KindChanged InvalidParameter "a class is of another kind than its superclass";
    "MOF0152" NoSchemaName InvalidName "a class name names no schema";
    "MOF0153" PackagePath InvalidParameter "a UML package path is not of the class's schema";
    "MOF0154" ExperimentalDeprecated InvalidParameter "an element is experimental and deprecated";
    "MOF0155" PropagatedWithoutKey InvalidParameter "a propagated property is no key";
    "MOF0156" PropagatedTarget InvalidParameter "Propagated names no key property";
    "MOF0157" PropagatedType InvalidParameter "a propagated key has another type than its source";
    "MOF0158" DynamicWithoutProvider InvalidQualifier "a dynamic class names no provider";
    // Qualifiers
    "MOF0160" UndeclaredQualifier UndeclaredQualifier "a qualifier is not declared";
    "MOF0161" QualifierScope QualifierOutOfScope "a qualifier stands outside its scope";
    "MOF0162" QualifierNotOverridable OverrideNotAllowed "a qualifier that must not be overridden is";
    "MOF0163" ReservedQualifier ReservedQualifier "a qualifier is made by the engine alone";
    "MOF0164" QualifierNameTooLong QualifierNameTooLong "a qualifier name is too long";
    "MOF0165" QualifierNeverFalse InvalidQualifier "a qualifier that can only be TRUE is not";
    "MOF0166" ArrayTypeOfScalar InvalidParameter "ArrayType, MinSize or MaxSize stands on what is no array";
    "MOF0167" LengthOfNonText InvalidParameter "MinLen or MaxLen stands on what is no string";
    "MOF0168" BoundOfNonNumber InvalidParameter "MinValue or MaxValue stands on what is no number";
    "MOF0169" CounterType InvalidParameter "Counter or Gauge stands on what counts nothing";
    "MOF0170" OctetStringType InvalidParameter "OctetString stands on what holds no octets";
    "MOF0171" TextQualifierType InvalidParameter "a qualifier about strings stands on no string";
    "MOF0172" UnitOfNonNumber InvalidParameter "PUnit stands on what is no number";
    "MOF0173" MapType InvalidParameter "a map of values stands on a type without one";
    "MOF0174" ValuesCount InvalidParameter "a map and its texts have different lengths";
    "MOF0175" ValueMapEntry InvalidParameter "an entry of a ValueMap is no value of the type";
    "MOF0176" ValueMapRepeats InvalidParameter "a map of values has a value twice";
    "MOF0177" BitMapEntry InvalidParameter "an entry of a BitMap is no bit of the type";
    "MOF0178" LimitsContradict InvalidParameter "a lower limit is above the upper one";
    "MOF0179" BoundOutOfRange InvalidParameter "a limit is outside the range of the type";
    "MOF0180" LimitWidened InvalidOverride "an override widens a limit";
    "MOF0181" UnitSyntax InvalidParameter "a programmatic unit is malformed";
    "MOF0182" UnknownUnit InvalidParameter "a base unit is unknown";
    "MOF0183" QualifierWord InvalidParameter "a qualifier's value is none of its words";
    "MOF0184" NullValueForm InvalidParameter "a NullValue is no value of the type";
    "MOF0185" CounterAndGauge InvalidParameter "an element is both counter and gauge";
    "MOF0186" EmbeddedTwice InvalidParameter "an element is an embedded object in two ways";
    "MOF0187" ValuesOfText InvalidParameter "a string has Values and no ValueMap";
    "MOF0188" QualifierPair InvalidQualifier "a qualifier stands without the one that it needs";
    "MOF0189" ConstraintForm InvalidParameter "a constraint does not say what it is";
    "MOF0190" ElementForm InvalidParameter "a qualifier's value is not of the form that it has";
    "MOF0191" FlagType InvalidQualifierType "a qualifier that is TRUE or FALSE is something else";
    "MOF0192" SubType InvalidQualifier "SubType says nothing about what it stands on";
    "MOF0193" DeprecatedQualifier InvalidQualifier "a qualifier is deprecated";
    "MOF0194" IdOnReturnValue ParameterIdOnReturnValue "a return value has an ID";
    "MOF0195" ExclusiveQualifiers InvalidQualifier "two qualifiers exclude each other";
    "MOF0196" QualifierUnderscore InvalidQualifier "a qualifier name begins or ends with an underscore";
}

impl Rule {
    /// Whether breaking the rule refuses the declaration. What WMI does not look at
    /// is doubtful there, no more.
    pub const fn is_error(self, dialect: Dialect) -> bool {
        match self {
            Self::VersionForm
            | Self::SharedMemberName
            | Self::EndAdded
            | Self::DeprecatedUse
            | Self::WeakWithoutKeys
            | Self::ParameterPassesNothing
            | Self::NoSchemaName
            | Self::PackagePath
            | Self::DynamicWithoutProvider
            | Self::UnknownUnit
            | Self::CounterAndGauge
            | Self::ConstraintForm
            | Self::ElementForm
            | Self::SubType
            | Self::FlagType
            | Self::DeprecatedQualifier
            | Self::QualifierPair
            | Self::ExclusiveQualifiers
            // The DMTF's own schema breaks these.
            | Self::BoundOfNonNumber
            | Self::OctetStringType
            | Self::UnitOfNonNumber
            | Self::ValueMapRepeats
            | Self::UnitSyntax => false,
            Self::TooFewReferences
            | Self::ReferenceWidened
            | Self::StaticOverride
            | Self::SecondEnd
            | Self::AggregationIncomplete
            | Self::KindsExclude
            | Self::DirectionChanged
            | Self::KindChanged
            | Self::ExperimentalDeprecated
            | Self::PropagatedWithoutKey
            | Self::PropagatedTarget
            | Self::PropagatedType
            | Self::ArrayTypeOfScalar
            | Self::LengthOfNonText
            | Self::CounterType
            | Self::TextQualifierType
            | Self::MapType
            | Self::ValuesCount
            | Self::ValueMapEntry
            | Self::BitMapEntry
            | Self::LimitsContradict
            | Self::BoundOutOfRange
            | Self::LimitWidened
            | Self::QualifierWord
            | Self::NullValueForm
            | Self::EmbeddedTwice
            | Self::ValuesOfText => !matches!(dialect, Dialect::Wmi),
            _ => true,
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::Rule;

    #[test]
    fn numbers_rise() {
        for pair in Rule::ALL.windows(2) {
            assert!(pair[0].code() < pair[1].code(), "{} {}", pair[0], pair[1]);
        }
    }
}
