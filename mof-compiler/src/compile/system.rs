//! WMI's system classes.
//!
//! They are there in every namespace of WMI, so texts derive event and consumer classes
//! from them and register providers with their instances without declaring them. A
//! text cannot declare them either: names that begin with `_` are the system's.
//!
//! What a text uses of them becomes a part of its schema, superclasses included, unless
//! the namespace that it is compiled into has it: an archive must stand on its own.

use super::namespace::Namespace;
use super::place::Texts;
use super::{At, Context, EmbeddedForm, EmptyBase, GlobalFlavors, class, roots};
use crate::diagnostic::Diagnostics;
use crate::source::FileId;
use crate::syntax::ast::{Declaration, InstanceDeclaration};
use crate::syntax::parse_file;
use crate::{Code, Language};
use cimarron_model::{CimType, Class, Dialect, Instance, Name, ObjectPath, fold};
use cimarron_schema::{ClassForm, NamespaceBuilder, ResolvedClass};
use std::cell::OnceCell;
use std::sync::Arc;

/// The class whose instances are namespaces.
const NAMESPACE: &str = "__NAMESPACE";

/// Where WMI has a system class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SystemPlace {
    /// In every namespace.
    Everywhere,
    /// In the namespaces `root` and `root/default` alone.
    RootAndDefault,
    /// In the namespace `root` alone.
    Root,
    /// In `root/subscription`: the standard consumers.
    Subscription,
    /// In `root/cimv2`: the classes of the clock.
    Cimv2,
    /// In `root/wmi`: what the classes of drivers and event traces derive from.
    Wmi,
}

impl SystemPlace {
    /// Every place; what the classes of one derive from is in it or in the first.
    pub const ALL: [Self; 6] = [
        Self::Everywhere,
        Self::RootAndDefault,
        Self::Root,
        Self::Subscription,
        Self::Cimv2,
        Self::Wmi,
    ];

    /// Those whose classes have names that do not begin with an underscore.
    const SPECIAL: [Self; 3] = [Self::Subscription, Self::Cimv2, Self::Wmi];

    /// Whether a namespace has the classes of this place.
    pub fn includes(self, namespace: &str) -> bool {
        match self {
            Self::Everywhere => true,
            Self::RootAndDefault => ["root", "root/default"].iter().any(|n| fold::eq(namespace, n)),
            Self::Root => fold::eq(namespace, "root"),
            Self::Subscription => fold::eq(namespace, "root/subscription"),
            Self::Cimv2 => fold::eq(namespace, "root/cimv2"),
            Self::Wmi => fold::eq(namespace, "root/wmi"),
        }
    }

    const fn text(self) -> &'static str {
        match self {
            Self::Everywhere => include_str!("system/everywhere.mof"),
            Self::RootAndDefault => include_str!("system/root_and_default.mof"),
            Self::Root => include_str!("system/root.mof"),
            Self::Subscription => include_str!("system/subscription.mof"),
            Self::Cimv2 => include_str!("system/cimv2.mof"),
            Self::Wmi => include_str!("system/wmi.mof"),
        }
    }
}

/// The system classes of WMI by the place where it has them, each behind its superclass.
pub fn system_classes() -> Vec<(SystemPlace, Vec<Class>)> {
    let local = |class: &Arc<ResolvedClass>| class.to_class(ClassForm::Local);
    let placed = compiled().into_iter();
    placed.map(|p| (p.place, p.classes.classes().map(local).collect())).collect()
}

/// The system classes, compiled when they are first asked for.
#[derive(Default)]
pub(crate) struct SystemClasses(OnceCell<Vec<Placed>>);

/// The classes of a place.
struct Placed {
    place: SystemPlace,
    classes: NamespaceBuilder,
}

impl SystemClasses {
    /// The system class of this name in a namespace.
    pub(crate) fn class(&self, namespace: &str, name: &str) -> Option<&Arc<ResolvedClass>> {
        let special = || SystemPlace::SPECIAL.iter().any(|place| place.includes(namespace));
        if !name.starts_with("__") && !special() {
            return None;
        }
        let here = self.0.get_or_init(compiled).iter().filter(|p| p.place.includes(namespace));
        here.filter_map(|placed| placed.classes.class(name)).next()
    }

    /// Whether a namespace has a system class of this name, which nobody can take out of it.
    pub(crate) fn has(&self, namespace: &str, name: &str) -> bool {
        name.starts_with("__") && self.class(namespace, name).is_some()
    }
}

