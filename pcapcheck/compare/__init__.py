"""Two runs over captures of one network -> what differs between them.

Headers, paths, loss, latency, findings.

Flows are compared by who talks to whom, between where and at which hop, never by ephemeral ports or times.
"""
