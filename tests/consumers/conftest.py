"""The rows are imported by `runner` alone, in a process that has set `SCIPY_ARRAY_API`: nothing here is collected."""

collect_ignore_glob = ["*.py"]
