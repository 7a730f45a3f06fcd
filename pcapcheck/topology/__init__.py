"""The intended network.

Reads or guesses a topology, and gives nodes, pods, services and capture points. It does not know packets,
rules or reports.
"""
