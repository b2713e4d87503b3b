//! Reads a namespace as it was at one moment while another thread writes to it.
//!
//! `cargo run -p cimarron-engine --example snapshot_while_writing` prints:
//!
//! ```text
//! the snapshot: 100 accounts, 10000 in all
//! beside the writer: 10000 in all, each of 50 times
//! the snapshot after 500 transfers: 100 accounts, 10000 in all, account 7 has 100
//! now: 90 accounts, 10000 in all
//! a snapshot is read-only: true
//! ```

use cimarron_engine::{CallContext, EngineError, Repository, Session, Update, ValueView};
use cimarron_model::{Dialect, Instance, ObjectPath};
use std::error::Error;
use std::io::{self, Write};
use std::thread;

const MOF: &str = "class X_Account { [key] uint32 Number; sint64 Money; };";
const ACCOUNTS: u32 = 100;

fn main() -> Result<(), Box<dyn Error>> {
    run(&mut io::stdout().lock())
}

/// What `main` does, to any output.
pub(crate) fn run(out: &mut dyn Write) -> Result<(), Box<dyn Error>> {
    let repository = Repository::new();
    repository.create_namespace("root/bank", Dialect::Wmi)?;
    let session = repository.session("root/bank")?;
    let context = CallContext::new();
    session.compile_mof_text(&context, "bank.mof", MOF)?;
    let mut inserter = session.inserter(&context, "X_Account", &["Number", "Money"])?;
    for number in 0..ACCOUNTS {
        inserter.insert(&[ValueView::UInt32(number), ValueView::SInt64(100)])?;
    }
    inserter.commit(&context)?;

    // A snapshot is a session that stands still.
    let before = session.snapshot(&context)?;
    let (accounts, money) = count(&before)?;
    writeln!(out, "the snapshot: {accounts} accounts, {money} in all")?;

    // Readers take no lock: they neither wait for the writer nor hold it up. A transfer is
    // one commit, so nobody ever sees money that is on its way.
    let sums = thread::scope(|scope| {
        let writer = scope.spawn(|| transfer(&session));
        let sums: Result<Vec<i64>, EngineError> =
            (0..50).map(|_| count(&session).map(|(_, money)| money)).collect();
        writer.join().map_err(|_| "the writer panicked")??;
        Ok::<_, Box<dyn Error>>(sums?)
    })?;
    let same = sums.iter().filter(|sum| **sum == 10_000).count();
    writeln!(out, "beside the writer: 10000 in all, each of {same} times")?;

    let (accounts, money) = count(&before)?;
    let seventh = "SELECT Money FROM X_Account WHERE Number = 7";
    let seventh: i64 = before.query_as(&context, seventh)?.iter().sum();
    writeln!(
        out,
        "the snapshot after 500 transfers: {accounts} accounts, {money} in all, \
         account 7 has {seventh}"
    )?;
    let (accounts, money) = count(&session)?;
    writeln!(out, "now: {accounts} accounts, {money} in all")?;
    let path = ObjectPath::parse("X_Account.Number=7")?;
    let refused = before.delete_instance(&context, &path).is_err();
    writeln!(out, "a snapshot is read-only: {refused}")?;
    Ok(())
}

/// How many accounts there are, and how much money.
fn count(session: &Session) -> Result<(usize, i64), EngineError> {
    let text = "SELECT Money FROM X_Account";
    let money: Vec<i64> = session.query_as(&CallContext::new(), text)?;
    Ok((money.len(), money.iter().sum()))
}

/// Moves money from account to account 500 times, and ends ten accounts.
fn transfer(session: &Session) -> Result<(), EngineError> {
    let context = CallContext::new();
    let account = |number: u32| {
        let keys = [("Number", number)].into_iter().collect();
        ObjectPath::of_instance("X_Account", keys)
    };
    let holds = |money: i64| Instance::new("X_Account").with("Money", money);
    let mut money = vec![100_i64; ACCOUNTS as usize];
    for turn in 0..500_u32 {
        let (from, to) = (turn % 90, (turn * 7 + 1) % 90);
        if from == to {
            continue;
        }
        let mut batch = session.batch();
        for (number, change) in [(from, -1), (to, 1)] {
            if let Some(own) = money.get_mut(number as usize) {
                *own += change;
                batch = batch.modify(account(number), holds(*own), Update::Given);
            }
        }
        batch.commit(&context)?;
    }
    // The last ten accounts go to the first one, all in one commit.
    let first = money.first().copied().unwrap_or_default();
    let mut batch = session.batch().modify(account(0), holds(first + 1000), Update::Given);
    for number in 90..ACCOUNTS {
        batch = batch.delete(account(number));
    }
    batch.commit(&context)?;
    Ok(())
}
