//! The table of diagnostic codes.

use crate::lint::Lint;
use cimarron_model::{Dialect, Status};
use cimarron_schema::rules::Rule;
use std::fmt;
use std::str::FromStr;

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The declaration cannot be compiled.
    Error,
    /// It was compiled, though something is doubtful.
    Warning,
    /// For information.
    Note,
}

impl Severity {
    /// Every severity, the gravest first.
    pub const ALL: [Self; 3] = [Self::Error, Self::Warning, Self::Note];

    /// The word that output shows.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

macro_rules! codes {
    ($($number:literal $name:ident $severity:ident $status:ident $title:literal;)*) => {
        /// What kind of finding a diagnostic is. Codes are stable: a number is
        /// never given to another kind.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = concat!("`", $number, "`: ", $title)] $name,)*
            /// A rule on class declarations, `MOF0100` to `MOF0199`.
            Rule(Rule),
            /// A doubtful style, `MOF0500` to `MOF0599`.
            Lint(Lint),
        }

        impl Code {
            /// Every code but those of rules ([`Rule::ALL`]) and lints ([`Lint::ALL`]), in the
            /// order of their numbers.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The code as output shows it: `MOF0001`.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $number,)*
                    Self::Rule(rule) => rule.code(),
                    Self::Lint(lint) => lint.code(),
                }
            }

            /// What the code stands for, in a few words.
            pub const fn title(self) -> &'static str {
                match self {
                    $(Self::$name => $title,)*
                    Self::Rule(rule) => rule.title(),
                    Self::Lint(lint) => lint.title(),
                }
            }

            /// The severity unless the dialect or an option decides otherwise.
            pub const fn severity(self) -> Severity {
                match self {
                    $(Self::$name => Severity::$severity,)*
                    Self::Rule(rule) => match rule.is_error(Dialect::Dmtf) {
                        true => Severity::Error,
                        false => Severity::Warning,
                    },
                    Self::Lint(_) => Severity::Warning,
                }
            }

            /// The condition that front ends report.
            pub const fn status(self) -> Status {
                match self {
                    $(Self::$name => Status::$status,)*
                    Self::Rule(rule) => rule.status(),
                    Self::Lint(_) => Status::Failed,
                }
            }
        }
    };
}

