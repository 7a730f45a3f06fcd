"""Captures and a report -> selected packets with comments, as one pcapng or one file a capture.

It reads captures a second time, packet by packet, and judges nothing.
"""
