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

fn timer(name: &str, milliseconds: u32) -> Instance {
    let instruction = Instance::new("__IntervalTimerInstruction").with("TimerId", name);
    instruction.with("IntervalBetweenEvents", milliseconds)
}
