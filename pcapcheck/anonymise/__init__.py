"""Packets and topologies -> the same with other addresses, names and payloads, to be shown to others.

What depends on a secret key only is the same in all captures of a run, and in all runs with that key. This
room does not know why packets are shown, nor rules.
"""
