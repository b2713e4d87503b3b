//! Gathering events: GROUP WITHIN, BY, HAVING (WMI SDK, "GROUP Clause"; MS-WMI 3.1.6.1).
//!
//! The first event that passes the condition opens a window; when it is over, each group that
//! HAVING lets pass is one `__AggregateEvent`, in the order of their first events, and the next
//! event opens the next window. One window holds for all groups of a subscription. An event at
//! the very end of a window belongs to the next.

use super::data::EventData;
use super::matching::Alike;
use cimarron_wql::{BoundGroup, BoundPath};
use hashbrown::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// The groups of a subscription.
#[derive(Debug)]
pub(crate) struct Group {
    rule: BoundGroup,
    /// When the window that is open ends.
    ends: Option<Duration>,
    /// In the order of their first events.
    gathered: Vec<Gathered>,
    /// Which of them has what in common.
    by: HashMap<Vec<Alike>, usize>,
    /// Whether events were dropped because there were too many groups.
    is_full: bool,
}

/// Events that are alike.
#[derive(Debug)]
pub(crate) struct Gathered {
    pub(crate) first: Arc<EventData>,
    pub(crate) count: u32,
}

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Joined {
    /// It opened a window, which ends then.
    Opened(Duration),
    /// It is one more of those in the window.
    Counted,
    /// There are too many groups for another. `first`: that was not so before in this window.
    Full {
        /// Whether it is news.
        first: bool,
    },
}

impl Group {
    pub(crate) fn new(rule: BoundGroup) -> Self {
        Self { rule, ends: None, gathered: Vec::new(), by: HashMap::new(), is_full: false }
    }

    /// Goes on with the rule as it is bound now.
    pub(crate) fn set_rule(&mut self, rule: BoundGroup) {
        self.rule = rule;
    }

    /// Takes an event in; `most` groups at most.
    pub(crate) fn join(&mut self, event: &Arc<EventData>, most: usize) -> Joined {
        let alike = |path: &BoundPath| Alike::of(path, event);
        let alike: Vec<Alike> = self.rule.by.iter().map(alike).collect();
        if let Some(gathered) = self.by.get(&alike).and_then(|at| self.gathered.get_mut(*at)) {
            gathered.count = gathered.count.saturating_add(1);
            return Joined::Counted;
        }
        if self.gathered.len() >= most {
            return Joined::Full { first: !std::mem::replace(&mut self.is_full, true) };
        }
        self.by.insert(alike, self.gathered.len());
        self.gathered.push(Gathered { first: event.clone(), count: 1 });
        if self.ends.is_some() {
            return Joined::Counted;
        }
        let ends = event.at.saturating_add(self.rule.within);
        self.ends = Some(ends);
        Joined::Opened(ends)
    }

    /// Ends the window; the groups to report.
    pub(crate) fn close(&mut self) -> Vec<Gathered> {
        self.ends = None;
        self.is_full = false;
        self.by = HashMap::new();
        let mut gathered = std::mem::take(&mut self.gathered);
        gathered.retain(|group| self.rule.reports(group.count));
        gathered
    }
}
