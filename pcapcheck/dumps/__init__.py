"""Topologies from the dumps of nodes and of Kubernetes: what `topology import` reads and concludes."""
