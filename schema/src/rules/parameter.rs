//! Rules on the parameters of a method (DSP0004 5.1.2.11; WMI SDK, "Creating a
//! WMI Method").

use super::repeats::Repeats;
use super::{Element, Judge, KnownSet, Part, Place, Rule};
use crate::resolve::ParametersOf;
use cimarron_model::{Dialect, Direction, Method, Name, Parameter, Value};
use hashbrown::{HashMap, HashSet};

/// Whether a parameter goes in that does not say so: in WMI only where a declaration
/// of `In` has that default.
pub fn implies_in(dialect: Dialect, declared_default: Option<&Value>) -> bool {
    dialect == Dialect::Dmtf || declared_default.and_then(Value::as_bool) == Some(true)
}

impl Judge<'_> {
    pub(super) fn parameters(&mut self, at: usize, method: &Method, above: Option<&Method>) {
        let mut duplicates = false;
        let parameters = ParametersOf::new(above);
        let mut repeats = Repeats::new(&method.parameters, |p| &p.name);
        for (i, parameter) in method.parameters.iter().enumerate() {
            let element = Element::Parameter(at, i);
            self.member_name(Rule::PropertyNameTooLong, element, &parameter.name);
            let known = KnownSet::ANY;
            self.declared_type(element, &parameter.data_type, &parameter.qualifiers, known);
            if parameter.name.is("ReturnValue") {
                let message = "a parameter may not be named `ReturnValue`".to_owned();
                self.report(Rule::ReservedParameterName, element, Part::Name, message);
            }
            let before = repeats.before(i).and_then(|first| method.parameters.get(first));
            if before.is_some_and(|p| self.dialect == Dialect::Dmtf || !is_pair(p, parameter)) {
                let message = format!("the parameter `{}` is declared twice", parameter.name);
                self.report(Rule::DuplicateParameter, element, Part::Name, message);
                let place = Place {
                    parameter: Some(parameter.name.clone()),
                    ..self.member_place(&method.name, Part::Name)
                };
                self.relate(place, "first declared here");
                duplicates = true;
            }
            let overridden = parameters.named(i, &parameter.name);
            if self.dialect == Dialect::Wmi {
                self.says_direction(element, parameter, overridden);
            } else {
                self.passes_something(element, method, parameter, overridden);
            }
        }
        if self.dialect == Dialect::Wmi && !duplicates {
            self.parameter_ids(at, method);
        }
    }

    /// WMI: a parameter says that it is In or Out, unless a declaration of `In`
    /// makes that its default, as DMTF's does.
    fn says_direction(
        &mut self,
        element: Element,
        parameter: &Parameter,
        overridden: Option<&Parameter>,
    ) {
        let Direction { input, output } = parameter.direction(false);
        let declared = self.environment.qualifier_type("In");
        let implied = implies_in(self.dialect, declared.map(|d| &d.default));
        let inherited = overridden.is_some_and(|p| {
            let mut directions = ["In", "Out"].iter().filter_map(|name| p.qualifiers.get(name));
            directions.any(|q| q.flavor.to_subclass() && q.value.as_bool() == Some(true))
        });
        if !(input || output || implied || inherited) {
            let message = format!("the parameter `{}` is neither In nor Out", parameter.name);
            let help = Some("write [In], [Out] or [In, Out] before it".to_owned());
            self.advise(Rule::ParameterWithoutDirection, element, Part::Name, message, help);
        }
    }

    /// DMTF: In is TRUE and Out is FALSE unless something else is said, and an
    /// override says the same.
    fn passes_something(
        &mut self,
        element: Element,
        method: &Method,
        parameter: &Parameter,
        overridden: Option<&Parameter>,
    ) {
        let said = |name: &str| {
            let own = parameter.qualifiers.get(name);
            let inherited = || {
                let above = overridden?.qualifiers.get(name)?;
                Some(above).filter(|q| q.flavor.to_subclass())
            };
            own.or_else(inherited).and_then(|q| q.value.as_bool())
        };
        let now = Direction::new(said("In"), said("Out"), true);
        if !now.input && !now.output {
            let message = format!("the parameter `{}` is neither In nor Out", parameter.name);
            let help = Some("write [In], [Out] or [In, Out] before it".to_owned());
            self.advise(Rule::ParameterPassesNothing, element, Part::Name, message, help);
        }
        let Some(before) = overridden else { return };
        let before = before.direction(true);
        if before != now {
            let message = format!(
                "`{}` is {} here and {} above: an override keeps the direction",
                parameter.name,
                direction(now),
                direction(before)
            );
            self.report(Rule::DirectionChanged, element, Part::Name, message);
            let place = Place {
                parameter: Some(parameter.name.clone()),
                ..self.place_above(Some(&method.name), Part::Name)
            };
            self.relate(place, "overrides this one");
        }
    }

    /// WMI: IDs number the parameters from 0. One that is not written is the
    /// position.
    fn parameter_ids(&mut self, at: usize, method: &Method) {
        let names: HashSet<&Name> = method.parameters.iter().map(|p| &p.name).collect();
        let mut taken: HashMap<usize, &Name> = HashMap::new();
        for (i, parameter) in method.parameters.iter().enumerate() {
            let element = Element::Parameter(at, i);
            let part = Part::Qualifier("ID".into());
            let id = match written_id(parameter) {
                None => i,
                Some(Ok(id)) => id,
                Some(Err(())) => {
                    let message = "an ID is an integer from 0".to_owned();
                    self.report(Rule::InvalidParameterId, element, part, message);
                    continue;
                }
            };
            let other = taken.get(&id).filter(|name| ***name != parameter.name);
            let problem = match other {
                Some(name) => format!("the ID {id} is that of `{name}` already"),
                None if id >= names.len() => {
                    format!("the ID {id} leaves a gap: here they end at {}", names.len() - 1)
                }
                None => {
                    taken.insert(id, &parameter.name);
                    continue;
                }
            };
            let help = Some("number the parameters from 0, or write no ID at all".to_owned());
            self.advise(Rule::NonconsecutiveParameterIds, element, part, problem, help);
        }
    }
}

const fn direction(it: Direction) -> &'static str {
    match (it.input, it.output) {
        (true, true) => "In and Out",
        (true, false) => "In",
        (false, true) => "Out",
        (false, false) => "neither In nor Out",
    }
}

/// WMI: one name may stand for an input and an output of the same type and ID.
fn is_pair(a: &Parameter, b: &Parameter) -> bool {
    let (first, second) = (a.direction(false), b.direction(false));
    let same_id = matches!((written_id(a), written_id(b)), (Some(Ok(a)), Some(Ok(b))) if a == b);
    first.input != second.input
        && first.output != second.output
        && a.data_type == b.data_type
        && same_id
}

/// The ID that is written, if one is; `Err` when it is none.
fn written_id(parameter: &Parameter) -> Option<Result<usize, ()>> {
    let written = parameter.qualifiers.get("ID")?;
    let id = written.value.as_integer().and_then(|id| usize::try_from(id).ok());
    Some(id.ok_or(()))
}
