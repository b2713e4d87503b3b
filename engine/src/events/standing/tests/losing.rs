//! What happens to all of them while commits are not kept.

use super::*;
use crate::error::EngineError;

/// Keeps so few commits that what is written before `fill` is not seen by itself.
fn forgetful() -> World {
    World::with(Limits::default().with_kept_commits(2))
}

impl World {
    fn fill(&self) {
        (0..4)
            .for_each(|n| self.put(&Instance::new("S_Thing").with("Name", "fill").with("Size", n)));
        self.handed();
    }

    fn fired(timers: &Subscription) -> Vec<String> {
        let mut fired = Vec::new();
        loop {
            match timers.try_next() {
                Ok(Some(event)) => fired.push(event.property("TimerId").unwrap().to_string()),
                Ok(None) => return fired,
                Err(error) => assert!(matches!(error, EngineError::ChangesLost { .. })),
            }
        }
    }
}

#[test]
fn what_came_while_commits_were_not_kept_is_known() {
    let world = forgetful();
    world.put(&timer("first", 3_600_000));
    let timers = world.subscribe("SELECT * FROM __TimerEvent");
    world.handed();
    world.bind(THINGS);
    world.put(&timer("t", 2000));
    world.fill();
    world.thing("a");
    assert_eq!(world.handed(), ["__InstanceCreationEvent:a"]);
    world.advance(2);
    assert_eq!(World::fired(&timers), ["t"]);
}

#[test]
fn what_changed_while_commits_were_not_kept_is_known() {
    let world = forgetful();
    let timers = world.subscribe("SELECT * FROM __TimerEvent");
    world.bind(THINGS);
    for name in ["same", "slower", "faster"] {
        world.put(&timer(name, 4000));
    }
    world.compile(
        r#"instance of __EventFilter { Name = "g"; QueryLanguage = "WQL";
            Query = "SELECT * FROM __InstanceDeletionEvent WHERE TargetInstance ISA 'S_Thing'"; };
        instance of S_Consumer { Name = "d"; };
        instance of __FilterToConsumerBinding
        { Filter = "__EventFilter='g'"; Consumer = "S_Consumer='c'"; };
        instance of __FilterToConsumerBinding
        { Filter = "__EventFilter='g'"; Consumer = "S_Consumer='d'"; };"#,
    );
    world.handed();
    world.advance(2);
    world.put(&timer("slower", 60_000));
    world.put(&timer("faster", 1000));
    world.put(&Instance::new("S_Consumer").with("Name", "c").with("Note", "changed "));
    let query = "SELECT * FROM __InstanceModificationEvent WHERE TargetInstance ISA 'S_Thing'";
    world.put(&Instance::new("__EventFilter").with("Name", "f").with("Query", query));
    world.fill();
    world.thing("a");
    assert!(world.handed().is_empty(), "no filter asks for it any more");
    world.put(&Instance::new("S_Thing").with("Name", "a").with("Size", 1_u32));
    assert_eq!(world.handed(), ["changed __InstanceModificationEvent:a"]);
    world.delete("S_Thing='a'");
    let deleted =
        ["changed __InstanceDeletionEvent:a", "S_Consumer.Name=\"d\":__InstanceDeletionEvent:a"];
    assert_eq!(world.handed(), deleted);
    world.advance(2);
    let mut fired = World::fired(&timers);
    fired.sort();
    assert_eq!(fired, ["faster", "faster", "same"]);
}

#[test]
fn what_went_while_commits_were_not_kept_is_forgotten() {
    let world = forgetful();
    let timers = world.subscribe("SELECT * FROM __TimerEvent");
    world.bind(THINGS);
    world.put(&timer("t", 1000));
    world.put(&timer("stays", 1000));
    world.handed();
    world.delete("__IntervalTimerInstruction='t'");
    world.delete(
        r#"__FilterToConsumerBinding.Consumer="S_Consumer='c'",Filter="__EventFilter='f'""#,
    );
    world.fill();
    assert!(world.repository().bindings().is_empty());
    world.thing("a");
    assert!(world.handed().is_empty());
    world.advance(1);
    assert_eq!(World::fired(&timers), ["stays"]);
    world.bind(THINGS);
    world.handed();
    for gone in ["__EventFilter='f'", "S_Consumer='c'"] {
        world.delete(gone);
        world.fill();
        assert!(!world.repository().bindings().remove(0).active, "{gone}");
        world.bind(THINGS);
        world.thing(gone);
        assert_eq!(world.handed().len(), 1, "{gone}");
    }
}

