//! Consumer groups: members that share the partitions of topics among them.

pub mod assignor;
