//! What the grammars report: words with a fixed set of meanings, and
//! forms that are accepted only to be refused in plain words.

use super::ast::{
    ArraySuffix, DataType, Feature, Flavor, FlavorKind, Identifier, Integer, Qualifier, Scope,
    ScopeKind, TypeKind, Value,
};
use super::{include, mof3};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::source::{FileId, Span};
use cimarron_model::suggest;

/// The keywords that may name the type of a qualifier.
const TYPES: [&str; 14] = [
    "boolean", "string", "datetime", "char16", "uint8", "uint16", "uint32", "uint64", "sint8",
    "sint16", "sint32", "sint64", "real32", "real64",
];

/// What the grammars work with. They report here, as the sink is lent to the token
/// source; and nothing is reported that a mistake in the next token makes guesswork.
#[derive(Debug, Default)]
pub(crate) struct Reports<'a> {
    file: FileId,
    pub(crate) list: Vec<Diagnostic>,
    // The ends of lists that are still being read. What is cut off from them takes the
    // room that it needs, and grows nowhere else.
    pub(super) qualifiers: Vec<Qualifier<'a>>,
    pub(super) features: Vec<Feature<'a>>,
    pub(super) values: Vec<Value<'a>>,
}

impl<'a> Reports<'a> {
    /// Begins a declaration of a file: forgets what one with a mistake has left behind.
    pub(crate) fn begin(&mut self, file: FileId) {
        self.file = file;
        self.qualifiers.clear();
        self.features.clear();
        self.values.clear();
    }

    fn push(&mut self, code: Code, span: Span, message: String) -> &mut Diagnostic {
        self.list.push_mut(Diagnostic::new(code, self.file, span, message))
    }

    /// Reports a second clause of a kind.
    pub(super) fn repeated_clause(&mut self, keyword: Span) {
        self.push(Code::RepeatedClause, keyword, "this clause is given twice".to_owned()).help =
            Some("list all words in one clause, separated by commas".to_owned());
    }

    /// The policies that the words name, as flavors; unknown ones are reported.
    pub(super) fn policies(&mut self, words: Vec<Identifier<'_>>) -> Vec<Flavor> {
        let make = |span, kind: Policy| Flavor { span, kind: kind.0 };
        self.known(words, &Policy::ALL, |policy: Policy| policy.0.as_str(), make)
    }

    /// The scopes of MOF 3 that the words name; unknown ones are reported.
    pub(super) fn mof3_scopes(&mut self, words: Vec<Identifier<'_>>) -> Vec<mof3::ast::Scope> {
        let make = |span, kind| mof3::ast::Scope { span, kind };
        self.known(words, &mof3::ast::ScopeKind::ALL, mof3::ast::ScopeKind::as_str, make)
    }

    /// Reports `type name[]()`, which MOF 3 writes `type[] name()`.
    pub(super) fn misplaced_return_brackets(&mut self, span: Span) {
        let message = "array brackets stand behind the name of a method".to_owned();
        self.push(Code::MisplacedBrackets, span, message).help =
            Some("write them behind the return type: `string[] Name()`".to_owned());
    }

    /// Reports the size of an array, which MOF 3 has no more.
    pub(super) fn fixed_array(&mut self, _: Integer, span: Span) -> Option<u32> {
        let message = "arrays of MOF 3 have no size".to_owned();
        self.push(Code::Mof2Form, span, message).help =
            Some("write `[]`; the qualifiers MinSize and MaxSize bound the size".to_owned());
        None
    }

    /// Reports `Q : Flavor`, which MOF 3 leaves to the policy of the qualifier type.
    pub(super) fn flavors_at_use(&mut self, span: Span) {
        let message = "a qualifier of MOF 3 has no flavors where it is used".to_owned();
        self.push(Code::Mof2Form, span, message).help =
            Some("leave them out; the Policy of its declaration decides".to_owned());
    }

    /// Reports the qualifiers of an instance or of one of its values.
    pub(super) fn qualified_value(&mut self, span: Span) {
        let message = "instances and their values have no qualifiers in MOF 3".to_owned();
        self.push(Code::Mof2Form, span, message).help = Some("leave them out".to_owned());
    }

    /// Reports `name=value` behind what is no object path.
    pub(super) fn stray_key(&mut self, span: Span) {
        let message = "a key follows what is no object path".to_owned();
        let help =
            "end a value with `;`; only the keys of a path, `Class.Key=\"a\",Other=1`, have commas";
        self.push(Code::UnexpectedToken, span, message).help = Some(help.to_owned());
    }

    /// The flavors that the words name; unknown ones are reported and left out.
    #[inline]
    pub(crate) fn flavors(&mut self, words: Vec<Identifier<'_>>) -> Vec<Flavor> {
        // Most qualifiers have none.
        if words.is_empty() {
            return Vec::new();
        }
        self.known(words, &FlavorKind::ALL, FlavorKind::as_str, |span, kind| Flavor { span, kind })
    }

    /// Takes back what was said of flavors that end at an offset, where the declaration turned
    /// out to go on: the list that they stand in was not closed.
    pub(super) fn forget_flavors(&mut self, text: &str, mut end: u32) {
        while let Some(last) = self.list.last()
            && last.code == Code::UnknownFlavor
            && let Some(between) = text.get(last.span.end as usize..end as usize)
            && between.trim_end().is_empty()
        {
            end = self.list.pop().map_or(0, |last| last.span.start);
        }
    }

