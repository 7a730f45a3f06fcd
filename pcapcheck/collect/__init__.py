"""Summarises each capture, as a plan of what to read asks for it.

It does not know the topology.
"""
