//! Running a scenario.

use crate::consumers::Consumers;
use crate::delivered::Delivered;
use crate::error::{List, ScenarioError};
use crate::outcome::{Outcome, Refusal, Subscribed};
use crate::scenario::{Asking, Named, Scenario};
use crate::step::Step;
use cimarron_engine::{
    CallContext, ClassForm, Depth, EngineError, ManualClock, Overflow, Repository, Session,
    SubscribeOptions, Subscription,
};
use cimarron_model::{Dialect, Name, suggest};
use cimarron_mof::{Diagnostics, Loader, OsFileSystem};
use std::path::Path;
use std::sync::Arc;

/// How many events one step may give a subscription.
const MOST_EVENTS: usize = 1 << 20;

/// How many bytes they may take.
const MOST_BYTES: usize = 1 << 30;

/// Runs a scenario in a repository of its own, whose namespaces follow WMI's rules. Its MOF
/// files are looked for in `folder`.
///
/// What is still being grouped when the steps are over is not delivered.
///
/// # Errors
/// When MOF cannot be read or has errors, or a step or something that is named is refused.
pub fn play(scenario: &Scenario, folder: &Path) -> Result<Outcome, ScenarioError> {
    let mut play = Play::new(scenario)?;
    play.compile(folder)?;
    play.look()?;
    for class in &scenario.polled_classes {
        let polled = play.session.set_polled(&play.context, &class.name, true);
        polled.map_err(|error| refused(class, error))?;
    }
    play.run(List::Setup)?;
    for asking in &scenario.subscriptions {
        play.subscribe(asking)?;
    }
    play.run(List::Steps)?;
    play.end()
}

fn refused(named: &Named, error: EngineError) -> ScenarioError {
    ScenarioError::Named { span: named.span.clone(), error: Box::new(error) }
}

struct Play<'s> {
    scenario: &'s Scenario,
    clock: Arc<ManualClock>,
    session: Session,
    context: CallContext,
    handed: Vec<Handed>,
    consumers: Consumers,
    /// The polled classes that did not come so far: MOF of a step may declare them.
    to_come: Vec<&'s Named>,
}

/// What one who asked for events was handed so far.
struct Handed {
    id: String,
    /// `None` when it has ended.
    subscription: Option<Subscription>,
    subscribed: Subscribed,
}

impl<'s> Play<'s> {
    fn new(scenario: &'s Scenario) -> Result<Self, ScenarioError> {
        let clock = Arc::new(ManualClock::starting_at(scenario.clock));
        let repository = Repository::builder().clock(clock.clone()).build();
        let namespace = &scenario.namespace;
        let created = repository.create_namespace(&namespace.name, Dialect::Wmi);
        created.map_err(|error| refused(namespace, error))?;
        let session = repository.session(&namespace.name)?;
        let consumers = Consumers::of(&repository);
        let context = CallContext::new();
        let to_come = scenario.polled_classes.iter().collect();
        Ok(Self { scenario, clock, session, context, handed: Vec::new(), consumers, to_come })
    }

    fn compile(&self, folder: &Path) -> Result<(), ScenarioError> {
        for file in &self.scenario.mof {
            let mut loader = Loader::new(&OsFileSystem);
            loader.add_path(folder.join(file))?;
            let mut said = Diagnostics::new();
            let sources = loader.finish(&mut said);
            match self.session.compile_mof(&self.context, &sources, said) {
                Ok(_) => {}
                Err(EngineError::Mof(diagnostics)) => {
                    return Err(ScenarioError::Mof { sources: Box::new(sources), diagnostics });
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    fn subscribe(&mut self, asking: &Asking) -> Result<(), ScenarioError> {
        let options = SubscribeOptions::new().with_events(MOST_EVENTS).with_bytes(MOST_BYTES);
        let options = options.with_overflow(Overflow::Cancel);
        let (subscription, subscribed) =
            match self.session.subscribe(&self.context, &asking.query, options) {
                Ok(subscription) => (Some(subscription), Subscribed::Events(Vec::new())),
                Err(error) => {
                    let refusal = Refusal { query: asking.query.clone(), error: Box::new(error) };
                    (None, Subscribed::Refused(refusal))
                }
            };
        self.handed.push(Handed { id: asking.id.clone(), subscription, subscribed });
        self.deliver()
    }

    fn run(&mut self, list: List) -> Result<(), ScenarioError> {
        for (number, placed) in self.scenario.list(list).iter().enumerate() {
            let step = &placed.step;
            step.perform(&self.session, &self.context).map_err(|error| ScenarioError::Refused {
                list,
                number,
                operation: step.operation(),
                span: placed.span.clone(),
                error: Box::new(error),
            })?;
            if let Step::Advance(time) = step {
                self.clock.advance(*time);
            }
            self.deliver()?;
            self.look()?;
        }
        Ok(())
    }

    /// Looks what has come.
    fn look(&mut self) -> Result<(), EngineError> {
        let (session, context) = (&self.session, &self.context);
        let is_there = |name| session.get_class(context, name, ClassForm::Resolved).is_ok();
        self.to_come.retain(|class| !is_there(&class.name));
        self.consumers.look(session.repository())
    }

    /// Hands everybody what there is for him.
    fn deliver(&mut self) -> Result<(), ScenarioError> {
        let repository = self.session.repository();
        repository.dispatch_events();
        for handed in &mut self.handed {
            let Subscribed::Events(events) = &mut handed.subscribed else { continue };
            while let Some(subscription) = &handed.subscription {
                match subscription.try_next() {
                    Ok(Some(event)) => events.push(Delivered::of(repository, &event)),
                    Ok(None) => break,
                    Err(error @ EngineError::EventQueueFull) => {
                        let (id, error) = (handed.id.clone(), Box::new(error));
                        return Err(ScenarioError::TooMany { id, error });
                    }
                    // Its namespace is gone; what it was handed before stays.
                    Err(_) => handed.subscription = None,
                }
            }
        }
        Ok(())
    }

    /// What everybody was handed; a polled class that never came is a slip.
    fn end(self) -> Result<Outcome, ScenarioError> {
        if let Some(named) = self.to_come.first() {
            let names = self.session.class_names(&self.context, None, Depth::Deep)?;
            let suggestion = suggest::nearest(&named.name, names.iter().map(Name::as_str));
            let (class, suggestion) = (Name::new(&named.name), suggestion.map(Name::new));
            return Err(refused(named, EngineError::UnknownClass { class, suggestion }));
        }
        let subscriptions =
            self.handed.into_iter().map(|handed| (handed.id, handed.subscribed)).collect();
        let consumers = self.consumers.end(self.session.repository());
        Ok(Outcome { subscriptions, consumers })
    }
}
