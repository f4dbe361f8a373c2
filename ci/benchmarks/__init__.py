"""The benchmarks behind `ci/bench`."""
