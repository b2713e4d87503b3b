//! How many rows a predicate leaves, as a guess.
//!
//! Numbers are taken to be spread evenly between the least and the greatest of their chunk;
//! some chunks stand for all. Of everything else, and of properties whose chunks are still
//! being filled, the guess is that of the textbooks (Selinger et al., 1979), for want of
//! anything better.

use crate::schema::ClassRef;
use crate::store::Root;
use cimarron_wql::CompareOp;
use cimarron_wql::plan::{ColumnTest, Predicate, Test};
use cimarron_wql::vector::Bounds;

/// How many chunks stand for all.
const SAMPLE: usize = 16;

/// Guesses about the rows of a class and those below it.
pub(super) struct Estimate<'a> {
    root: &'a Root,
    class: ClassRef<'a>,
}

impl<'a> Estimate<'a> {
    pub(super) const fn new(root: &'a Root, class: ClassRef<'a>) -> Self {
        Self { root, class }
    }

    /// How many rows there are.
    pub(super) fn rows(&self) -> usize {
        self.root.live_under(self.class)
    }

    /// The part of the rows that passes.
    pub(super) fn share(&self, predicate: &Predicate) -> f64 {
        match predicate {
            Predicate::Always => 1.0,
            Predicate::Never => 0.0,
            Predicate::All(items) => items.iter().map(|item| self.share(item)).product(),
            Predicate::Any(items) => {
                1.0 - items.iter().map(|item| 1.0 - self.share(item)).product::<f64>()
            }
            Predicate::Column(test) => self.share_of_test(test),
            Predicate::Other(test) => {
                if test.negated {
                    0.75
                } else {
                    0.25
                }
            }
        }
    }

    fn share_of_test(&self, test: &ColumnTest) -> f64 {
        let within = |bounds| match (&test.test, bounds) {
            (Test::Integers(set), Bounds::Integer(low, high)) => Some(set.fraction(low, high)),
            (Test::Reals(set), Bounds::Real(low, high)) => Some(set.fraction(low, high)),
            (Test::OneOf(all), Bounds::Integer(low, high)) => {
                let named = all.named_integers().map(|set| set.fraction(low, high)).sum::<f64>();
                Some(if all.are_named() { named } else { 1.0 - named })
            }
            _ => None,
        };
        let known = match &test.test {
            Test::Integers(_) | Test::Reals(_) | Test::OneOf(_) => {
                self.sampled(test.column.slot, within)
            }
            _ => None,
        };
        known.unwrap_or(match &test.test {
            Test::Always => 0.9,
            Test::Never => 0.1,
            Test::Boolean(_) => 0.5,
            Test::Text { operator: CompareOp::Equal, .. } => 0.01,
            Test::Text { operator: CompareOp::NotEqual, .. } => 0.99,
            Test::OneOf(all) => {
                let named = (0.01 * all.len() as f64).min(0.5);
                if all.are_named() { named } else { 1.0 - named }
            }
            Test::Like { negated: true, .. } => 0.9,
            // Each letter that the texts begin with leaves few of them.
            Test::Like { search, .. } => {
                let prefix = search.pattern().prefix().unwrap_or_default();
                0.1_f64.powi(prefix.chars().count().clamp(1, 4) as i32)
            }
            _ => 0.3,
        })
    }

    /// The mean over some chunks of what is known of their bounds.
    fn sampled(&self, slot: usize, share: impl Fn(Bounds) -> Option<f64>) -> Option<f64> {
        let (mut sum, mut rows) = (0.0, 0.0);
        self.root.sample(self.class, SAMPLE, |chunk| {
            if let Some(share) = chunk.bounds(slot).and_then(&share) {
                sum += share * chunk.len() as f64;
                rows += chunk.len() as f64;
            }
        });
        (rows > 0.0).then(|| sum / rows)
    }
}
