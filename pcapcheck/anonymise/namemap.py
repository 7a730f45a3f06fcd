"""Names of nodes, pods, services and interfaces -> other names from which the same roles can be inferred.

Names that every cluster has (eth0, cni0, default, kube-system) stay.
"""

from typing import Final

from pcapcheck.anonymise.secret import Secret
from pcapcheck.topology.interfacenames import unique_part
from pcapcheck.topology.roles import role_of

COMMON_NAMESPACES: Final = frozenset({"default", "kube-system", "kube-public", "kube-node-lease"})
MIN_UNIQUE: Final = 4  # characters: a shorter end of a name is a number that somebody counted up to


class NameMap:
    """Maps names; equal names stay equal."""

    def __init__(self, secret: Secret) -> None:
        self._secret = secret

    def node(self, name: str) -> str:
        """Return the pseudonym of a node."""
        return f"node-{self._secret.word(b'node', name)}"

    def pod(self, name: str) -> str:
        """Return the pseudonym of a pod, with or without a namespace."""
        return self._namespaced("pod", name)

    def service(self, name: str) -> str:
        """Return the pseudonym of a service, with or without a namespace."""
        return self._namespaced("service", name)

    def interface(self, name: str) -> str:
        """Return the pseudonym of an interface; names given by a kernel, a CNI or an installer stay."""
        unique = unique_part(name)  # made of the pod's name, or identifies the pod
        if len(unique) >= MIN_UNIQUE:
            return name.removesuffix(unique) + self._secret.word(b"interface", name, len(unique))
        if not name or role_of(name) is not None or name == "eth0":
            return name
        return f"if-{self._secret.word(b'interface', name)}"

    def _namespaced(self, kind: str, name: str) -> str:
        namespace, slash, short = name.rpartition("/")
        made = f"{kind}-{self._secret.word(kind.encode(), short)}"
        if not slash:
            return made
        if namespace not in COMMON_NAMESPACES:
            namespace = f"ns-{self._secret.word(b'namespace', namespace)}"
        return f"{namespace}/{made}"
