"""The intended network. Takes a topology file or what was seen; gives nodes, pods, services, capture points.

Does not know packets, rules or reports.
"""
