"""The jobs that benches/run times, by what they are about."""
