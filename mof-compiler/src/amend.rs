//! Splitting a text into a language-neutral and a localised one (WMI SDK, "pragma
//! amendment", "Compiling localized MOF files"; MS-WMI 3.1.1.2).
//!
//! The neutral text has everything but the amended qualifiers of classes. The localised
//! one has only these: for each namespace with localised classes, a child namespace that
//! is called after the locale, and in it classes of the same names and superclasses that
//! carry `Amendment` and the locale's number. Such classes have no instances, so what
//! instances have stays in the neutral text.
//!
//! Both are written from what was compiled, so that aliases, includes and flavors of a
//! whole file need no special care.

use crate::compile::{
    Changes, Compiled, DeletionTarget, Existence, UpdateFlags, UpdateMode, special_classes,
};
use cimarron_model::{
    CaseInsensitive, Class, Dialect, Flavor, Method, Name, Parameter, Property, Qualifier,
    Qualifiers,
};
use cimarron_schema::{
    ClassForm, Member, NamespaceBuilder, PrintOptions, ResolvedClass, class_to_mof,
    instance_to_mof, locale_name, qualifier_type_to_mof,
};
use hashbrown::HashSet;
use std::fmt::Write;

/// The two parts of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Split {
    /// Everything but the amended qualifiers of classes.
    pub neutral: String,
    /// The amended qualifiers of classes, in a namespace of their own.
    pub localised: String,
}

/// Splits what was compiled. `locale` is one like `MS_409`; `None` when it is none.
pub fn split(compiled: &Compiled, locale: &str) -> Option<Split> {
    let locale = locale_name(locale)?;
    let number = i32::from_str_radix(locale.get(3..)?, 16).ok()?;
    let (mut neutral, mut localised) = (String::new(), String::new());
    if compiled.changes.autorecover {
        neutral.push_str("#pragma autorecover\n");
        localised.push_str("#pragma autorecover\n");
    }
    for (name, namespace) in compiled.schema.namespaces() {
        write_neutral(&mut neutral, name, namespace, &compiled.changes);
        write_localised(&mut localised, name, namespace, &locale, number);
    }
    Some(Split { neutral, localised })
}

/// Whether a class is the text's own and not one of the system's.
fn is_own(name: &Name) -> bool {
    !name.as_str().starts_with('_')
}

/// The classes of a namespace that are the text's own, as they are declared.
fn own_classes<'a>(
    name: &Name,
    namespace: &'a NamespaceBuilder,
) -> impl Iterator<Item = (&'a ResolvedClass, Class)> {
    let special = special_classes(name.as_str());
    let own = namespace.classes().filter(|class| is_own(&class.name));
    let own = own.map(|class| (&**class, class.to_class(ClassForm::Local)));
    own.filter(move |(_, class)| !special.contains(class))
}

fn put_namespace(out: &mut String, namespace: &str) {
    let gap = if out.is_empty() { "" } else { "\n" };
    let path = namespace.replace('/', "\\\\");
    put(out, format_args!("{gap}#pragma namespace(\"\\\\\\\\.\\\\{path}\")\n"));
}

fn put(out: &mut String, text: std::fmt::Arguments<'_>) {
    // A `String` takes everything that is written to it.
    let _ = out.write_fmt(text);
}

