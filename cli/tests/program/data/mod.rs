//! `cimarron data`, and `--data` of the other commands.

mod copies;
mod loading;
mod making;
mod refusals;
mod text;