/// The classes of a namespace with names like anybody's that it has without being told; few
/// namespaces have some.
pub(crate) fn special_classes(namespace: &str) -> Vec<Class> {
    let here = |place: &SystemPlace| place.includes(namespace);
    if !SystemPlace::SPECIAL.iter().any(here) {
        return Vec::new();
    }
    let special = |place| SystemPlace::SPECIAL.contains(&place) && place.includes(namespace);
    let all = system_classes().into_iter().filter(|(place, _)| special(*place));
    all.flat_map(|(_, classes)| classes).collect()
}

fn compiled() -> Vec<Placed> {
    let mut all: Vec<Placed> = Vec::new();
    for place in SystemPlace::ALL {
        let mut classes = NamespaceBuilder::default();
        for above in all.first().into_iter().flat_map(|everywhere| everywhere.classes.classes()) {
            classes.know(above.clone());
        }
        add_text(&mut classes, place.text());
        all.push(Placed { place, classes });
    }
    all
}

fn add_text(builder: &mut NamespaceBuilder, text: &str) {
    let mut sink = Diagnostics::with_limit(0);
    let declarations = parse_file(text, FileId::default(), &mut sink);
    let roots = roots::Roots::default();
    // While they are being made there are none.
    let system = SystemClasses(OnceCell::from(Vec::new()));
    let context = Context {
        dialect: Dialect::Wmi,
        language: Language::Mof2,
        namespace: "",
        embedded: EmbeddedForm::Text,
        base: &EmptyBase,
        roots: &roots,
        system: &system,
        types: None,
        keeps_trees: false,
    };
    let texts = Texts::default();
    for declaration in &declarations {
        let Declaration::Class(node) = declaration else { continue };
        let at = At::new(FileId::default(), &**node);
        let mut namespace = Namespace::new(&context, builder, &mut sink, &texts);
        let local = class::lower(&mut namespace, at, &GlobalFlavors::default()).class;
        // Every class comes behind its superclass; the test below sees to it.
        let _ = builder.add_class(local);
    }
}

impl Namespace<'_, '_> {
    /// The system class of this name, which becomes a part of the schema.
    pub(super) fn system_class(&mut self, name: &str) -> Option<Arc<ResolvedClass>> {
        if self.context.dialect != Dialect::Wmi {
            return None;
        }
        let (system, namespace) = (self.context.system, self.context.namespace);
        let class = system.class(namespace, name)?;
        for above in class.ancestors.iter().rev().chain([&class.name]) {
            let there = self.builder.class(above.as_str()).is_some();
            let local = system.class(namespace, above.as_str()).filter(|_| !there);
            if let Some(local) = local {
                match self.context.base.class(namespace, above.as_str()) {
                    Some(known) => self.builder.know(known),
                    None => drop(self.builder.add_class(local.to_class(ClassForm::Local))),
                }
            }
        }
        self.builder.class(name).cloned()
    }

    /// Instances of `__NAMESPACE` are namespaces, so their names must be names of some.
    pub(super) fn check_namespace(
        &mut self,
        at: At<'_, InstanceDeclaration<'_>>,
        instance: &Instance,
    ) {
        if self.context.dialect != Dialect::Wmi || !instance.class.is(NAMESPACE) {
            return;
        }
        let Some(name) = instance.get("Name").and_then(|v| v.as_str()) else { return };
        if !is_namespace_part(name) {
            let written = at.node.properties.iter().find(|p| fold::eq(p.name.text, "Name"));
            let span = written.map_or(at.node.class.span, |p| p.value.span);
            let message = format!("`{name}` cannot name a namespace below this one");
            let help = "a name has letters, digits, `_`, `-` and `.`; for one further away, \
                        write #pragma namespace first";
            self.sink.push(at.error(Code::NamespaceName, span, message).with_help(help));
        }
    }
}

/// The namespaces that instances of `__NAMESPACE` stand for.
pub(crate) fn child_namespaces(namespace: &str, builder: &NamespaceBuilder) -> Vec<String> {
    let instances = builder.instances().iter().filter(|i| i.class.is(NAMESPACE));
    let names = instances.filter_map(|i| i.get("Name")?.as_str());
    names.filter(|name| is_namespace_part(name)).map(|name| format!("{namespace}/{name}")).collect()
}

/// The namespace that the instance at a path stands for.
pub(crate) fn namespace_at(namespace: &Name, path: &ObjectPath) -> Option<Name> {
    path.class.as_ref().filter(|class| class.is(NAMESPACE))?;
    let key = path.key("Name")?.bind(CimType::String).ok()?;
    let name = key.as_str().filter(|name| is_namespace_part(name))?;
    Some(Name::from(format!("{namespace}/{name}")))
}

