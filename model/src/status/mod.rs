//! The one table of conditions.
//!
//! The engine and the compiler report a [`Status`], which is finer than either
//! family of wire codes; a front end asks for the family it speaks:
//! [`Status::cim`] (DSP0200) or [`Status::wbem`] (MS-WMI, WMI SDK). Front ends may
//! still choose another code where an operation's own rules say so.

mod cim;
mod condition;
mod wbem;

pub use cim::CimStatus;
pub use condition::Status;
pub use wbem::WbemStatus;

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn names_and_codes_are_unique() {
        let names: HashSet<_> = WbemStatus::ALL.iter().map(|s| s.name()).collect();
        let codes: HashSet<_> = WbemStatus::ALL.iter().map(|s| s.code()).collect();
        assert_eq!((names.len(), codes.len()), (WbemStatus::ALL.len(), WbemStatus::ALL.len()));
        for status in WbemStatus::ALL {
            assert_eq!(WbemStatus::from_code(status.code()), Some(*status));
            assert_eq!(status.is_error(), !status.name().starts_with("WBEM_S_"));
        }
        let names: HashSet<_> = CimStatus::ALL.iter().map(|s| s.name()).collect();
        assert_eq!(names.len(), CimStatus::ALL.len());
        for status in CimStatus::ALL {
            assert_eq!(CimStatus::from_code(u32::from(status.code())), Some(*status));
            assert!(status.name().starts_with("CIM_ERR_") && !status.summary().is_empty());
        }
        for code in [0, 18, 19, 30, u32::MAX] {
            assert_eq!(CimStatus::from_code(code), None);
            assert!(WbemStatus::from_code(code).is_none_or(|s| s == WbemStatus::WBEM_S_NO_ERROR));
        }
        let names: HashSet<_> = Status::ALL.iter().map(|s| s.name()).collect();
        assert_eq!(names.len(), Status::ALL.len());
        for status in Status::ALL {
            assert!(status.wbem().is_error(), "{status:?}");
            let summary = status.summary();
            assert!(!summary.is_empty() && !summary.ends_with('.') && !summary.contains('\n'));
        }
    }

    #[test]
    fn codes_of_conditions() {
        for (status, cim, wbem, name) in [
            (Status::Failed, 1, 0x8004_1001, "WBEM_E_FAILED"),
            (Status::AccessDenied, 2, 0x8004_1003, "WBEM_E_ACCESS_DENIED"),
            (Status::InvalidNamespace, 3, 0x8004_100e, "WBEM_E_INVALID_NAMESPACE"),
            (Status::InvalidClass, 5, 0x8004_1010, "WBEM_E_INVALID_CLASS"),
            (Status::NotFound, 6, 0x8004_1002, "WBEM_E_NOT_FOUND"),
            (Status::ClassNotFound, 6, 0x8004_1002, "WBEM_E_NOT_FOUND"),
            (Status::ClassHasChildren, 8, 0x8004_1025, "WBEM_E_CLASS_HAS_CHILDREN"),
            (Status::ClassHasInstances, 9, 0x8004_1026, "WBEM_E_CLASS_HAS_INSTANCES"),
            (Status::InvalidSuperclass, 10, 0x8004_100d, "WBEM_E_INVALID_SUPERCLASS"),
            (Status::CircularReference, 10, 0x8004_1047, "WBEM_E_CIRCULAR_REFERENCE"),
            (Status::AlreadyExists, 11, 0x8004_1019, "WBEM_E_ALREADY_EXISTS"),
            (Status::QueryLanguageNotSupported, 14, 0x8004_1018, "WBEM_E_INVALID_QUERY_TYPE"),
            (Status::InvalidQuery, 15, 0x8004_1017, "WBEM_E_INVALID_QUERY"),
            (Status::UnparsableQuery, 15, 0x8004_1058, "WBEM_E_UNPARSABLE_QUERY"),
            (Status::MissingGroupWithin, 15, 0x8004_105a, "WBEM_E_MISSING_GROUP_WITHIN"),
            (Status::AggregatingByObject, 15, 0x8004_105d, "WBEM_E_AGGREGATING_BY_OBJECT"),
            (Status::MethodDisabled, 16, 0x8004_1056, "WBEM_E_METHOD_DISABLED"),
            (Status::QuotaViolation, 27, 0x8004_106c, "WBEM_E_QUOTA_VIOLATION"),
            (Status::NoKey, 4, 0x8004_1089, "WBEM_E_NO_KEY"),
            (Status::MissingWithin, 15, 0x8004_2002, "WBEMESS_E_REGISTRATION_TOO_PRECISE"),
            (Status::DuplicateAlias, 4, 0x8004_4024, "WBEMMOF_E_MULTIPLE_ALIASES"),
            (Status::InvalidMofFile, 1, 0x8004_401e, "WBEMMOF_E_INVALID_FILE"),
        ] {
            assert_eq!(u32::from(status.cim().code()), cim, "{status:?}");
            assert_eq!(status.wbem().code(), wbem, "{status:?}");
            assert_eq!(status.wbem().name(), name, "{status:?}");
        }
    }
}
