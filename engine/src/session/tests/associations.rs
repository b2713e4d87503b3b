//! Associations between instances: tables of what is found, and random changes against
//! a model.

use super::*;
use crate::{AssociationFilter, ValueView, WriteBatch};
use cimarron_model::{CimType, Keys, Value};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

const CLASSES: &str = r#"
    Qualifier Association : boolean = false, Scope(association);
    class X_Node { [key] string Id; uint32 Size; };
    class X_Leaf : X_Node { uint32 Shade; };
    class X_Other { [key] string Id; };
    [Association] class X_Holds { [key] string Id; X_Node REF Holder; X_Node REF Held; uint32 Weight; };
    [Association] class X_Keeps : X_Holds { };
    [Association] class X_Three { [key] string Id; X_Node REF One; X_Node REF Two; X_Other REF Three; };
"#;

pub(super) fn session(dialect: Dialect) -> Session {
    let repository = Repository::new();
    repository.create_namespace("root/x", dialect).unwrap();
    let session = repository.session("root/x").unwrap();
    let text = match dialect {
        Dialect::Wmi => CLASSES.lines().filter(|l| !l.contains("Qualifier ")).collect(),
        Dialect::Dmtf => format!(
            "Qualifier Key : boolean = false, Scope(property, reference);\n\
             Qualifier Description : string = null, Scope(any);\n{CLASSES}"
        ),
    };
    session.compile_mof_text(&context(), "links.mof", &text).unwrap();
    session
}

pub(super) fn node(class: &str, id: &str) -> ObjectPath {
    let keys: Keys = [(Name::new("Id"), id)].into_iter().collect();
    ObjectPath::of_instance(class, keys)
}

pub(super) fn add(session: &Session, class: &str, id: &str) {
    session.create_instance(&context(), &Instance::new(class).with("Id", id)).unwrap();
}

pub(super) fn link(session: &Session, class: &str, id: &str, ends: &[(&str, ObjectPath)]) {
    let mut link = Instance::new(class).with("Id", id);
    for (role, path) in ends {
        link.set(*role, path.clone());
    }
    session.create_instance(&context(), &link).unwrap();
}

pub(super) fn ids(result: &QueryResult) -> String {
    let mut ids: Vec<String> = result
        .rows()
        .map(|row| row.unwrap().property("Id").unwrap().as_str().unwrap().to_owned())
        .collect();
    ids.sort();
    ids.join(" ")
}

fn names(paths: &[ObjectPath]) -> String {
    let mut names: Vec<String> =
        paths.iter().map(|p| p.key("Id").unwrap().to_string().replace('"', "")).collect();
    names.sort();
    names.join(" ")
}

/// a holds b and c and, twice, d; b holds nothing that is there; a, c and o are three.
fn world(dialect: Dialect) -> Session {
    let session = session(dialect);
    for id in ["a", "b", "d"] {
        add(&session, "X_Node", id);
    }
    add(&session, "X_Leaf", "c");
    add(&session, "X_Other", "o");
    let n = |id| node("X_Node", id);
    let leaf = node("X_Leaf", "c");
    link(&session, "X_Holds", "ab", &[("Holder", n("a")), ("Held", n("b"))]);
    link(&session, "X_Keeps", "ac", &[("Holder", n("a")), ("Held", leaf.clone())]);
    link(&session, "X_Holds", "ad1", &[("Holder", n("a")), ("Held", n("d"))]);
    link(&session, "X_Holds", "ad2", &[("Holder", n("a")), ("Held", n("d"))]);
    link(&session, "X_Holds", "bz", &[("Holder", n("b")), ("Held", n("z"))]);
    let three = [("One", n("a")), ("Two", leaf), ("Three", node("X_Other", "o"))];
    link(&session, "X_Three", "aco", &three);
    session
}