codes! {
    // Sources
    "MOF0001" UnreadableFile Error InvalidMofFile "a file cannot be read";
    "MOF0002" Encoding Error InvalidMofFile "a text is not valid in its encoding";
    "MOF0003" IncludeNotFound Error InvalidIncludeFile "an included file does not exist";
    "MOF0004" IncludeCycle Error InvalidIncludeFile "files include each other in a circle";
    "MOF0005" SourceLimit Error QuotaViolation "the sources exceed a limit";
    "MOF0006" IncludeArgument Error InvalidIncludeFile "an include directive names no single file";
    "MOF0007" UnheededComment Warning NotSupported "a comment tells Cimarron what it cannot do";
    // Tokens
    "MOF0010" UnexpectedCharacter Error MofSyntax "a character has no meaning here";
    "MOF0011" UnclosedString Error MofSyntax "a string is not closed on its line";
    "MOF0012" UnknownEscape Error MofSyntax "an escape sequence is not one of MOF's";
    "MOF0013" MalformedNumber Error IllegalConstant "a number is malformed";
    "MOF0014" NumberTooLarge Error ConstantOutOfRange "a number fits no CIM type";
    "MOF0015" MalformedCharacter Error IllegalConstant "a character literal is not one UTF-16 code unit";
    "MOF0016" UnclosedComment Error MofSyntax "a comment is not closed";
    "MOF0017" UnknownDirective Error InvalidPragma "a line begins with # and is no directive";
    // Grammar
    "MOF0020" UnexpectedToken Error MofSyntax "the grammar wants something else here";
    "MOF0021" UnexpectedEnd Error MofSyntax "the text ends within a declaration";
    "MOF0022" MissingSemicolon Error ExpectedSemicolon "a declaration lacks its semicolon";
    "MOF0023" StraySemicolon Warning MofSyntax "a semicolon follows no declaration";
    "MOF0024" NestingTooDeep Error QuotaViolation "braces nest too deep";
    "MOF0025" UnknownFlavor Error InvalidFlavor "a flavor is unknown";
    "MOF0026" UnknownScope Error InvalidQualifierSyntax "a scope is unknown";
    "MOF0027" RepeatedClause Error MofSyntax "a clause is given twice";
    "MOF0028" Mof3Declaration Error TypeNotSupported "a declaration of MOF 3 stands in MOF 2";
    "MOF0029" ArraySize Error MofSyntax "an array size is out of range";
    "MOF0030" MisplacedBrackets Error MofSyntax "array brackets stand before the name";
    "MOF0031" UnknownType Error UnrecognizedType "a type is unknown";
    // Declarations. MOF0100 to MOF0199 are the rules on classes: `Rule`.
    "MOF0200" DuplicateClass Error AlreadyExists "a class is declared again";
    "MOF0201" DuplicateQualifierType Error AlreadyExists "a qualifier is declared again";
    "MOF0202" DuplicateQualifier Error DuplicateQualifier "a qualifier is written twice";
    "MOF0203" OverrideConflict Error IncompatibleOverrideFlavors "EnableOverride and DisableOverride stand together";
    "MOF0204" MissingScope Error InvalidQualifierSyntax "a qualifier declaration has no scope";
    "MOF0205" VoidType Error UnrecognizedType "void is a return type only";
    "MOF0206" MisspelledType Warning UnrecognizedType "a type looks misspelled";
    "MOF0207" PropagationConflict Error IncompatiblePropagationFlavors "propagation flavors contradict each other";
    "MOF0208" QualifierValue Error InvalidQualifierType "a qualifier's value is of a type that it cannot have";
    "MOF0209" WmiForm Error TypeNotSupported "a form of WMI's MOF stands in DMTF MOF";
    "MOF0210" DeprecatedFlavor Warning InvalidFlavor "a flavor is deprecated";
    "MOF0211" StandardQualifier Warning InvalidQualifierType "a standard qualifier is declared with another type";
    "MOF0212" TranslatableType Warning InvalidFlavor "a qualifier without text is translatable";
    "MOF0213" InstanceFlavor Warning InvalidFlavor "a qualifier of an instance goes to subclasses";
    // Values
    "MOF0220" TypeMismatch Error ConstantTypeMismatch "a value does not fit the type";
    "MOF0221" OutOfRange Error ConstantOutOfRange "a number is outside the range of the type";
    "MOF0222" UnexpectedArray Error UnexpectedArray "an array initialises what is none";
    "MOF0223" ArrayExpected Error ConstantTypeMismatch "one value initialises an array";
    "MOF0224" ArrayTooLong Error ConstantOutOfRange "an array has more or fewer elements than declared";
    "MOF0225" NullElement Error NullArrayElement "an array element is NULL";
    "MOF0226" InvalidDateTime Error IllegalConstant "a datetime is malformed";
    "MOF0227" InvalidPath Error InvalidObjectPath "an object path is malformed";
    "MOF0228" ValueLength Error ConstantOutOfRange "a string is longer or shorter than its property allows";
    "MOF0229" ValueBounds Error ConstantOutOfRange "a number is outside the limits of its property";
    // Aliases
    "MOF0230" UndefinedAlias Error UndefinedAlias "an alias is not defined";
    "MOF0231" DuplicateAlias Error DuplicateAlias "an alias is defined twice";
    "MOF0232" CircularAlias Error CircularValue "keys need each other through aliases";
    "MOF0233" MisplacedAlias Error UnexpectedAlias "an alias stands where none may";
    "MOF0234" AliasInEmbedded Error AliasInEmbeddedObject "an embedded object has an alias";
    "MOF0235" ValueNotMapped Warning ConstantOutOfRange "a value is not in its property's ValueMap";
    "MOF0236" ValueUnit Warning IllegalConstant "a value is no programmatic unit";
    "MOF0237" ValueOctets Warning IllegalConstant "a value is no string of octets";
    "MOF0238" PathKeys Error InvalidObjectPath "the keys of a path are not those of its class";
    "MOF0239" AliasCircle Error CircularValue "instances refer to each other through aliases";
    // Instances
    "MOF0240" UnknownClass Error InvalidClass "the class of an instance does not exist";
    "MOF0241" AbstractInstance Error AbstractClass "an abstract class has no instances";
    "MOF0242" UnknownProperty Error NoSuchProperty "the class has no such property";
    "MOF0243" DuplicateInitialiser Error DuplicateProperty "a property is initialised twice";
    "MOF0244" MissingKey Error IllegalNull "a key has no value";
    "MOF0245" NullKey Error IllegalNull "a key is NULL";
    "MOF0246" NoKey Error NoKey "a class without keys has no instances";
    "MOF0247" DuplicateInstance Error AlreadyExists "an instance is declared twice";
    "MOF0248" AmendmentInstance Error AmendmentClass "a class of localised qualifiers has no instances";
    "MOF0249" NullValue Error IllegalNull "a property that must have a value is NULL";
    "MOF0250" KeyText Error InvalidKeyText "the text of a key cannot stand in a path";
    "MOF0251" RequiredNull Error IllegalNull "a required property is NULL";
    "MOF0252" RequiredMissing Warning IllegalNull "a required property has no value";
    "MOF0253" EmbeddedOnly Error InvalidClass "a class has no instances of its own";
    "MOF0254" DeprecatedUse Warning InvalidParameter "an instance uses what is deprecated";
    "MOF0255" EmbeddedText Error IllegalConstant "the text of an embedded object is malformed";
    "MOF0256" EmbeddedClass Error ConstantTypeMismatch "an embedded object is of another class";
    "MOF0257" NoPropertyContext Warning InvalidQualifier "a dynamic property of an instance has no context";
    "MOF0258" PathTooLarge Error QuotaViolation "the references in a key make too large a path";
    "MOF0259" FilterQuery Error UnparsableQuery "the query of an event filter is none";
    // Directives
    "MOF0260" UnknownPragma Error InvalidPragma "a pragma is unknown";
    "MOF0261" DeleteClassArguments Error InvalidDeleteClassSyntax "deleteclass takes a class and FAIL or NOFAIL";
    "MOF0262" InvalidNamespace Error InvalidNamespaceSyntax "a namespace is malformed";
    "MOF0263" NothingToDelete Error ClassNotFound "there is nothing to delete";
    "MOF0264" IgnoredDirective Warning NotSupported "a directive has no effect here";
    "MOF0265" RemoteNamespace Error InvalidNamespaceSpecification "a namespace is on another server";
    "MOF0266" DeleteInstanceArguments Error InvalidDeleteInstanceSyntax "deleteinstance takes a path and FAIL or NOFAIL";
    "MOF0267" FlagArguments Error InvalidFlagsSyntax "update flags are unknown or contradict each other";
    "MOF0268" AmendmentArguments Error InvalidAmendmentSyntax "amendment takes a locale";
    "MOF0269" DuplicateAmendment Error DuplicateAmendment "a second amendment is named";
    // Updates
    "MOF0270" CreateOnlyExists Error AlreadyExists "createonly meets what is there already";
    "MOF0271" UpdateOnlyMissing Error NotFound "updateonly meets what is not there";
    "MOF0272" ClassHasChildren Error ClassHasChildren "a changed class has subclasses";
    "MOF0273" ClassHasInstances Error ClassHasInstances "a changed class has instances";
    "MOF0274" NamespaceName Error InvalidNamespaceSyntax "the name of a namespace is malformed";
    "MOF0275" SystemClass Error SystemClass "a system class cannot be deleted";
    "MOF0276" Unloadable Error Failed "a repository refuses what is declared";
    // MOF 3
    "MOF0400" Mof2Form Error TypeNotSupported "a form of MOF 2 stands in MOF 3";
    "MOF0401" DuplicateType Error AlreadyExists "a type is declared again";
    "MOF0402" SupertypeSort Error InvalidSuperclass "a type derives from one of a kind that it cannot derive from";
    "MOF0403" MethodInStructure Error InvalidParameter "a structure has a method";
    "MOF0404" LocalNameTaken Error AlreadyExists "a local type takes the name of another type";
    "MOF0405" TypeInPlaceOfValue Error UnrecognizedType "a type stands where it cannot be used";
    "MOF0406" KeyInStructure Warning CannotBeKey "a structure has a key";
    "MOF0410" EnumerationBase Error UnrecognizedType "an enumeration is based on what it cannot be";
    "MOF0411" CircularEnumeration Error CircularValue "an enumeration extends itself";
    "MOF0412" DuplicateElement Error AlreadyExists "a name of an enumeration is declared again";
    "MOF0413" DuplicateElementValue Error AlreadyExists "two names of an enumeration have one value";
    "MOF0414" MissingElementValue Error IllegalConstant "a name of an integer enumeration has no value";
    "MOF0415" ElementValue Error ConstantTypeMismatch "a value does not fit its enumeration";
    "MOF0416" TrailingComma Warning MofSyntax "a comma follows the last value of an enumeration";
    "MOF0420" UnknownElement Error IllegalConstant "an enumeration has no such name";
    "MOF0421" MisplacedElement Error ConstantTypeMismatch "a name of an enumeration stands where none may";
    "MOF0422" LiteralForElement Error ConstantTypeMismatch "a literal initialises an enumeration";
    "MOF0423" InvalidOctetString Error IllegalConstant "an octet string is malformed";
    "MOF0430" StructureInstance Error AbstractClass "a structure has no instances";
    "MOF0431" ValueWithoutAlias Error MofSyntax "a value is declared without an alias";
    "MOF0432" NestedInstance Warning MofSyntax "a nested value begins with instance";
    "MOF0433" ValueAsReference Error UnexpectedAlias "the alias of a value stands for a reference";
    "MOF0434" CircularValue Error CircularValue "a value holds itself";
    "MOF0435" ExpansionLimit Error QuotaViolation "written out, the text exceeds a limit";
    "MOF0436" RepeatedElement Error IllegalConstant "a set has an element twice";
    "MOF0440" PolicyCount Error InvalidQualifierSyntax "a policy is not one word";
    "MOF0441" MissingDefault Warning InvalidQualifierSyntax "a qualifier type has no default value";
}

