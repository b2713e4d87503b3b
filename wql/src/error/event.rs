//! What can be wrong with event queries besides what can be wrong with any.

use cimarron_model::Status;

/// Why an event query is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EventError {
    /// A WITHIN that is too short or too long.
    #[error("WITHIN takes 0.001 to 4294967.295 seconds, not {text}")]
    IntervalOutOfRange {
        /// The number as written.
        text: String,
    },
    /// GROUP without WITHIN.
    #[error("GROUP needs an interval: write `GROUP WITHIN seconds`, then BY or HAVING")]
    MissingGroupWithin,
    /// BY without properties.
    #[error("BY needs the properties to group by: write `BY Property, …`, or leave it out")]
    MissingAggregationList,
    /// HAVING without GROUP.
    #[error("HAVING belongs to GROUP: write `GROUP WITHIN seconds HAVING NumberOfEvents > n`")]
    HavingWithoutGroup,
    /// The class in FROM is no event class.
    #[error(
        "class `{class}` is no event class: event queries select from classes below __Event (or, in a DMTF namespace, from indications)"
    )]
    NotEventClass {
        /// The class.
        class: String,
    },
    /// BY names an embedded object.
    #[error("cannot group by `{name}`, an embedded object: name one of its properties")]
    AggregatingByObject {
        /// The property.
        name: String,
    },
    /// GROUP where there is no class that groups would come as.
    #[error(
        "GROUP gives events of __AggregateEvent, which only namespaces of WMI's dialect have: gather the events in the client"
    )]
    NoGroups,
    /// Something other than `NumberOfEvents` in HAVING.
    #[error("HAVING tests NumberOfEvents and nothing else, not `{name}`")]
    HavingOther {
        /// What stands there.
        name: String,
    },
    /// No event can ever satisfy the condition.
    #[error("no event can ever satisfy this: {reason}")]
    NeverSatisfied {
        /// Why.
        reason: String,
    },
}

impl EventError {
    /// The condition that a caller is told (MS-WMI 3.1.4.3.22; WMI SDK, "WMI Error
    /// Constants").
    pub const fn status(&self) -> Status {
        match self {
            Self::IntervalOutOfRange { .. } | Self::HavingOther { .. } => Status::InvalidQuery,
            Self::NoGroups => Status::NotSupported,
            Self::MissingGroupWithin => Status::MissingGroupWithin,
            Self::MissingAggregationList => Status::MissingAggregationList,
            Self::HavingWithoutGroup => Status::UnparsableQuery,
            Self::NotEventClass { .. } => Status::NotEventClass,
            Self::AggregatingByObject { .. } => Status::AggregatingByObject,
            Self::NeverSatisfied { .. } => Status::InvalidClass,
        }
    }
}
