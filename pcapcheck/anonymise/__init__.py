"""Replaces addresses, names and payloads in packets and topologies, so that they can be shared.

A replacement depends on the original and on a secret key only. It is the same in all captures of a run, and
in all runs with the same key.
"""