/// More chunks than the walk and its result look back at, and each of them again and again.
#[test]
fn ends_of_many_classes_come_in_the_order_of_their_links() {
    for dialect in [Dialect::Wmi, Dialect::Dmtf] {
        let session = session(dialect);
        let class = |n: u32| format!("X_Kind{}", n % 12);
        let classes: Vec<String> =
            (0..12).map(|n| format!("class {} : X_Node {{ }};", class(n))).collect();
        session.compile_mof_text(&context(), "kinds.mof", &classes.concat()).unwrap();
        add(&session, "X_Node", "hub");
        let ids: Vec<String> = (0..60).map(|n| format!("{n:02}")).collect();
        for (n, id) in (0..).zip(&ids) {
            add(&session, &class(n), id);
            let ends = [("Holder", node("X_Node", "hub")), ("Held", node(&class(n), id))];
            link(&session, if n % 2 == 0 { "X_Holds" } else { "X_Keeps" }, id, &ends);
        }
        let (hub, all) = (node("X_Node", "hub"), AssociationFilter::new());
        let ends = session.associators(&context(), &hub, &all).unwrap();
        let links = session.references(&context(), &hub, &all).unwrap();
        for result in [ends, links] {
            let shown = |row: Row<'_>| row.property("Id").unwrap().as_str().unwrap().to_owned();
            let given: Vec<String> = result.rows().map(|row| shown(row.unwrap())).collect();
            assert_eq!((given, result.count().unwrap()), (ids.clone(), 60));
            let parts = result.parts(7).flat_map(|part| part.rows());
            assert!(parts.map(|row| shown(row.unwrap())).eq(ids.clone()));
        }
    }
}

#[test]
fn filters_choose_links_and_ends() {
    let f = AssociationFilter::new;
    for (filter, ends, links) in [
        (f(), "b c c d d o", "ab ac aco ad1 ad2"),
        (f().assoc_class("X_Holds"), "b c d d", "ab ac ad1 ad2"),
        (f().assoc_class("X_Keeps"), "c", "ac"),
        (f().role("holder"), "b c d d", "ab ac ad1 ad2"),
        (f().role("Held"), "", ""),
        (f().result_role("Two"), "c", "ab ac aco ad1 ad2"),
        (f().result_class("X_Leaf"), "c c", ""),
        (f().result_class("X_Other"), "o", ""),
        (f().result_class("X_Holds"), "", "ab ac ad1 ad2"),
        (f().required_assoc_qualifier("Association"), "b c c d d o", "ab ac aco ad1 ad2"),
        (f().required_assoc_qualifier("Nothing"), "", ""),
    ] {
        let wmi = world(Dialect::Wmi);
        let from = node("X_Node", "A");
        assert_eq!(ids(&wmi.associators(&context(), &from, &filter).unwrap()), ends, "{filter:?}");
        let paths = wmi.associator_names(&context(), &from, &filter).unwrap();
        assert_eq!(names(&paths), ends, "{filter:?}");
        if filter != f().required_assoc_qualifier("Association")
            && filter != f().required_assoc_qualifier("Nothing")
        {
            let found = wmi.references(&context(), &from, &filter).unwrap();
            assert_eq!(ids(&found), links, "{filter:?}");
            let paths = wmi.reference_names(&context(), &from, &filter).unwrap();
            assert_eq!(names(&paths), links, "{filter:?}");
        }
        // DSP0200's operations give an object once.
        let mut once: Vec<&str> = ends.split(' ').collect();
        once.dedup();
        let dmtf = world(Dialect::Dmtf);
        let from = node("X_Node", "a");
        let found = dmtf.associators(&context(), &from, &filter).unwrap();
        assert_eq!(ids(&found), once.join(" "), "{filter:?}");
    }
}

#[test]
fn keys_only_shows_keys() {
    let session = world(Dialect::Wmi);
    let filter = AssociationFilter::new().assoc_class("X_Keeps").keys_only();
    let found = session.associators(&context(), &node("X_Node", "a"), &filter).unwrap();
    let instance = found.rows().next().unwrap().unwrap().to_instance();
    assert_eq!((instance.len(), instance.get("Id")), (1, Some(&Value::from("c"))));
}

