//! What changes, and who wants to hear of what: the model that says how many events there
//! must be.

use super::random::Random;
use cimarron_engine::{CallContext, Repository, Session, Update};
use cimarron_model::{Dialect, Instance, ObjectPath};

const CLASSES: &str = "
class Soak_Fan { [key] string Name; uint32 Speed; string Place; };
class Soak_Turbine : Soak_Fan { uint16 Blades = 5; };";

/// How many fans there may be.
const FANS: u64 = 200;

/// Speeds are below this.
const TOP_SPEED: u64 = 100;

/// What was done to a fan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Done {
    Created,
    Modified,
    Deleted,
}

/// One change, as an event tells it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Happening {
    done: Done,
    fan: u64,
    turbine: bool,
    /// Its speed now, or when it was deleted.
    speed: u64,
}

#[derive(Clone, Copy, Debug)]
struct Fan {
    turbine: bool,
    speed: u64,
}

/// The fans.
#[derive(Debug)]
pub(super) struct World {
    pub(super) session: Session,
    fans: Vec<Option<Fan>>,
}

impl World {
    pub(super) fn new() -> Self {
        let repository = Repository::new();
        repository.create_namespace("root/soak", Dialect::Wmi).expect("a new namespace");
        let session = repository.session("root/soak").expect("it is there");
        let context = CallContext::new();
        session.compile_mof_text(&context, "soak.mof", CLASSES).expect("the classes compile");
        Self { session, fans: vec![None; FANS as usize] }
    }

    /// Changes a fan; `None` when what was written is what was there, which is no event.
    pub(super) fn change(&mut self, random: &mut Random) -> Option<Happening> {
        let at = random.below(FANS);
        let (session, context) = (&self.session, CallContext::new());
        let fan = self.fans.get_mut(at as usize)?;
        let path =
            || ObjectPath::parse(&format!("Soak_Fan.Name=\"{}\"", name(at))).expect("a path");
        let happening =
            |done, fan: Fan| Happening { done, fan: at, turbine: fan.turbine, speed: fan.speed };
        match (&mut *fan, random.below(10)) {
            (None, _) => {
                let new = Fan { turbine: random.below(3) == 0, speed: random.below(TOP_SPEED) };
                let class = if new.turbine { "Soak_Turbine" } else { "Soak_Fan" };
                let instance = Instance::new(class).with("Name", name(at)).with("Speed", new.speed);
                session.create_instance(&context, &instance).expect("a new fan");
                *fan = Some(new);
                Some(happening(Done::Created, new))
            }
            (Some(there), 0..2) => {
                let gone = *there;
                session.delete_instance(&context, &path()).expect("the fan is there");
                *fan = None;
                Some(happening(Done::Deleted, gone))
            }
            (Some(there), draw) => {
                // The same speed again is no event.
                let speed = if draw == 9 { there.speed } else { random.below(TOP_SPEED) };
                let instance = Instance::new("").with("Speed", speed);
                session
                    .modify_instance(&context, &path(), &instance, &Update::Given)
                    .expect("the fan is there");
                let changed = std::mem::replace(&mut there.speed, speed) != speed;
                changed.then(|| happening(Done::Modified, *there))
            }
        }
    }
}

fn name(fan: u64) -> String {
    format!("Fan {fan}")
}

/// What a subscriber wants, as a query and in the plain words of the model.
#[derive(Clone, Copy, Debug)]
pub(super) enum Interest {
    /// Modifications of one fan.
    Fan(u64),
    /// Modifications to a speed above this.
    Faster(u64),
    /// New turbines.
    NewTurbines,
    /// Deletions.
    Deletions,
    /// Whatever happens to fans.
    Everything,
}

impl Interest {
    pub(super) fn draw(random: &mut Random) -> Self {
        match random.below(6) {
            0 | 1 => Self::Fan(random.below(FANS)),
            2 => Self::Faster(random.below(TOP_SPEED)),
            3 => Self::NewTurbines,
            4 => Self::Deletions,
            _ => Self::Everything,
        }
    }

    pub(super) fn query(self) -> String {
        let (class, condition) = match self {
            // In another case than it is stored.
            Self::Fan(fan) => (
                "__InstanceModificationEvent",
                format!("'Soak_Fan' AND TargetInstance.Name = '{}'", name(fan).to_uppercase()),
            ),
            Self::Faster(speed) => (
                "__InstanceModificationEvent",
                format!("'Soak_Fan' AND TargetInstance.Speed > {speed}"),
            ),
            Self::NewTurbines => ("__InstanceCreationEvent", "'Soak_Turbine'".to_owned()),
            Self::Deletions => ("__InstanceDeletionEvent", "'Soak_Fan'".to_owned()),
            Self::Everything => ("__InstanceOperationEvent", "'Soak_Fan'".to_owned()),
        };
        format!("SELECT * FROM {class} WHERE TargetInstance ISA {condition}")
    }

    pub(super) fn wants(self, happening: &Happening) -> bool {
        let Happening { done, fan, turbine, speed } = *happening;
        match self {
            Self::Fan(wanted) => done == Done::Modified && fan == wanted,
            Self::Faster(than) => done == Done::Modified && speed > than,
            Self::NewTurbines => done == Done::Created && turbine,
            Self::Deletions => done == Done::Deleted,
            Self::Everything => true,
        }
    }
}
