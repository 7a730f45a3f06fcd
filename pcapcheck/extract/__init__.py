"""Captures and what was found in them -> chosen packets with comments, as one pcapng or one a capture.

It reads captures a second time, packet by packet; it does not judge.
"""
