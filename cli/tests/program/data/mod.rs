//! `cimarron data`, and `--data` of the other commands.

mod copies;
mod loading;
mod refusals;
mod text;
