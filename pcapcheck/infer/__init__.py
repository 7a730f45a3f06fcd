"""Infers a topology from what was seen at each vantage point.

It does not know the rules.
"""
