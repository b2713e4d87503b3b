//! The table of rules.

use cimarron_model::Status;
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
    // Qualifiers
    "MOF0160" UndeclaredQualifier UndeclaredQualifier "a qualifier is not declared";
    "MOF0161" QualifierScope QualifierOutOfScope "a qualifier stands outside its scope";
    "MOF0162" QualifierNotOverridable OverrideNotAllowed "a qualifier that must not be overridden is";
    "MOF0163" ReservedQualifier ReservedQualifier "a qualifier is made by the engine alone";
    "MOF0164" QualifierNameTooLong QualifierNameTooLong "a qualifier name is too long";
    "MOF0165" QualifierNeverFalse InvalidQualifier "a qualifier that can only be TRUE is not";
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
