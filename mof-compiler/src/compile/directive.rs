//! Compiler directives (DSP0004 7.11; WMI SDK, "Preprocessor commands").

use super::collect::Unit;
use super::{At, CompileOptions};
use crate::Code;
use crate::diagnostic::{Diagnostics, Severity};
use crate::syntax::ast::{Argument, Directive};
use cimarron_model::{Dialect, Name, ObjectPath, suggest};
use indexmap::IndexMap;

/// What the directives so far have set.
pub(crate) struct Directives {
    dialect: Dialect,
    namespace: Name,
    amended: bool,
}

impl Directives {
    pub(crate) fn new(options: &CompileOptions) -> Self {
        let namespace = Name::new(&options.namespace);
        Self { dialect: options.dialect, namespace, amended: false }
    }

    /// The namespace that declarations go to now.
    pub(crate) fn namespace(&self) -> Name {
        self.namespace.clone()
    }

    /// Follows one directive.
    pub(crate) fn obey<'a>(
        &mut self,
        at: At<'a, Directive<'a>>,
        units: &mut IndexMap<Name, Unit<'a>>,
        sink: &mut Diagnostics,
    ) {
        let name = at.node.name.text;
        match (name.to_ascii_lowercase().as_str(), self.dialect) {
            ("namespace", _) => self.set_namespace(at, sink),
            // The includes are expanded by the loader; locales change nothing about
            // a schema.
            ("include" | "locale" | "instancelocale", _) => {}
            ("source" | "nonlocal" | "sourcetype" | "nonlocaltype", _) => ignored(at, sink),
            ("autorecover", Dialect::Wmi) => {}
            ("classflags", Dialect::Wmi) => check_flags(at, &CLASS_FLAGS, sink),
            ("instanceflags", Dialect::Wmi) => check_flags(at, &INSTANCE_FLAGS, sink),
            ("deleteclass", Dialect::Wmi) => self.delete_class(at, units, sink),
            ("deleteinstance", Dialect::Wmi) => delete_instance(at, sink),
            ("amendment", Dialect::Wmi) => self.amend(at, sink),
            _ => self.unknown(at, sink),
        }
    }

    /// DSP0004: unknown pragmas are ignored. WMI: they are errors.
    fn unknown(&self, at: At<'_, Directive<'_>>, sink: &mut Diagnostics) {
        let message = format!("`#pragma {}` is unknown", at.node.name.text);
        let mut found = at.error(Code::UnknownPragma, at.node.name.span, message);
        found.help = suggest::nearest(at.node.name.text, WMI_PRAGMAS)
            .filter(|_| self.dialect == Dialect::Wmi)
            .map(|similar| format!("did you mean `{similar}`?"));
        sink.push(match self.dialect {
            Dialect::Wmi => found,
            Dialect::Dmtf => found.with_severity(Severity::Warning),
        });
    }

    /// `#pragma amendment("MS_409")`: qualifiers that are amended belong to a locale.
    fn amend(&mut self, at: At<'_, Directive<'_>>, sink: &mut Diagnostics) {
        let locale = argument(at, 0).filter(|locale| is_locale(&locale.text));
        if locale.is_none() || argument(at, 1).is_some() {
            let message = "`#pragma amendment` takes one locale";
            let found = at.error(Code::AmendmentArguments, at.node.span, message);
            sink.push(found.with_help("write #pragma amendment(\"MS_409\")"));
        } else if std::mem::replace(&mut self.amended, true) {
            let message = "there is an amendment already";
            sink.push(at.error(Code::DuplicateAmendment, at.node.span, message));
        } else {
            ignored(at, sink);
        }
    }

    fn set_namespace(&mut self, at: At<'_, Directive<'_>>, sink: &mut Diagnostics) {
        let Some(argument) = argument(at, 0) else {
            let message = "`#pragma namespace` names no namespace";
            let help = "write #pragma namespace(\"\\\\\\\\.\\\\root\\\\cimv2\")";
            let found = at.error(Code::InvalidNamespace, at.node.span, message);
            sink.push(found.with_help(help));
            return;
        };
        match parse_namespace(&argument.text) {
            Ok(namespace) => self.namespace = Name::from(namespace),
            Err((code, problem)) => sink.push(at.error(code, argument.span, problem)),
        }
    }

    /// `#pragma deleteclass("C", FAIL | NOFAIL)`: forgets a class declared above,
    /// what derives from it and the instances of all these (WMI SDK, "pragma
    /// deleteclass").
    fn delete_class<'a>(
        &self,
        at: At<'a, Directive<'a>>,
        units: &mut IndexMap<Name, Unit<'a>>,
        sink: &mut Diagnostics,
    ) {
        let (Some(class), Some(must_exist)) = (argument(at, 0), fails_when_missing(at)) else {
            let message = "`#pragma deleteclass` takes a class name and FAIL or NOFAIL";
            sink.push(at.error(Code::DeleteClassArguments, at.node.span, message));
            return;
        };
        let unit = units.entry(self.namespace()).or_default();
        let deleted = unit.delete_class(&class.text);
        if !deleted && must_exist {
            let message = format!("there is no class `{}` to delete", class.text);
            sink.push(at.error(Code::NothingToDelete, class.span, message));
        }
    }
}

