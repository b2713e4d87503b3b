//! The cells under loom, which runs each model through the orders that its events can have:
//! `cargo xtask model`. Without `--cfg loom` this is empty.
#![cfg(loom)]

mod commit;
mod publication;
mod registry;

/// Runs a model through all orders in which a thread is interrupted at most three times at a
/// place where it need not be. Without a bound the models take hours; errors of memory order show
/// with two.
fn model(of: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = builder.preemption_bound.or(Some(3));
    builder.check(of);
}
