//! Compiler directives (DSP0004 7.11; WMI SDK, "Preprocessor commands").

use super::collect::Collected;
use super::reference::leads_here;
use super::system::{SystemClasses, namespace_at};
use super::unit::{Item, Removal};
use super::update::{Deletion, DeletionTarget, UpdateFlags};
use super::{At, Base, CompileOptions};
use crate::diagnostic::{Diagnostics, Severity};
use crate::source::Span;
use crate::syntax::ast::{Argument, Directive, DirectiveForm};
use crate::{Code, Language};
use cimarron_model::{Dialect, Name, ObjectPath, fold, suggest};
use cimarron_schema::locale_name;

/// What the directives of a file have set so far.
pub(crate) struct Directives<'b> {
    dialect: Dialect,
    language: Language,
    base: &'b dyn Base,
    system: SystemClasses,
    namespace: Name,
    splits: bool,
    amended: bool,
    /// The flags that classes get now.
    pub(crate) class_flags: UpdateFlags,
    /// The flags that instances get now.
    pub(crate) instance_flags: UpdateFlags,
}

impl<'b> Directives<'b> {
    pub(crate) fn new(options: &CompileOptions, base: &'b dyn Base) -> Self {
        Self {
            dialect: options.dialect,
            language: options.language,
            base,
            system: SystemClasses::default(),
            namespace: Name::new(&options.namespace),
            splits: options.splits,
            amended: false,
            class_flags: options.class_flags,
            instance_flags: options.instance_flags,
        }
    }

    /// The namespace that declarations go to now.
    pub(crate) fn namespace(&self) -> Name {
        self.namespace.clone()
    }