    /// The scopes that the words name; unknown ones are reported and left out.
    pub(crate) fn scopes(&mut self, words: Vec<Identifier<'_>>) -> Vec<Scope> {
        self.known(words, &ScopeKind::ALL, ScopeKind::as_str, |span, kind| Scope { span, kind })
    }

    fn known<K: WordKind, T>(
        &mut self,
        words: Vec<Identifier<'_>>,
        all: &[K],
        name: fn(K) -> &'static str,
        make: fn(Span, K) -> T,
    ) -> Vec<T> {
        let mut found = Vec::with_capacity(words.len());
        for word in words {
            let kind = all.iter().find(|kind| name(**kind).eq_ignore_ascii_case(word.text));
            match kind {
                Some(kind) => found.push(make(word.span, *kind)),
                None => {
                    let names = all.iter().map(|kind| name(*kind));
                    let message = format!("unknown {} `{}`", K::WHAT, word.text);
                    let near = names.clone().chain(K::NEARBY.iter().copied());
                    let help = did_you_mean(word.text, near).unwrap_or_else(|| {
                        let (own, of_wmi): (Vec<_>, Vec<_>) =
                            names.partition(|name| !K::OF_WMI.contains(name));
                        let known = format!("known are {}", own.join(", "));
                        if of_wmi.is_empty() {
                            known
                        } else {
                            format!("{known}, and in WMI's MOF {}", of_wmi.join(", "))
                        }
                    });
                    self.push(K::CODE, word.span, message).help = Some(help);
                }
            }
        }
        found
    }

    /// Reports a qualifier type that is none.
    pub(crate) fn unknown_type(
        &mut self,
        word: Identifier<'a>,
        array: Option<ArraySuffix>,
    ) -> DataType<'a> {
        let help = did_you_mean(word.text, TYPES)
            .unwrap_or_else(|| "qualifiers have intrinsic types such as string or boolean".into());
        let message = format!("unknown type `{}`", word.text);
        self.push(Code::UnknownType, word.span, message).help = Some(help);
        DataType { span: word.span, kind: TypeKind::Unknown, array }
    }

    /// Reports `type[] name`, which MOF 2 writes `type name[]`.
    pub(crate) fn misplaced_brackets(&mut self, span: Span, name: Identifier<'_>) {
        let message = "array brackets stand before the name".to_owned();
        self.push(Code::MisplacedBrackets, span, message).help =
            Some(format!("write them after the name: `{}[]`", name.text));
    }

    /// Warns of the backslashes that separate directories in the path of an include, as those
    /// of files made on Windows do.
    pub(crate) fn separators(&mut self, start: u32, path: &str) {
        for place in include::single_backslashes(path) {
            let span = Span::new(start + place.start, start + place.end);
            let message = "a single backslash separates directories here".to_owned();
            let found = self.push(Code::UnknownEscape, span, message);
            found.severity = Severity::Warning;
            found.help = Some(r"write / or \\, which every compiler reads so".to_owned());
        }
    }

    /// The size of an array; one that is out of range is reported.
    pub(crate) fn array_size(&mut self, size: Integer, span: Span) -> Option<u32> {
        let size = u32::try_from(size.value()).ok().filter(|n| *n > 0);
        if size.is_none() {
            let message = "the size of an array is out of range".to_owned();
            self.push(Code::ArraySize, span, message).help =
                Some(format!("give a size from 1 to {}, or none", u32::MAX));
        }
        size
    }
}

/// The advice for a word that is nearly one of the candidates.
pub(crate) fn did_you_mean<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    suggest::nearest(word, candidates).map(suggest::did_you_mean)
}

/// A closed set of words.
trait WordKind: Copy {
    /// What one is called.
    const WHAT: &'static str;
    /// The code for an unknown one.
    const CODE: Code;
    /// Further words that may have been meant.
    const NEARBY: &'static [&'static str];
    /// Those of them that WMI's MOF alone has.
    const OF_WMI: &'static [&'static str] = &[];
}

impl WordKind for FlavorKind {
    const WHAT: &'static str = "flavor";
    const CODE: Code = Code::UnknownFlavor;
    /// `Qualifier Q : strng;` reads as WMI's short form.
    const NEARBY: &'static [&'static str] = &TYPES;
    const OF_WMI: &'static [&'static str] = &["NotToSubclass", "NotToInstance", "Amended"];
}

/// A policy of MOF 3 (`policyKind`): one of three flavors.
#[derive(Clone, Copy)]
struct Policy(FlavorKind);

impl Policy {
    const ALL: [Self; 3] = [
        Self(FlavorKind::EnableOverride),
        Self(FlavorKind::DisableOverride),
        Self(FlavorKind::Restricted),
    ];
}

impl WordKind for Policy {
    const WHAT: &'static str = "policy";
    const CODE: Code = Code::UnknownFlavor;
    const NEARBY: &'static [&'static str] = &[];
}

impl WordKind for mof3::ast::ScopeKind {
    const WHAT: &'static str = "scope";
    const CODE: Code = Code::UnknownScope;
    const NEARBY: &'static [&'static str] = &[];
}

impl WordKind for ScopeKind {
    const WHAT: &'static str = "scope";
    const CODE: Code = Code::UnknownScope;
    const NEARBY: &'static [&'static str] = &[];
}
