"""Binds captures to capture points, by their names, metadata and packets.

It does not know the rules.
"""
