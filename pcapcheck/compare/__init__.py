"""Compares two runs over captures of one network: headers, paths, loss, latency and findings.

Traffic is compared by kind and by hop, never by ephemeral ports or times.
"""
