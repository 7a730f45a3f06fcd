"""Observes the values of header fields by kind of traffic and hop, and names them after the topology.

Two sets of captures are compared by them, and rules are learnt from them. This room judges nothing.
"""