impl Code {
    /// Every code, those of rules and lints included, in the order of their numbers.
    pub fn every() -> impl Iterator<Item = Self> {
        let mut codes: Vec<Self> = Self::ALL.to_vec();
        codes.extend(Rule::ALL.iter().copied().map(Self::Rule));
        codes.extend(Lint::ALL.iter().copied().map(Self::Lint));
        codes.sort_unstable_by_key(|code| code.as_str());
        codes.into_iter()
    }

    /// The number: 123 for `MOF0123`.
    pub fn number(self) -> u32 {
        self.as_str().trim_start_matches("MOF").parse().unwrap_or_default()
    }
}

/// No code is called this.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnknownCode {
    /// The text is not the form of a code.
    #[error("`{0}` is no diagnostic code: codes are written MOF0123")]
    Malformed(String),
    /// The form is right and nothing has the number.
    #[error("there is no diagnostic code MOF{0:04}")]
    Unused(u32),
}

impl UnknownCode {
    /// The codes whose numbers are nearest, in order; none for a malformed one.
    pub fn near(&self) -> Vec<Code> {
        let Self::Unused(number) = self else { return Vec::new() };
        let mut codes: Vec<Code> = Code::every().collect();
        codes.sort_by_key(|code| code.number().abs_diff(*number));
        codes.truncate(3);
        codes.sort_unstable_by_key(|code| code.number());
        codes
    }
}

