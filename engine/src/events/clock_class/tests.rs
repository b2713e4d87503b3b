//! Tests of the clock classes.
