"""Captures of a network that works -> a rule file with what its packets have in common.

It does not know whether what it learns is right: somebody reads the rules before they are used.
"""
