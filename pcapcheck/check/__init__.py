"""Judges rules on packets.

Takes rule files and correlated flows, gives findings. It does not know root causes.
"""
