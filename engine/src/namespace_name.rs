//! The names of namespaces.

use crate::error::EngineError;
use cimarron_model::Name;

/// The one spelling of a namespace's name: parts separated by `/`, none empty.
/// The case stays as written; names compare without it.
pub(crate) fn normalise(name: &str) -> Result<Name, EngineError> {
    let slashed = name.replace('\\', "/");
    let trimmed = slashed.trim_matches('/');
    let legal = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    if trimmed.split('/').all(|part| !part.is_empty() && part.chars().all(legal)) {
        Ok(Name::new(trimmed))
    } else {
        Err(EngineError::InvalidNamespaceName { name: name.to_owned() })
    }
}

/// Whether a name is as namespaces have it.
pub(crate) fn is_normal(name: &str) -> bool {
    normalise(name).is_ok_and(|normal| normal.as_str() == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_one_spelling() {
        for name in ["root/cimv2", r"root\cimv2", r"\root\cimv2\", "ROOT/CIMV2"] {
            assert_eq!(normalise(name).unwrap(), Name::new("root/cimv2"), "{name}");
        }
        for name in ["", "/", "root//cimv2", "root/a b", "root:x"] {
            assert!(normalise(name).is_err(), "{name}");
        }
    }
}
