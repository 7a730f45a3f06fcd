"""What `ip`, `bridge` and `iptables-save` print on a node of a sample, as text and as JSON.

Takes the cluster of a sample; it shares no code with pcapcheck. Only what collectors store is here. Forms: iproute2,
ip/ipaddress.c, ip/iproute.c, ip/ipneigh.c, bridge/fdb.c.
"""

import json
from dataclasses import dataclass

from cluster import Cluster

FIRST = 2  # the index of the first interface; 1 is lo
MEDIA = {"ipip": "ipip", "gre": "gre"}


@dataclass
class Host:
    """One node of a cluster."""

    cluster: Cluster
    name: str

    @property
    def interfaces(self):
        return self.cluster.node(self.name)["interfaces"]

    @property
    def peers(self):
        return [each for each in self.cluster.topology["nodes"] if each != self.name]

    @property
    def pods(self):
        pods = self.cluster.topology["pods"].items()
        return {name: each for name, each in pods if each["node"] == self.name}

    def index(self, interface):
        return FIRST + list(self.interfaces).index(interface)

    def kind(self, name):
        """Return the kind that `ip -d` shows for an interface and its parameters there."""
        each = self.interfaces[name]
        match each["kind"]:
            case "veth":
                return "veth", {}
            case "bridge":
                return "bridge", {"stp_state": 0}
            case "vtep" if each.get("type") == "geneve":
                return "geneve", {"external": True, "id": 0, "port": each["port"]}
            case "vtep":
                local = self.cluster.address(self.name)
                own = {"id": each["vni"], "local": local} if "vni" in each else {"external": True, "id": 0}
                return "vxlan", {**own, "port": each["port"]}
            case "tunnel":
                return "ipip", {"local": self.cluster.address(self.name)}
        return "", {}

    def links(self):
        """Return the rows of `ip -j -d addr`."""
        yield {"ifindex": 1, "ifname": "lo", "mtu": 65536, "link_type": "loopback",
               "addr_info": [{"local": "127.0.0.1", "prefixlen": 8, "scope": "host"}]}  # fmt: skip
        for name, each in self.interfaces.items():
            kind, data = self.kind(name)
            row = {"ifindex": self.index(name), "ifname": name, "mtu": each.get("mtu", 1500)}
            row |= {"link_type": MEDIA.get(kind, "ether"), "address": each.get("mac", "0a:00:00:00:00:01")}
            row |= {"link_index": 3, "link_netnsid": 0} if kind == "veth" else {}
            row |= {"master": self.bridge} if kind == "veth" and self.bridge else {}
            row |= {"linkinfo": {"info_kind": kind, "info_data": data}} if kind else {}
            pairs = [each.split("/") for each in each.get("addresses", ())]
            row["addr_info"] = [
                {"local": one, "prefixlen": int(length), "scope": "global"} for one, length in pairs
            ]
            yield row

    @property
    def bridge(self):
        return next(iter(self.cluster.named(self.name, "bridge")), None)

    def addr(self, *, details=False, links=False):
        """Return `ip addr`, with -d; or `ip link`, which has no addresses."""
        return "".join(_link_text(row, details, addresses=not links) for row in self.links())

    def addr_json(self):
        return json.dumps(list(self.links()))

    def routes(self):
        """Yield the lines of `ip route`."""
        for name, pod in self.pods.items():
            veth = next((key for key, each in self.interfaces.items() if each.get("pod") == name), "")
            if not self.bridge and veth:
                yield f"{pod['address']} dev {veth} scope link "
        if self.bridge:
            yield f"{self._block(self.name)} dev {self.bridge} proto kernel scope link src {self._own(self.bridge)} "
        elif any(name.startswith("cali") for name in self.interfaces):
            yield f"blackhole {self._block(self.name)} proto bird "
        for peer in self.peers:
            yield self._route_to(peer)
        yield f"{self.cluster.subnet(self.name)} dev eth0 proto kernel scope link src {self.cluster.address(self.name)} "

    def _route_to(self, peer):
        tunnel = next(iter(self.cluster.named(self.name, "tunnel")), "")
        vtep = next(iter(self.cluster.named(self.name, "vtep")), "")
        addresses = self.cluster.interface(peer, vtep).get("addresses") if vtep else None
        if vtep and addresses:
            return f"{self._block(peer)} via {addresses[0].split('/')[0]} dev {vtep} onlink "
        return (
            f"{self._block(peer)} via {self.cluster.address(peer)} dev {tunnel or 'eth0'} proto bird onlink "
        )

    def _block(self, node):
        return self.cluster.node(node)["pod_cidr"]

    def _own(self, interface):
        return self.interfaces[interface]["addresses"][0].split("/")[0]

    def neighbours(self):
        """Yield (address, interface, MAC) of `ip neigh`."""
        for name, pod in self.pods.items():
            veth = next((key for key, each in self.interfaces.items() if each.get("pod") == name), "")
            yield pod["address"], self.bridge or veth, pod["mac"]
        for peer in self.peers:
            yield self.cluster.address(peer), "eth0", self.cluster.interface(peer, "eth0")["mac"]

    def neigh(self):
        return "".join(f"{ip} dev {dev} lladdr {mac} REACHABLE \n" for ip, dev, mac in self.neighbours())

    def neigh_json(self):
        rows = [
            {"dst": ip, "dev": dev, "lladdr": mac, "state": ["REACHABLE"]}
            for ip, dev, mac in self.neighbours()
        ]
        return json.dumps(rows)

    def route(self):
        return "".join(f"{line}\n" for line in self.routes())

    def fdb(self):
        """Return `bridge -d fdb show`."""
        lines = ["33:33:00:00:00:01 dev eth0 self permanent"]
        for name, each in self.interfaces.items():
            if each["kind"] == "veth" and self.bridge:
                lines.append(f"{self.cluster.pod(each['pod'])['mac']} dev {name} master {self.bridge} ")
            if each["kind"] == "vtep" and "vni" in each:
                lines += [
                    f"{self.cluster.interface(peer, name)['mac']} dev {name} dst {self.cluster.address(peer)} self permanent"
                    for peer in self.peers
                ]
        return "".join(f"{line}\n" for line in lines)

    def nat(self):
        """Return `iptables-save -t nat`, as flannel makes it, with kube-proxy's chains of services."""
        cidr = self.cluster.topology["cluster"]["pod_cidr"]
        return (
            "*nat\n:PREROUTING ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\n:FLANNEL-POSTRTG - [0:0]\n"
            '-A POSTROUTING -m comment --comment "flanneld masq" -j FLANNEL-POSTRTG\n'
            f"-A FLANNEL-POSTRTG -s {cidr} -d {cidr} -j RETURN\n"
            f"-A FLANNEL-POSTRTG -s {cidr} ! -d 224.0.0.0/4 -j MASQUERADE --random-fully\nCOMMIT\n"
        )