impl FromStr for Code {
    type Err = UnknownCode;

    /// `MOF0123`, `mof0123`, `0123` and `123` are the same code.
    fn from_str(text: &str) -> Result<Self, UnknownCode> {
        let malformed = || UnknownCode::Malformed(text.to_owned());
        let prefixed = text.get(..3).filter(|prefix| prefix.eq_ignore_ascii_case("MOF"));
        let digits = prefixed.and(text.get(3..)).unwrap_or(text);
        if !(1..=4).contains(&digits.len()) || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(malformed());
        }
        let number = digits.parse().map_err(|_| malformed())?;
        Self::every().find(|code| code.number() == number).ok_or(UnknownCode::Unused(number))
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::{Code, UnknownCode};

    #[test]
    fn codes_are_read_in_every_spelling() {
        for text in ["MOF0012", "mof0012", "0012", "012", "12", "Mof12"] {
            assert_eq!(text.parse(), Ok(Code::UnknownEscape), "{text}");
        }
        for text in ["", "MOF", "MOF00123", "-1", "+12", "MOF 12", "12a", "MÖF0012", "mo"] {
            assert_eq!(text.parse::<Code>(), Err(UnknownCode::Malformed(text.to_owned())));
        }
        let unused = "MOF9999".parse::<Code>().unwrap_err();
        assert_eq!(unused, UnknownCode::Unused(9999));
        assert_eq!(unused.near().len(), 3);
        let near: Vec<_> = UnknownCode::Unused(18).near().iter().map(|c| c.number()).collect();
        assert_eq!(near, [16, 17, 20]);
    }

    #[test]
    fn numbers_rise_and_are_well_formed() {
        for pair in Code::ALL.windows(2) {
            assert!(pair[0].as_str() < pair[1].as_str(), "{} {}", pair[0], pair[1]);
        }
        for code in Code::ALL {
            let digits = code.as_str().strip_prefix("MOF").unwrap();
            assert!(digits.len() == 4 && digits.bytes().all(|b| b.is_ascii_digit()), "{code}");
        }
    }
}
