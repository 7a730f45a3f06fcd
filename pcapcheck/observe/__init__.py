"""A network as it was seen -> what its headers are like, by traffic kind and hop, in words of the topology.

What two sets of captures are compared by, and what rules are learnt from. It judges nothing.
"""
