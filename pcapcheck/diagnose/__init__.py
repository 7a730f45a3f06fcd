"""Finds root causes.

Takes findings and correlated flows, gives diagnoses. It does not know how they are shown.
"""
