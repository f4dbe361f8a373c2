"""The tests: they mirror `gradx/`; `cases.py` holds one row per public function."""
