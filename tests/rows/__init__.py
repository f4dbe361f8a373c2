"""Rows of the table of cases, one file per family; `tests/cases.py` collects them."""