#[test]
fn references_may_lead_nowhere_and_somewhere_later() {
    for dialect in [Dialect::Wmi, Dialect::Dmtf] {
        let session = world(dialect);
        let (b, filter) = (node("X_Node", "b"), AssociationFilter::new().role("Holder"));
        let look = || {
            let found = ids(&session.associators(&context(), &b, &filter).unwrap());
            (found, names(&session.associator_names(&context(), &b, &filter).unwrap()))
        };
        assert_eq!(look(), (String::new(), "z".to_owned()));
        // An object that is not there has associations all the same, in `Dmtf`.
        let z = node("X_Node", "z");
        let back = AssociationFilter::new();
        match session.associator_names(&context(), &z, &back) {
            Ok(paths) => assert_eq!((names(&paths), dialect), ("b".to_owned(), Dialect::Dmtf)),
            Err(error) => {
                assert_eq!((error.status(), dialect), (Status::NotFound, Dialect::Wmi));
            }
        }
        add(&session, "X_Node", "z");
        assert_eq!(look(), ("z".to_owned(), "z".to_owned()));
        assert_eq!(names(&session.associator_names(&context(), &z, &back).unwrap()), "b");
        session.delete_instance(&context(), &z).unwrap();
        assert_eq!(look(), (String::new(), "z".to_owned()));
    }
    // In WMI a path may name a class above the instance's.
    let session = world(Dialect::Wmi);
    add(&session, "X_Leaf", "z");
    let found = session.associators(&context(), &node("X_Leaf", "z"), &AssociationFilter::new());
    assert_eq!(ids(&found.unwrap()), "b");
}

#[test]
fn links_follow_their_references() {
    let session = world(Dialect::Wmi);
    let filter = AssociationFilter::new().assoc_class("X_Holds");
    let ends =
        |of: &str| ids(&session.associators(&context(), &node("X_Node", of), &filter).unwrap());
    let change = |change: Instance| {
        let path = node("X_Holds", "ab");
        session.modify_instance(&context(), &path, &change, &Update::Given).unwrap();
    };
    change(Instance::new("X_Holds").with("Weight", 7_u32));
    assert_eq!(ends("a"), "b c d d");
    change(Instance::new("X_Holds").with("Held", node("X_Node", "d")));
    assert_eq!((ends("a").as_str(), ends("b").as_str()), ("c d d d", ""));
    change(Instance::new("X_Holds").with("Held", node("X_Node", "b")));
    assert_eq!((ends("a").as_str(), ends("b").as_str()), ("b c d d", "a"));
    change(Instance::new("X_Holds").with("Held", Value::null(CimType::Reference)));
    assert_eq!((ends("a").as_str(), ends("b").as_str()), ("c d d", ""));
}

#[test]
fn an_old_snapshot_sees_an_end_of_another_class() {
    let session = session(Dialect::Wmi);
    add(&session, "X_Leaf", "n4");
    add(&session, "X_Node", "n1");
    let (n1, n4) = (node("X_Node", "n1"), node("X_Node", "n4"));
    link(&session, "X_Holds", "l0", &[("Holder", n1.clone()), ("Held", n4.clone())]);
    let before = session.snapshot(&context()).unwrap();
    session.delete_instance(&context(), &n4).unwrap();
    add(&session, "X_Node", "n4");
    for (session, class) in [(&before, "X_Leaf"), (&session, "X_Node")] {
        let found = session.associators(&context(), &n1, &AssociationFilter::new()).unwrap();
        let classes: Vec<&str> = found.rows().map(|row| row.unwrap().class_name()).collect();
        assert_eq!(classes, [class]);
    }
}

#[test]
fn an_old_snapshot_sees_a_link_that_was_changed_and_deleted() {
    let session = session(Dialect::Wmi);
    add(&session, "X_Node", "n3");
    let (n3, l) = (node("X_Node", "n3"), node("X_Holds", "l"));
    link(&session, "X_Holds", "l", &[("Holder", node("X_Node", "n0")), ("Held", n3.clone())]);
    let before = session.snapshot(&context()).unwrap();
    let change = Instance::new("X_Holds").with("Held", node("X_Node", "n0"));
    session.modify_instance(&context(), &l, &change, &Update::Given).unwrap();
    session.delete_instance(&context(), &l).unwrap();
    for (session, expected) in [(&before, "n0"), (&session, "")] {
        let found = session.associator_names(&context(), &n3, &AssociationFilter::new());
        assert_eq!(names(&found.unwrap()), expected);
    }
}