def _link_text(row, details, *, addresses):
    other = "@if3" if "link_index" in row else "@NONE" if row["link_type"] == "ipip" else ""
    master = f" master {row['master']}" if "master" in row else ""
    netns = " link-netnsid 0" if "link_netnsid" in row else ""
    mac = row.get("address", "00:00:00:00:00:00") if row["link_type"] == "ether" else "0.0.0.0"
    lines = [
        f"{row['ifindex']}: {row['ifname']}{other}: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu {row['mtu']} qdisc noqueue"
        f"{master} state UP group default qlen 1000",
        f"    link/{row['link_type']} {mac} brd ff:ff:ff:ff:ff:ff{netns}"
        + (" promiscuity 0" if details else ""),
    ]
    info = row.get("linkinfo", {})
    if details and info:
        lines.append(f"    {_details(info['info_kind'], info['info_data'])}")
    for each in row["addr_info"] if addresses else ():
        lines.append(f"    inet {each['local']}/{each['prefixlen']} scope {each['scope']} {row['ifname']}")
        lines.append("       valid_lft forever preferred_lft forever")
    return "".join(f"{line}\n" for line in lines)


def _details(kind, data):
    if kind in ("vxlan", "geneve"):
        own = f"local {data['local']} dev eth0 " if "local" in data else ""
        outside = "external " if "external" in data else ""
        return f"{kind} {outside}id {data['id']} {own}srcport 0 0 dstport {data['port']} ttl auto ageing 300"
    if kind == "ipip":
        return f"ipip any remote any local {data['local']} ttl inherit nopmtudisc"
    return kind
