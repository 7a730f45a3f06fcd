"""Topologies from the dumps of nodes and of Kubernetes, as `topology import` reads them."""
