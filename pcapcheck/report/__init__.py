"""Turns what was found into a report, and the report into text, pages and tables.

It knows neither captures nor decoding.
"""
