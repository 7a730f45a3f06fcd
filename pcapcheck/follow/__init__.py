"""Follows the packets of a network from hop to hop and says what became of each.

It does not know the rules.
"""
