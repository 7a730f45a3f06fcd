"""Network -> the values of its header fields by traffic kind and hop, named after the topology.

Two sets of captures are compared by them, and rules are learnt from them. This room judges nothing.
"""
