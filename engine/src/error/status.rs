//! What callers are told of an error.

use super::EngineError;
use super::typed::TypedProblem;
use cimarron_model::Status;
use cimarron_mof::{Diagnostic, Diagnostics, Severity};
use std::ops::Range;

impl EngineError {
    /// The condition that front ends report.
    pub fn status(&self) -> Status {
        match self {
            Self::Cancelled => Status::Cancelled,
            Self::DeadlinePassed => Status::Timeout,
            Self::TooLong { .. }
            | Self::StoreFull
            | Self::Unstorable { .. }
            | Self::OverMemoryBudget { .. } => Status::QuotaViolation,
            Self::Storage(_) | Self::DataDamaged { .. } | Self::WritesStopped { .. } => {
                Status::Failed
            }
            Self::NotDurable => Status::NotSupported,
            Self::SnapshotIsReadOnly => Status::NotSupported,
            Self::SnapshotExpired | Self::ChangesLost { .. } => Status::HandleOutOfDate,
            Self::MissingWithin { .. } => Status::MissingWithin,
            Self::TooManySubscriptions { .. } => Status::QuotaViolation,
            Self::EventQueueFull => Status::QueueOverflow,
            Self::SubscriptionEnded { .. } => Status::Failed,
            Self::MalformedBookmark { .. } => Status::InvalidParameter,
            Self::BookmarkExpired => Status::HandleOutOfDate,
            Self::NotExtrinsicEvent { .. } => Status::NotEventClass,
            Self::SystemEvent { .. } => Status::SystemClass,
            Self::NoSuchNamespace { .. } => Status::InvalidNamespace,
            Self::InvalidNamespaceName { .. }
            | Self::DuplicateProperty { .. }
            | Self::ValueCount { .. } => Status::InvalidParameter,
            Self::NamespaceExists { .. }
            | Self::ClassExists { .. }
            | Self::InstanceExists { .. } => Status::AlreadyExists,
            Self::NamespaceNotEmpty { .. } => Status::NamespaceNotEmpty,
            Self::UnknownClass { .. } => Status::InvalidClass,
            Self::ClassNotFound { .. } => Status::ClassNotFound,
            Self::FilterClassNotFound { .. } => Status::FilterClassNotFound,
            Self::AssociationSourceNotFound { .. } => Status::AssociationSourceNotFound,
            Self::ContradictoryFilter { .. } => Status::InvalidQuery,
            Self::QualifierTypeNotFound { .. } => Status::QualifierNotFound,
            Self::SystemClass { .. } => Status::SystemClass,
            Self::SuperclassNotFound { .. } => Status::SuperclassNotFound,
            Self::SuperclassChanged { .. } => Status::SuperclassChanged,
            Self::CircularSuperclass { .. } => Status::CircularReference,
            Self::InvalidQualifierType { .. } | Self::QualifierValue { .. } => {
                Status::InvalidQualifierType
            }
            Self::QualifierTypeInUse { .. } => Status::QualifierTypeInUse,
            Self::SuperclassDiffers { .. } => Status::InvalidSuperclass,
            Self::ClassHasChildren { .. } => Status::ClassHasChildren,
            Self::ClassHasInstances { .. } => Status::ClassHasInstances,
            Self::InvalidClass { violations, .. } => {
                violations.first().map_or(Status::InvalidParameter, |v| v.rule.status())
            }
            Self::Mof(diagnostics) => diagnostics
                .as_slice()
                .iter()
                .find(|d| d.severity == Severity::Error)
                .map_or(Status::Failed, Diagnostic::status),
            Self::AbstractClass { .. } => Status::AbstractClass,
            Self::AmendmentClass { .. } => Status::AmendmentClass,
            Self::TransientClass { .. } => Status::NotSupported,
            Self::NoKey { .. } => Status::NoKey,
            Self::InstanceNotFound { .. } => Status::NotFound,
            Self::ClassChanged { .. } => Status::TransactionConflict,
            Self::NoSuchProperty { .. } => Status::NoSuchProperty,
            Self::SystemProperty { .. } => Status::SystemProperty,
            Self::IndexExists { .. } => Status::AlreadyExists,
            Self::IndexNotFound { .. } => Status::NotFound,
            Self::IndexDeclared { .. } => Status::InvalidOperation,
            Self::TypeMismatch { .. } | Self::Unreadable { .. } | Self::NotOrdered { .. } => {
                Status::TypeMismatch
            }
            Self::OutOfRange { .. } | Self::ArraySize { .. } | Self::SumOutOfRange { .. } => {
                Status::ValueOutOfRange
            }
            Self::IllegalNull { .. } => Status::IllegalNull,
            Self::NullElement { .. } => Status::NullArrayElement,
            Self::InvalidKeyText { .. } => Status::InvalidKeyText,
            Self::KeyImmutable { .. } => Status::KeyImmutable,
            Self::WrongClass { .. } | Self::UnknownValueClass { .. } => {
                Status::InvalidReferenceClass
            }
            Self::ClassEmbedded { .. } => Status::TypeMismatch,
            Self::UndeclaredQualifier { .. } => Status::UndeclaredQualifier,
            Self::QualifierOutOfScope { .. } => Status::QualifierOutOfScope,
            Self::QualifierType { .. } => Status::InvalidQualifierType,
            Self::ReservedQualifier { .. } => Status::ReservedQualifier,
            Self::TooDeep { .. } => Status::InvalidObject,
            Self::InvalidPath { .. } | Self::InvalidKey { .. } | Self::UnreadablePath { .. } => {
                Status::InvalidObjectPath
            }
            Self::NoSuchSequence { .. } => Status::InvalidEnumerationContext,
            Self::SequenceExpired { .. } => Status::ClientTooSlow,
            Self::PullAbandoned => Status::PullHasBeenAbandoned,
            Self::TooManySequences { .. } => Status::QuotaViolation,
            Self::InvalidOperationTimeout { .. } => Status::InvalidOperationTimeout,
            Self::ForwardOnly => Status::InvalidOperation,
            Self::Typed(error) => match error.problem() {
                TypedProblem::Missing { .. } => Status::NoSuchProperty,
                _ => Status::TypeMismatch,
            },
            Self::OtherAnswer { .. } => Status::QueryFeatureNotSupported,
            Self::Query(error) => error.status(),
            Self::QueryLanguage { .. } => Status::QueryLanguageNotSupported,
            Self::InQuery { error, .. } => error.status(),
            Self::Archive(error) => error.status(),
            Self::Write(_) => Status::QuotaViolation,
        }
    }

    /// The same, about what the query names at `span`.
    #[cold]
    pub(crate) fn in_query(self, span: cimarron_wql::Span) -> Self {
        Self::InQuery { error: Box::new(self), span: span.into() }
    }

    /// What the MOF compiler said, when the MOF has errors.
    pub fn diagnostics(&self) -> Option<&Diagnostics> {
        match self {
            Self::Mof(diagnostics) => Some(diagnostics),
            _ => None,
        }
    }

    /// The bytes of the query's or the path's text that are wrong.
    pub fn span(&self) -> Option<Range<usize>> {
        match self {
            Self::Query(error) => Some(error.span().into()),
            Self::InQuery { span, .. } => Some(span.clone()),
            Self::UnreadablePath { cause, .. } => Some(cause.span()),
            _ => None,
        }
    }
}