#[test]
fn what_lies_elsewhere_is_not_waited_for() {
    let session = session(Dialect::Wmi);
    add(&session, "X_Node", "n1");
    let n1 = node("X_Node", "n1");
    let elsewhere = ObjectPath::parse(r#"root\y:X_Node.Id="far""#).unwrap();
    link(&session, "X_Holds", "l", &[("Holder", n1.clone()), ("Held", elsewhere)]);
    assert!(!session.namespace.store.has_unbound_objects());
    link(&session, "X_Holds", "m", &[("Holder", n1.clone()), ("Held", node("X_Node", "soon"))]);
    assert!(session.namespace.store.has_unbound_objects());
    let names = session.associator_names(&context(), &n1, &AssociationFilter::new()).unwrap();
    assert_eq!(self::names(&names), "far soon");
    add(&session, "X_Node", "soon");
    assert!(!session.namespace.store.has_unbound_objects());
}

#[derive(Clone, Debug)]
enum Step {
    Node(u8, bool),
    Unnode(u8),
    Link(u8, u8, u8),
    Relink(u8, u8),
    Unlink(u8),
    Snapshot,
    Unsnapshot,
    /// Links through the inserter.
    Insert(Vec<(u8, u8, u8)>),
    /// Changes in one commit, which may come to nothing.
    Together(Vec<Step>, bool),
    /// Another version of the class of nodes.
    Redefine(usize),
}

/// Versions of the nodes' class: their rows are taken over or written again.
const NODES: [&str; 3] = [
    "class X_Node { [key] string Id; uint32 Size; };",
    "class X_Node { [key] string Id; uint32 Size; string More = \"m\"; };",
    "class X_Node { [key] string Id; [not_null] uint32 Size = 7; };",
];

fn step() -> impl Strategy<Value = Step> {
    let links = prop::collection::vec((0..12_u8, 0..6_u8, 0..6_u8), 0..4);
    prop_oneof![
        20 => change(),
        1 => Just(Step::Snapshot),
        1 => Just(Step::Unsnapshot),
        2 => links.prop_map(Step::Insert),
        3 => (prop::collection::vec(change(), 0..6), any::<bool>())
            .prop_map(|(steps, undone)| Step::Together(steps, undone)),
        1 => (0..NODES.len()).prop_map(Step::Redefine),
    ]
}

fn change() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0..6_u8, any::<bool>()).prop_map(|(n, leaf)| Step::Node(n, leaf)),
        2 => (0..6_u8).prop_map(Step::Unnode),
        6 => (0..12_u8, 0..6_u8, 0..6_u8).prop_map(|(l, a, b)| Step::Link(l, a, b)),
        3 => (0..12_u8, 0..6_u8).prop_map(|(l, b)| Step::Relink(l, b)),
        3 => (0..12_u8).prop_map(Step::Unlink),
    ]
}

fn end(n: u8) -> ObjectPath {
    node("X_Node", &format!("n{n}"))
}

/// What is there: nodes, and links with their two ends.
#[derive(Clone, Debug, Default)]
struct Model {
    nodes: BTreeMap<u8, bool>,
    links: BTreeMap<u8, (u8, u8)>,
    /// Each end once, of whatever is there or not.
    is_dmtf: bool,
}

impl Model {
    /// The other ends of the links of a node, there or not.
    fn ends(&self, of: u8, there: bool) -> String {
        let mut ends: Vec<String> = Vec::new();
        for (a, b) in self.links.values() {
            for (from, to) in [(a, b), (b, a)] {
                if *from == of && (!there || self.nodes.contains_key(to)) {
                    ends.push(format!("n{to}"));
                }
            }
        }
        ends.sort();
        if self.is_dmtf {
            ends.dedup();
        }
        ends.join(" ")
    }

    fn links(&self, of: u8) -> String {
        let of_it = self.links.iter().filter(|(_, (a, b))| *a == of || *b == of);
        let mut links: Vec<String> = of_it.map(|(l, _)| format!("l{l}")).collect();
        links.sort();
        links.join(" ")
    }

    /// Makes a change, if it can be made, and adds it to a batch.
    fn apply(&mut self, batch: WriteBatch, step: &Step) -> WriteBatch {
        let l = |l: &u8| node("X_Holds", &format!("l{l}"));
        match step {
            Step::Node(id, leaf) if !self.nodes.contains_key(id) => {
                self.nodes.insert(*id, *leaf);
                // In DMTF a path names the class itself.
                let class = if *leaf && !self.is_dmtf { "X_Leaf" } else { "X_Node" };
                batch.create(Instance::new(class).with("Id", format!("n{id}")))
            }
            Step::Unnode(id) if self.nodes.remove(id).is_some() => batch.delete(end(*id)),
            Step::Link(id, a, b) if !self.links.contains_key(id) => {
                self.links.insert(*id, (*a, *b));
                let link = Instance::new("X_Holds").with("Id", format!("l{id}"));
                batch.create(link.with("Holder", end(*a)).with("Held", end(*b)))
            }
            Step::Relink(id, b) if self.links.contains_key(id) => {
                self.links.entry(*id).and_modify(|ends| ends.1 = *b);
                batch.modify(l(id), Instance::new("X_Holds").with("Held", end(*b)), Update::Given)
            }
            Step::Unlink(id) if self.links.remove(id).is_some() => batch.delete(l(id)),
            _ => batch,
        }
    }