    /// Follows one directive, which stands at `order` in the text.
    pub(crate) fn obey<'a>(
        &mut self,
        at: At<'a, Directive<'a>>,
        order: usize,
        collected: &mut Collected<'a>,
        sink: &mut Diagnostics,
    ) {
        let name = at.node.name.text;
        let mut takes_this = true;
        if self.dialect == Dialect::Dmtf {
            takes_this = one_string(at, self.language, sink);
            if self.language == Language::Mof2 && at.node.form == DirectiveForm::Include {
                let message = "DMTF MOF includes files by a pragma";
                let found = at.error(Code::WmiForm, at.node.name.span, message);
                sink.push(found.with_help("write #pragma include (\"...\")"));
            }
        }
        match (name.to_ascii_lowercase().as_str(), self.dialect) {
            ("namespace", _) => self.set_namespace(at, sink),
            // The includes are expanded by the loader; locales change nothing about
            // a schema.
            ("include" | "locale" | "instancelocale", _) => {}
            ("source" | "nonlocal" | "sourcetype" | "nonlocaltype", _) => ignored(at, sink),
            // Says when the file is to be compiled, not what it means.
            ("autorecover", Dialect::Wmi) => collected.changes.autorecover = true,
            ("classflags", Dialect::Wmi) => {
                set_flags(at, &UpdateFlags::CLASS, &mut self.class_flags, sink);
            }
            ("instanceflags", Dialect::Wmi) => {
                set_flags(at, &UpdateFlags::INSTANCE, &mut self.instance_flags, sink);
            }
            ("deleteclass", Dialect::Wmi) => self.delete_class(at, order, collected, sink),
            ("deleteinstance", Dialect::Wmi) => self.delete_instance(at, order, collected, sink),
            ("amendment", Dialect::Wmi) => self.amend(at, collected, sink),
            // What is wrong with its form is reported, and says which directive it is.
            _ if !takes_this => {}
            _ => self.unknown(at, sink),
        }
    }

    /// DSP0004: unknown pragmas are ignored. WMI: they are errors.
    fn unknown(&self, at: At<'_, Directive<'_>>, sink: &mut Diagnostics) {
        let message = format!("`#pragma {}` is unknown", at.node.name.text);
        let mut found = at.error(Code::UnknownPragma, at.node.name.span, message);
        let name = at.node.name.text;
        let known: &[&str] = match self.dialect {
            Dialect::Wmi => &WMI_PRAGMAS,
            Dialect::Dmtf => &DMTF_PRAGMAS,
        };
        found.help = if WMI_PRAGMAS.iter().any(|of_wmi| fold::eq(of_wmi, name)) {
            Some("it is one of WMI's: say --dialect wmi if this is MOF for WMI".to_owned())
        } else {
            suggest::nearest(name, known.iter().copied()).map(suggest::did_you_mean)
        };
        sink.push(match self.dialect {
            Dialect::Wmi => found,
            Dialect::Dmtf => found.with_severity(Severity::Warning),
        });
    }

    /// `#pragma amendment("MS_409")`: qualifiers that are amended belong to a locale.
    fn amend(
        &mut self,
        at: At<'_, Directive<'_>>,
        collected: &mut Collected<'_>,
        sink: &mut Diagnostics,
    ) {
        let locale = argument(at, 0).and_then(|locale| locale_name(&locale.text));
        let Some(locale) = locale.filter(|_| argument(at, 1).is_none()) else {
            let message = "`#pragma amendment` takes one locale";
            let found = at.error(Code::AmendmentArguments, at.node.span, message);
            sink.push(found.with_help("write #pragma amendment(\"MS_409\")"));
            return;
        };
        let before = collected.changes.amendment.as_deref();
        let differs = before.is_some_and(|before| before != locale);
        if std::mem::replace(&mut self.amended, true) || differs {
            let message = "there is an amendment already";
            sink.push(at.error(Code::DuplicateAmendment, at.node.span, message));
            return;
        }
        collected.changes.amendment = Some(locale);
        if !self.splits {
            let message =
                "`#pragma amendment` says how to split the text, and no parts are asked for";
            let found = at.error(Code::IgnoredDirective, at.node.span, message);
            sink.push(found.with_help("write both parts with --emit-mof and --emit-mfl"));
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
        // To the DMTF any standard directive has one string, which has been said.
        if let Some(second) = self::argument(at, 1).filter(|_| self.dialect == Dialect::Wmi) {
            let message = "`#pragma namespace` takes one namespace";
            sink.push(at.error(Code::InvalidNamespace, second.span, message));
        }
        match parse_namespace(&argument.text) {
            Ok(namespace) => self.namespace = Name::from(namespace),
            // What is wrong with the text are its escapes, which has been reported.
            Err(_) if has_unknown_escape(at, argument.span, sink) => {}
            Err((code, problem)) => sink.push(at.error(code, argument.span, problem)),
        }
    }

    /// `#pragma deleteclass("C", FAIL | NOFAIL)`: deletes a class that is there or was
    /// declared above, what derives from it and the instances of all these (WMI SDK,
    /// "pragma deleteclass").
    fn delete_class<'a>(
        &self,
        at: At<'a, Directive<'a>>,
        order: usize,
        collected: &mut Collected<'a>,
        sink: &mut Diagnostics,
    ) {
        let (Some(class), Some(must_exist)) = (argument(at, 0), fails_when_missing(at)) else {
            let message = "`#pragma deleteclass` takes a class name and FAIL or NOFAIL";
            sink.push(at.error(Code::DeleteClassArguments, at.node.span, message));
            return;
        };
        if !Name::is_identifier(&class.text, self.dialect) {
            let message = format!("`{}` is not the name of a class", class.text);
            let found = at.error(Code::DeleteClassArguments, class.span, message);
            let help = "the class is one of the current namespace, without a path";
            sink.push(found.with_help(help));
            return;
        }
        if self.system.has(self.namespace.as_str(), &class.text) {
            let message = format!("`{}` is a system class and cannot be deleted", class.text);
            sink.push(at.error(Code::SystemClass, class.span, message));
            return;
        }
        let name = Name::new(&*class.text);
        let unit = collected.units.entry(self.namespace()).or_default();
        let declared = unit.delete_class(&class.text, order);
        let there = !unit.deleted.contains_key(&name)
            && !collected.gone.has(self.namespace.as_str())
            && self.base.class(self.namespace.as_str(), &class.text).is_some();
        if !declared && !there && must_exist {
            let message = format!("there is no class `{}` to delete", class.text);
            sink.push(at.error(Code::NothingToDelete, class.span, message));
        }
        unit.deleted.insert(name.clone(), order);
        collected.changes.deletions.push(Deletion {
            namespace: self.namespace(),
            target: DeletionTarget::Class(name),
            must_exist: must_exist && there,
        });
    }

    /// `#pragma deleteinstance("path", FAIL | NOFAIL)`. Which instance of the text it names
    /// is found when their keys are known.
    fn delete_instance<'a>(
        &self,
        at: At<'a, Directive<'a>>,
        order: usize,
        collected: &mut Collected<'a>,
        sink: &mut Diagnostics,
    ) {
        let path = argument(at, 0).and_then(|path| ObjectPath::parse(&path.text).ok());
        let path =
            path.filter(|path| path.is_instance() && leads_here(path, self.namespace.as_str()));
        let (Some(path), Some(must_exist)) = (path, fails_when_missing(at)) else {
            let message = "`#pragma deleteinstance` takes an instance's path and FAIL or NOFAIL";
            let help = "the instance is one of the current namespace: Class.Key=\"value\"";
            let found = at.error(Code::DeleteInstanceArguments, at.node.span, message);
            sink.push(found.with_help(help));
            return;
        };
        let path = ObjectPath { host: None, namespace: None, ..path };
        if let Some(gone) = namespace_at(&self.namespace, &path) {
            collected.bury_namespace(gone);
        }
        let unit = collected.units.entry(self.namespace()).or_default();
        unit.add_item(Item::Deleted(Removal { at, path, must_exist, order }));
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

/// The directives of DSP0004 (7.1, 7.11).
const DMTF_PRAGMAS: [&str; 8] = [
    "include",
    "instancelocale",
    "locale",
    "namespace",
    "nonlocal",
    "nonlocaltype",
    "source",
    "sourcetype",
];

fn argument<'a>(at: At<'a, Directive<'a>>, index: usize) -> Option<&'a Argument<'a>> {
    at.node.arguments.as_ref().and_then(|a| a.get(index))
}

