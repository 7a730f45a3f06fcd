"""Reads files and streams into blocks of packets, without interpreting the bytes of the packets."""
