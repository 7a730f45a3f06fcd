"""pcapcheck: which hop of a Kubernetes network broke which promise, and why."""

__version__ = "0.1.0"