/// The directives that WMI knows (WMI SDK, "#pragma") and those of DSP0004 that
/// schemas for both use.
const WMI_PRAGMAS: [&str; 10] = [
    "amendment",
    "autorecover",
    "classflags",
    "deleteclass",
    "deleteinstance",
    "include",
    "instanceflags",
    "instancelocale",
    "locale",
    "namespace",
];

const CLASS_FLAGS: [&str; 4] = ["createonly", "updateonly", "safeupdate", "forceupdate"];

const INSTANCE_FLAGS: [&str; 2] = ["createonly", "updateonly"];

fn argument<'a>(at: At<'a, Directive<'a>>, index: usize) -> Option<&'a Argument<'a>> {
    at.node.arguments.as_ref().and_then(|a| a.get(index))
}

fn ignored(at: At<'_, Directive<'_>>, sink: &mut Diagnostics) {
    let message = format!("`#pragma {}` has no effect on a schema", at.node.name.text);
    sink.push(at.error(Code::IgnoredDirective, at.node.span, message));
}

/// Whether the second argument is FAIL; `None` when it is not NOFAIL either.
fn fails_when_missing(at: At<'_, Directive<'_>>) -> Option<bool> {
    let word = &argument(at, 1).filter(|_| argument(at, 2).is_none())?.text;
    let is = |flag: &str| word.eq_ignore_ascii_case(flag);
    is("FAIL").then_some(true).or_else(|| is("NOFAIL").then_some(false))
}

/// Checks the update flags, which come in one string or in several. They say how
/// to change what is there, and nothing about a schema that is made from nothing.
fn check_flags(at: At<'_, Directive<'_>>, known: &[&str], sink: &mut Diagnostics) {
    let arguments = at.node.arguments.as_deref().unwrap_or_default();
    let words = arguments.iter().flat_map(|a| a.text.split(',').map(str::trim));
    let words: Vec<String> = words.map(str::to_ascii_lowercase).collect();
    let has = |word: &str| words.iter().any(|w| w == word);
    let unknown = words.iter().find(|w| !known.contains(&w.as_str()));
    let problem = if words.is_empty() {
        "there is no flag".to_owned()
    } else if let Some(unknown) = unknown {
        format!("the flag `{unknown}` is unknown")
    } else if has("createonly") && has("updateonly") {
        "`createonly` contradicts `updateonly`".to_owned()
    } else {
        return;
    };
    let found = at.error(Code::FlagArguments, at.node.span, problem);
    sink.push(found.with_help(format!("known are {}", known.join(", "))));
}

/// `#pragma deleteinstance("path", FAIL | NOFAIL)`: checked, and then said to have
/// no effect, for a text makes its schema from nothing.
fn delete_instance(at: At<'_, Directive<'_>>, sink: &mut Diagnostics) {
    let path = argument(at, 0).and_then(|path| ObjectPath::parse(&path.text).ok());
    if path.is_none_or(|path| !path.is_instance()) || fails_when_missing(at).is_none() {
        let message = "`#pragma deleteinstance` takes an instance's path and FAIL or NOFAIL";
        sink.push(at.error(Code::DeleteInstanceArguments, at.node.span, message));
        return;
    }
    ignored(at, sink);
}

/// `MS_` and the hexadecimal number of a language.
fn is_locale(text: &str) -> bool {
    let number = text.get(..3).filter(|p| p.eq_ignore_ascii_case("ms_")).and(text.get(3..));
    number.is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// `\\.\root\cimv2`, `//./root/cimv2` and `root/cimv2` as `root/cimv2`.
pub(super) fn parse_namespace(text: &str) -> Result<String, (Code, String)> {
    let slashes = text.replace('\\', "/");
    let local = match slashes.strip_prefix("//") {
        Some(rest) => {
            let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
            let here = host == "." || host.eq_ignore_ascii_case("localhost");
            if !here {
                let problem = format!("the namespace is on another server, `{host}`: use `.`");
                return Err((Code::RemoteNamespace, problem));
            }
            path
        }
        None => slashes.as_str(),
    };
    let parts: Vec<&str> = local.trim_matches('/').split('/').collect();
    if parts.iter().any(|p| p.is_empty() || p.contains([':', '"', '='])) {
        let problem = format!("`{text}` is not a namespace: write root/cimv2");
        return Err((Code::InvalidNamespace, problem));
    }
    Ok(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::parse_namespace;

    #[test]
    fn namespaces_in_every_spelling() {
        for (text, expected) in [
            (r"\\.\root\cimv2", Some("root/cimv2")),
            ("//./root/cimv2", Some("root/cimv2")),
            ("//localhost/root", Some("root")),
            (r"root\Default", Some("root/Default")),
            ("/root/cimv2/", Some("root/cimv2")),
            (r"\\server\root", None),
            ("", None),
            ("root//x", None),
            ("root:x", None),
        ] {
            assert_eq!(parse_namespace(text).ok().as_deref(), expected, "{text}");
        }
    }
}
