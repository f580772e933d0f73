//! Everything that is printed.

pub mod dump;
