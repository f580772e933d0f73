//! Kafka's results, and what holds of any.
