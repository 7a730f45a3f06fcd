"""The services of a topology file."""

from pcapcheck.topology.part import Part
from pcapcheck.topology.topology import Service, ServicePort


def read_service(name: str, part: Part) -> Service:
    """Return the service that `part` describes.

    Absent `endpoints:` are not known; an empty list says that none is ready.
    """
    first = part.address("address")
    others = [each.partition("/")[0] for each in part.addresses("addresses")]
    ports = tuple(_port(each) for each in part.listed("ports"))
    return Service(
        name=name,
        addresses=tuple(dict.fromkeys([first, *others] if first else others)),
        ports=ports,
        endpoints=None if part.get("endpoints") is None else part.endpoints("endpoints"),
        external_ips=tuple(each.partition("/")[0] for each in part.addresses("external_ips")),
        type=part.text("type", "NodePort" if any(each.node_port for each in ports) else "ClusterIP"),
        external_traffic_policy=part.text("external_traffic_policy", "Cluster"),
    )


def _port(part: Part) -> ServicePort:
    return ServicePort(part.get("port"), part.text("protocol", "tcp").lower(), part.get("node_port"))
