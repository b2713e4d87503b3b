//! Whole sites.