fn write_neutral(out: &mut String, name: &Name, namespace: &NamespaceBuilder, changes: &Changes) {
    let deletions = || changes.deletions.iter().filter(|d| d.namespace == *name);
    let types = namespace.qualifier_types();
    if own_classes(name, namespace).next().is_none()
        && namespace.instances().is_empty()
        && types.len() == 0
        && deletions().next().is_none()
    {
        return;
    }
    put_namespace(out, name.as_str());
    for deletion in deletions() {
        let fail = if deletion.must_exist { "FAIL" } else { "NOFAIL" };
        match &deletion.target {
            DeletionTarget::Class(class) => {
                put(out, format_args!("#pragma deleteclass(\"{class}\", {fail})\n"));
            }
            DeletionTarget::Instance(path) => {
                let path = path.to_string().replace('\\', "\\\\").replace('"', "\\\"");
                put(out, format_args!("#pragma deleteinstance(\"{path}\", {fail})\n"));
            }
        }
    }
    let options = PrintOptions::new(Dialect::Wmi);
    for declared in types {
        put(out, format_args!("\n{}", qualifier_type_to_mof(declared, &options)));
    }
    let flavor_of = |name: &str| namespace.qualifier_type(name).map(|q| q.flavor);
    let options = options.declared(&flavor_of);
    let mut flags = UpdateFlags::default();
    for (_, class) in own_classes(name, namespace) {
        let now = changes.class(name.as_str(), class.name.as_str());
        if now != flags {
            put(out, format_args!("\n#pragma classflags(\"{}\")\n", flag_words(now)));
            flags = now;
        }
        let class = neutral_class(class);
        put(out, format_args!("\n{}", class_to_mof(&class, &options)));
    }
    if flags != UpdateFlags::default() {
        put(out, format_args!("\n#pragma classflags(\"\")\n"));
    }
    let mut existence = Existence::default();
    for (n, instance) in namespace.instances().iter().enumerate() {
        let now = changes.instance(name.as_str(), n);
        if now != existence {
            let words = flag_words(UpdateFlags { existence: now, ..UpdateFlags::default() });
            put(out, format_args!("\n#pragma instanceflags(\"{words}\")\n"));
            existence = now;
        }
        put(out, format_args!("\n{}", instance_to_mof(instance, &options)));
    }
    if existence != Existence::default() {
        put(out, format_args!("\n#pragma instanceflags(\"\")\n"));
    }
}

fn flag_words(flags: UpdateFlags) -> String {
    let existence = match flags.existence {
        Existence::CreateOrUpdate => None,
        Existence::CreateOnly => Some("createonly"),
        Existence::UpdateOnly => Some("updateonly"),
    };
    let mode = match flags.mode {
        UpdateMode::Compatible => None,
        UpdateMode::Safe => Some("safeupdate"),
        UpdateMode::Force => Some("forceupdate"),
    };
    existence.into_iter().chain(mode).collect::<Vec<_>>().join(", ")
}

fn without_amended(qualifiers: &Qualifiers) -> Qualifiers {
    qualifiers.iter().filter(|q| !q.flavor.translatable()).cloned().collect()
}

fn neutral_class(mut class: Class) -> Class {
    class.qualifiers = without_amended(&class.qualifiers);
    for property in &mut class.properties {
        property.qualifiers = without_amended(&property.qualifiers);
    }
    for method in &mut class.methods {
        method.qualifiers = without_amended(&method.qualifiers);
        for parameter in &mut method.parameters {
            parameter.qualifiers = without_amended(&parameter.qualifiers);
        }
    }
    class
}

fn write_localised(
    out: &mut String,
    name: &Name,
    namespace: &NamespaceBuilder,
    locale: &str,
    number: i32,
) {
    let mut there: HashSet<Name> = HashSet::new();
    for (class, _) in own_classes(name, namespace) {
        // Readers look for the class itself and not for those above it, so one that only
        // inherits what is localised needs its place, too.
        if is_localised(class) {
            there.extend(class.ancestors.iter().filter(|a| is_own(a)).cloned());
            there.insert(class.name.clone());
        }
    }
    if there.is_empty() {
        return;
    }
    put_namespace(out, name.as_str());
    put(out, format_args!("\ninstance of __NAMESPACE\n{{\n    Name = \"{locale}\";\n}};\n"));
    put_namespace(out, &format!("{name}/{locale}"));
    let options = PrintOptions::new(Dialect::Wmi);
    let is_there = |class: &Name| there.contains(&CaseInsensitive(class.as_str()));
    for class in namespace.classes().filter(|c| is_there(&c.name)) {
        let above = class.superclass().and_then(|name| namespace.class(name.as_str()));
        let class = localised_class(class.to_class(ClassForm::Local), above.map(|c| &**c), number);
        put(out, format_args!("\n{}", class_to_mof(&class, &options)));
    }
}

