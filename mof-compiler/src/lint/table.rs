//! The table of lints.

use std::fmt;

/// Whether a lint runs unless somebody says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Normally {
    /// `cimarron lint` warns: the group `style`.
    Warn,
    /// Only on request, being a matter of taste: the group `pedantic`.
    Allow,
}

macro_rules! lints {
    ($($number:literal $name:ident $normally:ident $title:literal;)*) => {
        /// A doubtful style. Codes are stable: a number is never given to another lint.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Lint {
            $(#[doc = concat!("`", $number, "`: ", $title)] $name,)*
        }

        impl Lint {
            /// Every lint, in the order of their numbers.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The code as output shows it: `MOF0500`.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $number,)* }
            }

            /// What a finding is, in a few words.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }

            pub(crate) const fn normally(self) -> Normally {
                match self { $(Self::$name => Normally::$normally,)* }
            }
        }
    };
}

lints! {
    // Documentation
    "MOF0500" ClassWithoutDescription Warn "a class has no Description";
    "MOF0501" PropertyWithoutDescription Warn "a property or reference has no Description";
    "MOF0502" MethodWithoutDescription Warn "a method has no Description";
    "MOF0503" ParameterWithoutDescription Warn "a parameter has no Description";
    "MOF0504" MissingVersion Warn "a class has no Version";
    "MOF0505" MissingPackagePath Allow "a class has no UMLPackagePath";
    "MOF0506" HollowDescription Warn "a description says nothing";
    "MOF0507" OuterBlanks Warn "a description begins or ends with blanks";
    "MOF0508" JoinedWords Warn "two strings join without a blank";
    // Names
    "MOF0510" MissingSchemaPrefix Warn "a class name has no schema prefix";
    "MOF0511" ClassNameCase Warn "a class name is not in UpperCamelCase";
    "MOF0512" MemberNameCase Warn "a member's name is not in UpperCamelCase";
    "MOF0513" FileName Warn "a file is not named after its class";
    "MOF0514" SeveralClasses Allow "a file declares several classes";
    "MOF0515" OverrideSpelling Warn "an override spells the name differently";
    "MOF0516" MemberNamedAsClass Warn "a member repeats the name of its class";
    "MOF0517" MisspeltQualifier Warn "a qualifier has nearly the name of a known one";
    "MOF0518" MisspeltReference Warn "a reference leads to nearly the name of a class";
    // Values
    "MOF0520" ValueMapWithoutValues Warn "a ValueMap has no Values";
    "MOF0521" ValuesWithoutValueMap Warn "Values have no ValueMap";
    "MOF0523" LeadingZero Warn "a number with a leading zero is octal";
    "MOF0524" PlainOctets Allow "an array of octets does not say Octetstring";
    "MOF0525" UnitsWithoutPUnit Warn "Units stands without PUnit";
    "MOF0526" InexactKey Warn "a key is a datetime or a real";
    "MOF0527" KeyDefault Warn "a key has a default";
    "MOF0528" WritableKey Warn "a key is writable";
    // What has no effect
    "MOF0530" RedundantQualifier Warn "a qualifier repeats what holds without it";
    "MOF0531" RedundantFlavor Warn "a flavor repeats what holds without it";
    "MOF0532" IdleOverride Warn "an override changes nothing";
    "MOF0533" UnusedAlias Warn "an alias is not used";
    "MOF0534" UnusedQualifierType Allow "a qualifier is declared and not used";
    "MOF0535" RepeatedInclude Warn "a file includes another one twice";
    // Shape
    "MOF0540" AbstractLeaf Allow "an abstract class has no subclass";
    "MOF0541" TooManyParameters Warn "a method has too many parameters";
    "MOF0542" MissingDirection Allow "a parameter says neither In nor Out";
    "MOF0543" ClassWithoutKey Allow "a concrete class has no key";
}

impl fmt::Display for Lint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::Lint;

    #[test]
    fn numbers_rise_and_stay_among_the_lints() {
        for pair in Lint::ALL.windows(2) {
            assert!(pair[0].code() < pair[1].code(), "{} {}", pair[0], pair[1]);
        }
        assert!(Lint::ALL.iter().all(|lint| ("MOF0500"..="MOF0599").contains(&lint.code())));
    }
}
