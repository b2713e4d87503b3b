//! What permanent consumers are handed.

use crate::delivered::Delivered;
use cimarron_engine::{
    CallContext, Change, ChangeStream, ConsumerSink, Delivery, Depth, EngineError, Repository,
    Verdict,
};
use cimarron_model::{Name, ObjectPath};
use indexmap::IndexMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The class of all consumers.
const CONSUMER: &str = "__EventConsumer";

/// Sees which consumers there are, and writes down what they are handed.
#[derive(Debug)]
pub(crate) struct Consumers {
    changes: ChangeStream,
    record: Arc<Record>,
}

/// Events by the path of the consumer.
#[derive(Debug)]
struct Record {
    repository: Repository,
    handed: Mutex<IndexMap<String, Vec<Delivered>>>,
}

impl Consumers {
    /// Stands for all consumers of a repository from now on.
    pub(crate) fn of(repository: &Repository) -> Self {
        let record = Record { repository: repository.clone(), handed: Mutex::default() };
        let record = Arc::new(record);
        repository.set_consumer_sink(CONSUMER, record.clone());
        Self { changes: repository.changes(), record }
    }

    /// Looks which consumers have come.
    pub(crate) fn look(&mut self, repository: &Repository) -> Result<(), EngineError> {
        while let Some(commit) = self.changes.try_next()? {
            for change in commit.changes() {
                let Change::Instance { namespace, new: Some(new), .. } = change else { continue };
                if is_consumer(repository, &namespace, new.class_name()) {
                    self.record.of(&new.path(), |_| ());
                }
            }
        }
        Ok(())
    }

    /// What each was handed, in the order in which they came.
    pub(crate) fn end(self, repository: &Repository) -> IndexMap<String, Vec<Delivered>> {
        repository.remove_consumer_sink(CONSUMER);
        std::mem::take(&mut *self.record.handed.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn is_consumer(repository: &Repository, namespace: &Name, class: &Name) -> bool {
    let Ok(session) = repository.session(namespace.as_str()) else { return false };
    let below = session.class_names(&CallContext::new(), Some(CONSUMER), Depth::Deep);
    below.is_ok_and(|below| below.contains(class))
}

impl Record {
    fn of(&self, path: &ObjectPath, change: impl FnOnce(&mut Vec<Delivered>)) {
        let mut handed = self.handed.lock().unwrap_or_else(PoisonError::into_inner);
        change(handed.entry(path.to_string()).or_default());
    }
}

impl ConsumerSink for Record {
    fn deliver(&self, delivery: &Delivery<'_>) -> Verdict {
        if let Some(event) = delivery.whole {
            let event = Delivered::of(&self.repository, event);
            self.of(delivery.path, |events| events.push(event));
        }
        Verdict::Delivered
    }
}