fn is_namespace_part(name: &str) -> bool {
    let legal = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    !name.is_empty() && name.chars().all(legal)
}

impl SystemClasses {
    /// The superclass of a system class, as [`cimarron_schema::rules::Environment`] gives it.
    pub(crate) fn superclass(&self, context: &Context<'_>, name: &str) -> Option<Option<Name>> {
        let class = self.class(context.namespace, name);
        let class = class.filter(|_| context.dialect == Dialect::Wmi)?;
        Some(class.superclass().cloned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_system_class_is_there_and_in_order() {
        let classes = SystemClasses::default();
        for (place, namespace) in SystemPlace::ALL.into_iter().zip([
            "root/x",
            "root/Default",
            "ROOT",
            "root/Subscription",
            "ROOT/CIMv2",
        ]) {
            let mut sink = Diagnostics::new();
            let declarations = parse_file(place.text(), FileId::default(), &mut sink);
            assert!(sink.as_slice().is_empty(), "{:?}", sink.as_slice());
            let listed = system_classes().into_iter().find(|(p, _)| *p == place).unwrap().1;
            assert_eq!(listed.len(), declarations.len());
            for declaration in &declarations {
                let Declaration::Class(class) = declaration else { panic!("not a class") };
                assert!(classes.class(namespace, class.name.text).is_some(), "{}", class.name.text);
            }
        }
        let binding = classes.class("root", "__filtertoconsumerbinding").unwrap();
        let above: Vec<&str> = binding.ancestors.iter().map(Name::as_str).collect();
        assert_eq!(above, ["__IndicationRelated", "__SystemClass"]);
        for (namespace, name, there) in [
            ("root/cimv2", "X_Mine", false),
            ("root/cimv2", "__Mine", false),
            ("root/cimv2", "SMTPEventConsumer", false),
            ("root/subscription", "SMTPEventConsumer", true),
            ("root/subscription", "smtpeventconsumer", true),
            ("root/subscription", "__CIMOMIdentification", false),
            ("root/subscription", "WebhookEventConsumer", true),
            ("root/subscription", "SyslogEventConsumer", true),
            ("root/subscription", "Win32_LocalTime", false),
            ("root/cimv2", "Win32_LocalTime", true),
            ("root/cimv2", "win32_utctime", true),
            ("root/x", "Win32_LocalTime", false),
            ("root/cimv2", "__CIMOMIdentification", false),
            ("root", "__CIMOMIdentification", true),
            ("root/default", "__CIMOMIdentification", true),
            ("root/default", "__ArbitratorConfiguration", false),
            ("root/cimv2", "__CacheControl", true),
        ] {
            assert_eq!(classes.class(namespace, name).is_some(), there, "{namespace} {name}");
        }
    }

    #[test]
    fn consumers_say_which_of_their_texts_are_templates() {
        let classes = SystemClasses::default();
        let marked = |class: &str, qualifier: &str| -> Vec<String> {
            let class = classes.class("root/subscription", class).unwrap();
            let class = class.to_class(ClassForm::Local);
            let properties = class.properties.iter();
            let marked = properties.filter(|p| p.qualifiers.is_true(qualifier));
            marked.map(|p| p.name.to_string()).collect()
        };
        for (class, templates, not_null) in [
            ("ActiveScriptEventConsumer", "", ""),
            ("CommandLineEventConsumer", "CommandLineTemplate ExecutablePath WorkingDirectory", ""),
            ("LogFileEventConsumer", "Filename Text", ""),
            ("NTEventLogEventConsumer", "InsertionStringTemplates UNCServerName", "EventID"),
            (
                "SMTPEventConsumer",
                "BccLine CcLine FromLine Message ReplyToLine Subject ToLine",
                "SMTPServer",
            ),
            ("SyslogEventConsumer", "Message", ""),
            ("WebhookEventConsumer", "Body", "Url"),
        ] {
            assert_eq!(marked(class, "Template").join(" "), templates, "{class}");
            assert_eq!(marked(class, "not_null").join(" "), not_null, "{class}");
        }
    }

    #[test]
    fn namespaces_are_below_the_one_that_holds_them() {
        for (name, legal) in [("ms_409", true), ("a-b.c", true), ("", false), ("a/b", false)] {
            assert_eq!(is_namespace_part(name), legal, "{name}");
        }
    }
}