    fn check(&self, session: &Session) -> Result<(), TestCaseError> {
        let filter = AssociationFilter::new();
        for of in 0..6_u8 {
            let path = node("X_Node", &format!("n{of}"));
            let found = session.associators(&context(), &path, &filter);
            if !self.is_dmtf && !self.nodes.contains_key(&of) {
                prop_assert!(found.is_err());
                continue;
            }
            prop_assert_eq!(ids(&found.unwrap()), self.ends(of, true), "associators of n{}", of);
            let names_found = session.associator_names(&context(), &path, &filter).unwrap();
            prop_assert_eq!(names(&names_found), self.ends(of, false), "names of n{}", of);
            let links = session.references(&context(), &path, &filter).unwrap();
            prop_assert_eq!(ids(&links), self.links(of), "references of n{}", of);
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn agree_with_a_model(steps in prop::collection::vec(step(), 0..60), is_dmtf: bool) {
        let session = session(if is_dmtf { Dialect::Dmtf } else { Dialect::Wmi });
        let mut model = Model { is_dmtf, ..Model::default() };
        let mut snapshots: Vec<(Session, Model)> = Vec::new();
        let l = |l: u8| node("X_Holds", &format!("l{l}"));
        for step in steps {
            match step {
                Step::Snapshot => {
                    snapshots.push((session.snapshot(&context()).unwrap(), model.clone()));
                }
                Step::Unsnapshot => if !snapshots.is_empty() { snapshots.remove(0); },
                Step::Insert(links) => {
                    let columns = ["Id", "Holder", "Held"];
                    let mut inserter = session.inserter(&context(), "X_Holds", &columns).unwrap();
                    for (id, a, b) in links {
                        let Entry::Vacant(place) = model.links.entry(id) else { continue };
                        place.insert((a, b));
                        let (id, ends) = (format!("l{id}"), [a, b].map(|n| Arc::new(end(n))));
                        let [a, b] = ends.each_ref().map(ValueView::Reference);
                        inserter.insert(&[ValueView::String(&id), a, b]).unwrap();
                    }
                    inserter.commit(&context()).unwrap();
                }
                Step::Together(steps, undone) => {
                    let mut then = model.clone();
                    let batch = steps.iter().fold(session.batch(), |b, step| then.apply(b, step));
                    if undone {
                        let refused = batch.create(Instance::new("X_Node")).commit(&context());
                        prop_assert!(refused.is_err());
                    } else {
                        batch.commit(&context()).unwrap();
                        model = then;
                    }
                }
                Step::Redefine(_) if is_dmtf => {}
                Step::Redefine(version) => {
                    let text = format!("#pragma classflags(\"forceupdate\")\n{}", NODES[version]);
                    session.compile_mof_text(&context(), "again.mof", &text).unwrap();
                }
                change => {
                    model.apply(session.batch(), &change).commit(&context()).unwrap();
                }
            }
            model.check(&session)?;
            for (session, model) in &snapshots {
                model.check(session)?;
            }
        }
        // Nothing stays of what is gone.
        drop(snapshots);
        let links = model.links.keys().map(|id| l(*id));
        let nodes = model.nodes.keys().map(|id| end(*id));
        let batch = links.chain(nodes).fold(session.batch(), WriteBatch::delete);
        batch.commit(&context()).unwrap();
        for _ in 0..400 {
            add(&session, "X_Other", "x");
            session.delete_instance(&context(), &node("X_Other", "x")).unwrap();
        }
        prop_assert_eq!(session.namespace.store.held().0, 0, "objects are left");
        prop_assert!(!session.namespace.store.has_unbound_objects());
    }
}