/// The qualifiers that a class has on itself or on an element: of one that it inherits, only
/// those that come down.
#[derive(Clone, Copy)]
struct Seen<'a> {
    qualifiers: &'a Qualifiers,
    inherited: bool,
}

impl<'a> Seen<'a> {
    fn of_member<T>(
        class: &ResolvedClass,
        member: &'a Member<T>,
        of: fn(&T) -> &Qualifiers,
    ) -> Self {
        let inherited = member.declared_at != class.depth();
        Self { qualifiers: of(&member.declaration), inherited }
    }

    fn amended(self) -> impl Iterator<Item = &'a Qualifier> {
        let comes = move |q: &&Qualifier| !self.inherited || q.flavor.to_subclass();
        self.qualifiers.iter().filter(|q| q.flavor.translatable()).filter(comes)
    }

    fn parameters(self, method: &'a Method) -> impl Iterator<Item = (&'a Name, Self)> {
        let seen = move |p: &'a Parameter| (&p.name, Self { qualifiers: &p.qualifiers, ..self });
        method.parameters.iter().map(seen)
    }
}

fn is_localised(class: &ResolvedClass) -> bool {
    let has_amended = |seen: Seen<'_>| seen.amended().next().is_some();
    let of_methods = class.methods.iter().any(|m| {
        let seen = Seen::of_member(class, m, |m| &m.qualifiers);
        has_amended(seen) || seen.parameters(&m.declaration).any(|(_, p)| has_amended(p))
    });
    let mut properties = class.properties.iter();
    of_methods
        || properties.any(|p| has_amended(Seen::of_member(class, p, |p| &p.qualifiers)))
        || has_amended(Seen { qualifiers: &class.qualifiers, inherited: false })
}

/// Whether a qualifier belongs into the localised text: an amended one does, and one that
/// hides an amended one of the element `above`, which the classes below do not inherit then.
fn is_wanted(qualifier: &Qualifier, above: Option<Seen<'_>>) -> bool {
    qualifier.flavor.translatable()
        || above.is_some_and(|above| above.amended().any(|above| above.name == qualifier.name))
}

fn has_wanted(qualifiers: &Qualifiers, above: Option<Seen<'_>>) -> bool {
    qualifiers.iter().any(|q| is_wanted(q, above))
}

/// The wanted qualifiers, and those among `kept` that the element needs to stand.
fn wanted(qualifiers: &Qualifiers, above: Option<Seen<'_>>, kept: &[&str]) -> Qualifiers {
    let stays = |q: &&Qualifier| is_wanted(q, above) || kept.iter().any(|k| q.name.is(k));
    qualifiers.iter().filter(stays).cloned().collect()
}

/// What the localised text holds of a class below `above`.
fn localised_class(class: Class, above: Option<&ResolvedClass>, number: i32) -> Class {
    let class_above = above.map(|c| Seen { qualifiers: &c.qualifiers, inherited: false });
    let mut qualifiers = wanted(&class.qualifiers, class_above, &[]);
    let marks = [("Amendment", true.into()), ("Locale", number.into())];
    for (name, value) in marks {
        qualifiers.set(Qualifier { name: name.into(), value, flavor: Flavor::WMI_DEFAULT });
    }
    let properties = class.properties.into_iter().filter_map(|p| {
        let above = above.and_then(|class| Some((class, class.property(p.name.as_str())?.1)));
        let above = above.map(|(class, above)| Seen::of_member(class, above, |p| &p.qualifiers));
        let qualifiers = wanted(&p.qualifiers, above, &["key"]);
        has_wanted(&p.qualifiers, above).then_some(Property { qualifiers, default: None, ..p })
    });
    let methods = class.methods.into_iter().filter_map(|m| {
        let above = above.and_then(|class| Some((class, class.method(m.name.as_str())?.1)));
        localised_method(m, above)
    });
    Class { qualifiers, properties: properties.collect(), methods: methods.collect(), ..class }
}