const INTEROP: &str = r#"
class CIM_IndicationFilter
    { [Key] string Name; string SourceNamespaces[]; string Query; string QueryLanguage; };
class CIM_ListenerDestination { [Key] string Name; };
class CIM_ListenerDestinationCIMXML : CIM_ListenerDestination { };
[Association] class CIM_IndicationSubscription
    { [Key] CIM_IndicationFilter REF Filter; [Key] CIM_ListenerDestination REF Handler; };
"#;

/// Makes a namespace with a subscription to what happens to things. Above it is one that can be
/// deleted with all below it.
fn make_interop(world: &World, dialect: Dialect, key: &str, what: &str) {
    let repository = world.repository();
    repository.create_namespace("root/x/above", Dialect::Wmi).unwrap();
    repository.create_namespace("root/x/above/interop", dialect).unwrap();
    let session = repository.session("root/x/above/interop").unwrap();
    let qualifiers = match dialect {
        Dialect::Wmi => "",
        Dialect::Dmtf => {
            "Qualifier Key : boolean = false, Scope(property, reference);
            Qualifier Association : boolean = false, Scope(association);"
        }
    };
    let subscription = format!(
        r#"instance of CIM_IndicationFilter
            {{ Name = "{key}"; SourceNamespaces = {{ "root/x" }}; QueryLanguage = "WQL";
              Query = "SELECT * FROM __Instance{what}Event WHERE TargetInstance ISA 'S_Thing'"; }};
        instance of CIM_ListenerDestinationCIMXML {{ Name = "{key}"; }};
        instance of CIM_IndicationSubscription
            {{ Filter = "CIM_IndicationFilter.Name=\"{key}\"";
              Handler = "CIM_ListenerDestinationCIMXML.Name=\"{key}\""; }};"#
    );
    let mof = format!("{qualifiers}{INTEROP}{subscription}");
    session.compile_mof_text(&context(), "interop.mof", &mof).unwrap();
}

#[test]
fn namespaces_that_went_while_commits_were_not_kept_take_theirs_with_them() {
    let dialects = [Dialect::Wmi, Dialect::Dmtf];
    for (first, key) in dialects.iter().flat_map(|first| [(*first, "f"), (*first, "F")]) {
        for again in [None, Some(Dialect::Wmi), Some(Dialect::Dmtf)] {
            let what = format!("{first:?} {key} {again:?}");
            let world = forgetful();
            let repository = world.repository();
            repository.set_consumer_sink("CIM_ListenerDestinationCIMXML", world.told.clone());
            make_interop(&world, first, key, "Creation");
            world.handed();
            world.thing("a");
            assert_eq!(world.handed().len(), 1, "{what}");
            repository.delete_namespace("root/x/above").unwrap();
            if let Some(again) = again {
                make_interop(&world, again, key, "Deletion");
            }
            world.fill();
            world.thing("b");
            assert!(world.handed().is_empty(), "{what}");
            let active: Vec<bool> = repository.bindings().iter().map(|one| one.active).collect();
            assert_eq!(active, vec![true; again.iter().count()], "{what}");
            world.delete("S_Thing='a'");
            assert_eq!(world.handed().len(), active.len(), "{what}");
        }
    }
}

#[test]
fn timers_of_a_namespace_that_was_made_again_begin_again() {
    let world = forgetful();
    let repository = world.repository();
    let make = || {
        repository.create_namespace("root/x/t", Dialect::Wmi).unwrap();
        let session = repository.session("root/x/t").unwrap();
        let (mode, update) = (PutMode::CreateOrUpdate, Update::Given);
        session.put_instance(&context(), &timer("t", 4000), mode, &update).unwrap();
        session
    };
    make();
    world.handed();
    world.advance(3);
    repository.delete_namespace("root/x/t").unwrap();
    let session = make();
    world.fill();
    let query = "SELECT * FROM __TimerEvent";
    let timers = session.subscribe(&context(), query, SubscribeOptions::new()).unwrap();
    world.advance(3);
    assert!(World::fired(&timers).is_empty());
    world.advance(1);
    assert_eq!(World::fired(&timers), ["t"]);
}

fn timer(name: &str, milliseconds: u32) -> Instance {
    let instruction = Instance::new("__IntervalTimerInstruction").with("TimerId", name);
    instruction.with("IntervalBetweenEvents", milliseconds)
}
