//! How often calls look at their deadline, their cancel token and their budget.

use super::*;
use crate::clock::{Clock, WallTime};
use crate::context::CancelToken;
use crate::limits::Limits;
use cimarron_wql::Level;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

const MOF: &str = "class L_Row { [key] uint32 Id; uint32 N; string T; };";

const ROWS: u32 = 20_000;

/// A chunk has at most so many rows.
const CHUNK: usize = 4096;

/// A clock that counts how often it is asked.
#[derive(Debug, Default)]
struct Asked(AtomicUsize);

impl Clock for Asked {
    fn now(&self) -> Duration {
        Duration::from_nanos(self.0.fetch_add(1, Ordering::SeqCst) as u64)
    }

    fn wall(&self) -> WallTime {
        WallTime { ticks: 0, offset: 0 }
    }
}

struct World {
    clock: Arc<Asked>,
    session: Session,
}

impl World {
    fn new(limits: Limits) -> Self {
        let clock = Arc::new(Asked::default());
        let repository = Repository::builder().clock(clock.clone()).limits(limits).build();
        repository.create_namespace("root/x", Dialect::Wmi).unwrap();
        let session = repository.session("root/x").unwrap().with_language_level(Level::Extended);
        session.compile_mof_text(&context(), "l.mof", MOF).unwrap();
        for first in (0..ROWS).step_by(2000) {
            let row = |id: u32| {
                let text = format!("Text {}", id % 700);
                let row = Instance::new("L_Row").with("Id", id);
                row.with("N", id.wrapping_mul(2_654_435_761) >> 8).with("T", text.as_str())
            };
            let rows = (first..first + 2000).map(row);
            rows.fold(session.batch(), WriteBatch::create).commit(&context()).unwrap();
        }
        session.create_index(&context(), "L_Row", "N").unwrap();
        Self { clock, session }
    }

    fn asked(&self) -> usize {
        self.clock.0.load(Ordering::SeqCst)
    }

    /// Reads a query to its end; how many rows there were.
    fn read(&self, context: &CallContext, query: &str) -> Result<usize, EngineError> {
        let result = self.session.query(context, query)?;
        let mut count = 0;
        for row in result.rows() {
            row?;
            count += 1;
        }
        Ok(count)
    }
}

const QUERIES: [&str; 10] = [
    "SELECT * FROM L_Row",
    "SELECT * FROM L_Row WHERE T LIKE '%1%'",
    "SELECT * FROM L_Row WHERE T = 'nothing'",
    "SELECT Id FROM L_Row ORDER BY N",
    "SELECT TOP 5 Id FROM L_Row ORDER BY T DESC, N",
    "SELECT DISTINCT T FROM L_Row",
    "SELECT COUNT(*) FROM L_Row",
    "SELECT COUNT(*), MIN(T), SUM(N) FROM L_Row WHERE N > 5",
    "SELECT Id FROM L_Row LIMIT 20000",
    "SELECT Id FROM L_Row LIMIT 1 OFFSET 19999",
];

fn endless(world: &World) -> CallContext {
    context().with_deadline(world.session.repository().deadline_in(Duration::from_secs(3600)))
}

#[test]
fn deadlines_are_looked_at_once_a_chunk_and_end_calls_anywhere() {
    let world = World::new(Limits::default());
    for query in QUERIES {
        let limited = endless(&world);
        let before = world.asked();
        world.read(&limited, query).unwrap();
        let asked = world.asked() - before;
        assert!(asked >= ROWS as usize / CHUNK, "{query}: asked {asked} times");
        // The clock goes on by being asked: each of these deadlines passes at another look.
        for looks in 0..asked {
            let at = Duration::from_nanos((world.asked() + looks) as u64);
            let error = world.read(&context().with_deadline(at), query).unwrap_err();
            assert_eq!(error.status(), Status::Timeout, "{query}: {looks} of {asked}");
        }
    }
}

#[test]
fn what_an_index_names_is_read_with_looks_at_the_deadline() {
    let world = World::new(Limits::default());
    let query = "SELECT Id FROM L_Row WHERE N < 400000";
    let result = world.session.query(&context(), query).unwrap();
    assert!(matches!(result.access(), AccessPath::OrderedIndex { .. }));
    let before = world.asked();
    world.session.query(&endless(&world), query).unwrap();
    let by_query = world.asked() - before;
    assert!(by_query >= 2, "asked {by_query} times");
    let before = world.asked();
    let found = world.session.find(&endless(&world), "L_Row", "N", ..);
    assert_eq!(found.unwrap().count().unwrap(), ROWS as usize);
    assert!(world.asked() - before > ROWS as usize / 512, "{} times", world.asked() - before);
}

