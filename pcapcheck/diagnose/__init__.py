"""Finds root causes.

It takes findings and correlated flows and returns diagnoses. It does not know how they are shown.
"""
