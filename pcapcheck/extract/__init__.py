"""Writes the packets that a report names, with comments, as one pcapng file or one file per capture.

It reads captures a second time, packet by packet, and judges nothing.
"""
