"""Judges rules on packets.

It takes rule files and correlated flows and returns findings. It does not know root causes.
"""