#[test]
fn cancelled_calls_end() {
    let world = World::new(Limits::default());
    for query in QUERIES {
        let token = CancelToken::new();
        let limited = context().with_cancel(token.clone());
        let result = world.session.query(&limited, query).unwrap();
        token.cancel();
        assert_eq!(result.rows().next().unwrap().unwrap_err().status(), Status::Cancelled);
        assert_eq!(result.count().unwrap_err().status(), Status::Cancelled, "{query}");
        let error = world.session.query(&limited, query).unwrap_err();
        assert_eq!(error.status(), Status::Cancelled, "{query}");
    }
}

#[test]
fn few_rows_are_found_without_a_look_at_the_others() {
    let world = World::new(Limits::default());
    for query in [
        "SELECT TOP 3 Id FROM L_Row",
        "SELECT TOP 3 Id FROM L_Row WHERE T LIKE '%T%'",
        "SELECT Id FROM L_Row LIMIT 3 OFFSET 5",
        "SELECT DISTINCT TOP 3 T FROM L_Row",
    ] {
        let limited = endless(&world);
        let before = world.asked();
        assert_eq!(world.read(&limited, query).unwrap(), 3, "{query}");
        assert!(world.asked() - before <= 5, "{query}: {} looks", world.asked() - before);
    }
}

#[test]
fn budgets_end_calls() {
    let world = World::new(Limits::default());
    // Lists, sets and the buffer of a merge are too much; a heap of few, a cut and a count
    // are not.
    let most = 40 * 1024;
    let thrifty = context().with_memory_budget(most);
    for (query, fits) in [
        ("SELECT * FROM L_Row", true),
        ("SELECT * FROM L_Row WHERE T LIKE '%1%'", true),
        ("SELECT Id FROM L_Row ORDER BY N", false),
        ("SELECT TOP 9000 Id FROM L_Row ORDER BY N", false),
        ("SELECT TOP 5 Id FROM L_Row ORDER BY N", true),
        ("SELECT DISTINCT T FROM L_Row", true),
        ("SELECT DISTINCT Id FROM L_Row", false),
        ("SELECT COUNT(*), MIN(T), SUM(N) FROM L_Row", true),
        ("SELECT Id FROM L_Row LIMIT 20000", true),
        // The index would name more candidates than there is room for: a scan does it.
        ("SELECT Id FROM L_Row WHERE N < 400000", true),
    ] {
        match (world.read(&thrifty, query), fits) {
            (Ok(_), true) => {}
            (Err(EngineError::OverMemoryBudget { budget }), false) => assert_eq!(budget, most),
            (result, _) => panic!("{query}: {result:?}"),
        }
        let broke = world.read(&context().with_memory_budget(16), query).unwrap_err();
        assert_eq!(broke.status(), Status::QuotaViolation, "{query}");
    }
    let found = world.session.find(&thrifty, "L_Row", "N", ..).unwrap_err();
    assert!(matches!(found, EngineError::OverMemoryBudget { .. }), "{found}");

    // What a repository allows is the most that a call can ask for.
    let world = World::new(Limits::default().with_query_memory(most));
    for context in [context(), context().with_memory_budget(usize::MAX)] {
        let error = world.read(&context, "SELECT Id FROM L_Row ORDER BY N").unwrap_err();
        assert!(matches!(error, EngineError::OverMemoryBudget { budget } if budget == most));
        assert_eq!(world.read(&context, "SELECT COUNT(*) FROM L_Row").unwrap(), 1);
    }
}

#[test]
fn a_small_budget_takes_a_scan_for_an_index() {
    let world = World::new(Limits::default());
    let query = "SELECT Id FROM L_Row WHERE N < 200000";
    let rich = world.session.query(&context(), query).unwrap();
    let poor = context().with_memory_budget(4096);
    let poor = world.session.query(&poor, query).unwrap();
    assert!(matches!(rich.access(), AccessPath::OrderedIndex { .. }));
    assert_eq!(poor.access(), &AccessPath::Scan);
    assert_eq!(rich.count().unwrap(), poor.count().unwrap());
}