/// Whether an escape in a text was reported.
fn has_unknown_escape(at: At<'_, Directive<'_>>, span: Span, sink: &Diagnostics) -> bool {
    let within = |place: Span| span.start <= place.start && place.end <= span.end;
    let mut found = sink.as_slice().iter();
    found.any(|d| d.code == Code::UnknownEscape && d.file == at.file && within(d.span))
}

/// DSP0004 Annex A, pragmaParameter: a standard directive has one argument, which is a
/// string; in MOF 3 any directive (DSP0221 7.3). Of includes the loader says so, and whoever
/// wants a namespace that there is none. Says whether it found nothing.
fn one_string(at: At<'_, Directive<'_>>, language: Language, sink: &mut Diagnostics) -> bool {
    let name = at.node.name.text;
    let is = |known: &[&str]| known.iter().any(|known| fold::eq(known, name));
    let is_judged = is(&DMTF_PRAGMAS) || (language == Language::Mof3 && !is(&WMI_PRAGMAS));
    if !is_judged || fold::eq(name, "include") {
        return true;
    }
    let span = match at.node.arguments.as_deref().unwrap_or_default() {
        [] if fold::eq(name, "namespace") => return true,
        [one] if one.quoted => return true,
        [first, _, ..] if first.quoted => argument(at, 1).map(|second| second.span),
        arguments => arguments.first().map(|first| first.span),
    };
    let message = format!("`#pragma {name}` takes one string");
    let found = at.error(Code::UnexpectedToken, span.unwrap_or(at.node.span), message);
    let plain = argument(at, 0).filter(|first| !first.text.contains(['"', '\\']));
    let text = plain.map_or("...", |first| &first.text);
    sink.push(found.with_help(format!("write #pragma {name}(\"{text}\")")));
    false
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

/// Sets the update flags, which come in one string or in several; an empty string
/// stands for none.
fn set_flags(
    at: At<'_, Directive<'_>>,
    known: &[&str],
    flags: &mut UpdateFlags,
    sink: &mut Diagnostics,
) {
    let arguments = at.node.arguments.as_deref().unwrap_or_default();
    let parsed = if arguments.is_empty() {
        Err("there is no flag".to_owned())
    } else {
        UpdateFlags::parse(arguments.iter().map(|a| &*a.text), known)
    };
    match parsed {
        Ok(parsed) => *flags = parsed,
        Err(problem) => {
            let found = at.error(Code::FlagArguments, at.node.span, problem);
            sink.push(found.with_help(format!("known are {}", known.join(", "))));
        }
    }
}

/// `\\.\root\cimv2`, `//./root/cimv2` and `root/cimv2` as `root/cimv2`.
pub(super) fn parse_namespace(text: &str) -> Result<String, (Code, String)> {
    let slashes = text.replace('\\', "/");
    let remote = |host: &str| {
        let problem = format!("the namespace is on another server, `{host}`: use `.`");
        Err((Code::RemoteNamespace, problem))
    };
    let is_here = |host: &str| host == "." || host.eq_ignore_ascii_case("localhost");
    let server_and_path = |rest| str::split_once(rest, '/').unwrap_or((rest, ""));
    let local = match slashes.split_once("//") {
        Some(("", rest)) => {
            let (host, path) = server_and_path(rest);
            if !is_here(host) {
                return remote(host);
            }
            path
        }
        // As DSP0207 writes it, `http://server/root`.
        Some((scheme, rest))
            if scheme.strip_suffix(':').is_some_and(|s| Name::is_identifier(s, Dialect::Dmtf))
                && !is_here(server_and_path(rest).0) =>
        {
            return remote(server_and_path(rest).0);
        }
        _ => slashes.as_str(),
    };
    let parts: Vec<&str> = local.trim_matches('/').split('/').collect();
    if parts.iter().any(|p| p.is_empty() || p.contains(|c: char| is_no_name(c))) {
        let problem = format!("`{text}` is not a namespace: write root/cimv2");
        return Err((Code::InvalidNamespace, problem));
    }
    Ok(parts.join("/"))
}

/// What no name of a namespace has.
fn is_no_name(c: char) -> bool {
    matches!(c, ':' | '"' | '=') || c.is_whitespace() || c.is_control()
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
            ("root/a b", None),
            ("", None),
            ("root//x", None),
            ("root:x", None),
        ] {
            assert_eq!(parse_namespace(text).ok().as_deref(), expected, "{text}");
        }
    }
}