fn localised_method(
    mut method: Method,
    above: Option<(&ResolvedClass, &Member<Method>)>,
) -> Option<Method> {
    let seen = above.map(|(class, above)| Seen::of_member(class, above, |m| &m.qualifiers));
    let mut is_localised = has_wanted(&method.qualifiers, seen);
    method.qualifiers = wanted(&method.qualifiers, seen, &[]);
    for parameter in &mut method.parameters {
        let mut all =
            above.zip(seen).into_iter().flat_map(|((_, m), s)| s.parameters(&m.declaration));
        let above = all.find(|(name, _)| **name == parameter.name).map(|(_, seen)| seen);
        is_localised |= has_wanted(&parameter.qualifiers, above);
        let kept = ["in", "out", "optional", "id"];
        parameter.qualifiers = wanted(&parameter.qualifiers, above, &kept);
        parameter.default = None;
    }
    is_localised.then_some(method)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CompileOptions, Diagnostics, EmptyBase, Loader, OsFileSystem, compile};
    use cimarron_schema::merge_localised;
    use hashbrown::HashMap;

    fn compiled(texts: &[&str]) -> Compiled {
        let mut loader = Loader::new(&OsFileSystem);
        for text in texts {
            loader.add_text("x.mof", text).unwrap();
        }
        let mut said = Diagnostics::new();
        let sources = loader.finish(&mut said);
        let options = CompileOptions { splits: true, ..CompileOptions::default() };
        let compiled = compile(&sources, &options, &EmptyBase, said);
        let found = compiled.diagnostics.as_slice();
        assert!(found.is_empty(), "{:?}\n{}", found, texts.concat());
        compiled
    }

    /// The sample of "Creating localized class definitions", with more of everything.
    const MASTER: &str = r#"
        #pragma amendment("MS_409")
        #pragma namespace("\\\\.\\root")
        instance of __Namespace { Name = "TEST"; };
        #pragma namespace("\\\\.\\root\\TEST")
        [abstract] class X_Base { [key, DisplayName("Id") : Amended ToSubclass] string Id; };
        class X_Plain : X_Base { uint8 N = 3; };
        [Description("Mine") : Amended, LOCALE(0x409)]
        class X_Mine : X_Plain
        {
            [Values{"Zero", "One"} : Amended, ValueMap{"0", "1"}] uint32 State = 1;
            uint64 Value;
            [Description("Stops") : Amended, implemented]
            uint32 Stop([in, Description("how") : Amended] string How, [out] uint32 After);
        };
        [Description("kept") : Amended] instance of X_Mine
        {
            Id = "a";
            [Description("kept, too") : Amended] State = 0;
        };
    "#;

    #[test]
    fn the_neutral_part_says_what_must_be_there_and_what_goes() {
        let master = compiled(&[r#"
            #pragma amendment("MS_409")
            #pragma namespace("\\\\.\\root\\cimv2")
            #pragma deleteclass("X_Gone", NOFAIL)
            #pragma deleteinstance("X_Mine.Id=\"a\\\\b\"", NOFAIL)
            #pragma classflags("createonly", "forceupdate")
            class X_Mine { [key] string Id; };
            #pragma classflags("updateonly", "safeupdate")
            #pragma classflags("")
            class X_Other { [key, Description("Text") : Amended] string Id; };
            #pragma instanceflags("createonly")
            instance of X_Mine { Id = "a"; };
        "#]);
        let Split { neutral, .. } = split(&master, "MS_409").unwrap();
        for line in [
            r#"#pragma deleteclass("X_Gone", NOFAIL)"#,
            r#"#pragma deleteinstance("X_Mine.Id=\"a\\\\b\"", NOFAIL)"#,
            r#"#pragma classflags("createonly, forceupdate")"#,
            r#"#pragma classflags("")"#,
            r#"#pragma instanceflags("createonly")"#,
            r#"#pragma instanceflags("")"#,
        ] {
            assert!(neutral.lines().any(|l| l == line), "{line}\n{neutral}");
        }
        let again = compiled(&[&neutral]).changes;
        let targets = |changes: &Changes| -> Vec<_> {
            changes.deletions.iter().map(|d| (d.target.clone(), d.must_exist)).collect()
        };
        assert_eq!(targets(&again), targets(&master.changes));
        let of_class = |changes: &Changes| changes.class("root/cimv2", "X_Mine");
        assert_eq!(of_class(&again), of_class(&master.changes));
    }

    #[test]
    fn both_parts_compile_and_are_what_they_should_be() {
        let master = compiled(&[MASTER]);
        let Split { neutral, localised } = split(&master, "MS_409").unwrap();
        let parts = compiled(&[&neutral, &localised]);
        let class = |namespace: &str, name: &str| {
            let (_, content) = parts.schema.namespaces().find(|(n, _)| n.is(namespace)).unwrap();
            content.class(name).map(|c| c.to_class(ClassForm::Local))
        };
        let mine = class("root/test", "X_Mine").unwrap();
        assert_eq!((mine.properties.len(), mine.methods.len()), (2, 1));
        let (_, test) = parts.schema.namespaces().find(|(n, _)| n.is("root/test")).unwrap();
        assert!(!is_localised(test.class("X_Mine").unwrap()), "{neutral}");
        assert!(mine.qualifiers.get("Locale").is_some(), "{neutral}");
        let instance = test.instances().iter().find(|i| i.class.is("X_Mine")).unwrap();
        let state = instance.properties().find(|(name, _)| name.is("State")).unwrap().1;
        for qualifiers in [&instance.qualifiers, &state.qualifiers] {
            assert!(qualifiers.iter().any(|q| q.flavor.translatable()), "{neutral}");
        }
        assert!(!localised.contains("kept"), "{localised}");
        let localised_mine = class("root/test/ms_409", "X_Mine").unwrap();
        assert_eq!(localised_mine.superclass, Some("X_Plain".into()));
        let names: Vec<&str> = localised_mine.qualifiers.iter().map(|q| q.name.as_str()).collect();
        assert_eq!(names, ["Description", "Amendment", "Locale"], "{localised}");
        assert_eq!(localised_mine.properties.len(), 1);
        assert!(localised_mine.properties[0].qualifiers.get("ValueMap").is_none());
        let plain = class("root/test/ms_409", "X_Plain").unwrap();
        assert!(plain.properties.is_empty() && plain.qualifiers.is_true("Amendment"));
        assert!(split(&master, "English").is_none());
    }

    #[test]
    fn the_parts_read_together_are_the_whole() {
        let whole = compiled(&[r#"
            class X_A
            {
                [key, Description("id") : Amended ToSubclass] string Id;
                [Description("n") : Amended ToSubclass, Units("u") : Amended] uint8 N;
                [Description("m") : Amended ToSubclass]
                uint32 M([in, Description("i") : Amended ToSubclass] string I, [out] uint8 O);
            };
            class X_B : X_A { [Description("plain")] uint8 N; };
            class X_C : X_B { uint8 N; uint32 M([in] string I, [out] uint8 O); };
            [Description("top") : Amended ToSubclass, DisplayName("own") : Amended] class X_T
            { [key] uint8 K; };
            [Description("a note")] class X_U : X_T { };
            class X_V : X_U { [Description("v") : Amended] uint8 V; };
            class X_W : X_V { uint8 V; };
            [Description("over") : Amended ToSubclass] class X_X : X_T { };
            class X_Y : X_X { };
            class X_Z { [key] uint8 K; };
        "#]);
        let Split { neutral, localised } = split(&whole, "MS_409").unwrap();
        let parts = compiled(&[&neutral, &localised]);
        let space = |compiled: &Compiled, name: &str| {
            let mut all = compiled.schema.namespaces();
            let classes = all.find(|(n, _)| n.is(name)).unwrap().1.classes();
            let own = classes.filter(|class| is_own(&class.name));
            own.map(|c| (c.name.clone(), c.to_class(ClassForm::Resolved)))
                .collect::<HashMap<_, _>>()
        };
        let localised_classes = space(&parts, "root/cimv2/ms_409");
        assert!(!localised_classes.contains_key(&Name::new("X_Z")), "{localised}");
        let mut together = space(&parts, "root/cimv2");
        for (name, class) in &mut together {
            if let Some(localised) = localised_classes.get(name) {
                merge_localised(class, localised);
            }
        }
        let shown = |classes: HashMap<Name, Class>| {
            let sorted = |mut class: Class| {
                class.qualifiers = in_order(&class.qualifiers);
                class.properties.iter_mut().for_each(|p| p.qualifiers = in_order(&p.qualifiers));
                for method in &mut class.methods {
                    method.qualifiers = in_order(&method.qualifiers);
                    let parameters = method.parameters.iter_mut();
                    parameters.for_each(|p| p.qualifiers = in_order(&p.qualifiers));
                }
                class_to_mof(&class, &PrintOptions::new(Dialect::Wmi))
            };
            let shown = classes.into_iter().map(|(name, class)| (name, sorted(class)));
            shown.collect::<std::collections::BTreeMap<_, _>>()
        };
        assert_eq!(shown(together), shown(space(&whole, "root/cimv2")), "{localised}");
    }

    fn in_order(qualifiers: &Qualifiers) -> Qualifiers {
        let mut all: Vec<Qualifier> = qualifiers.iter().cloned().collect();
        all.sort_by(|a, b| a.name.as_str().cmp(b.name.as_str()));
        all.into_iter().collect()
    }

    #[test]
    fn what_directives_ask_for_stays_in_the_neutral_part() {
        let text = r#"
            #pragma autorecover
            #pragma deleteclass("X_Old", NOFAIL)
            class X_Any { [key] string Id; };
            #pragma classflags("createonly", "forceupdate")
            class X_New { [key] string Id; };
            #pragma instanceflags("createonly")
            instance of X_New { Id = "a"; };
            #pragma classflags("updateonly", "safeupdate")
            class X_Any { [key] string Id; uint8 N; };
        "#;
        let (first, again) = (compiled(&[text]), compiled(&[text]));
        assert_eq!(split(&first, "MS_0407"), split(&again, "ms_407"));
        let neutral = split(&first, "MS_407").unwrap().neutral;
        for line in [
            "#pragma autorecover\n",
            "#pragma deleteclass(\"X_Old\", NOFAIL)\n",
            "#pragma classflags(\"createonly, forceupdate\")\n",
            "#pragma classflags(\"\")\n",
            "#pragma instanceflags(\"createonly\")\n",
        ] {
            assert!(neutral.contains(line), "{neutral}");
        }
        let again = compiled(&[&neutral]);
        let flags = again.changes.class("root/cimv2", "x_new");
        assert_eq!((flags.existence, flags.mode), (Existence::CreateOnly, UpdateMode::Force));
        let flags = again.changes.class("root/cimv2", "X_Any");
        assert_eq!((flags.existence, flags.mode), (Existence::CreateOrUpdate, UpdateMode::Safe));
        assert_eq!(again.changes.instance("root/cimv2", 0), Existence::CreateOnly);
    }
}
