//! Tests of timers and permanent subscriptions.
