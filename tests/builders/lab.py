"""A small cluster in this machine's kernel: namespaces as nodes and pods, wired by the real CNI plugins.

Two nodes with a VXLAN device each, as flannel sets it up, on a switch that is a namespace, too. Needs root,
`ip`, tcpdump and the plugins bridge and host-local (Debian: containernetworking-plugins).
"""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

PLUGINS = ("/usr/lib/cni", "/opt/cni/bin")
PATIENCE = 10.0  # seconds until tcpdump listens, or a server answers
SWITCH = "switch"


def why_not() -> str:
    """Return why this machine has no such cluster, or an empty text."""
    if os.geteuid() != 0:
        return "only root may make network namespaces"
    missing = [each for each in ("ip", "bridge", "tcpdump", "ping") if shutil.which(each) is None]
    if missing:
        return f"not installed: {', '.join(missing)}"
    if plugins() is None:
        return "no CNI plugins: apt install containernetworking-plugins"
    return _kernel_lacks()


def plugins() -> str | None:
    return next((each for each in PLUGINS if (Path(each) / "bridge").exists()), None)


def _kernel_lacks() -> str:
    """Try what the cluster is made of in a namespace of its own."""
    name = f"pc{os.getpid()}-try"
    add = ["ip", "-n", name, "link", "add"]
    tries = {
        "network namespaces": ["ip", "netns", "add", name],
        "veth": [*add, "try0", "type", "veth", "peer", "name", "try1"],
        "bridges": [*add, "try2", "type", "bridge"],
        "VXLAN": [*add, "try3", "type", "vxlan", "id", "1", "dstport", "8472", "dev", "try0"],
    }
    try:
        for what, command in tries.items():
            if subprocess.run(command, capture_output=True, check=False).returncode:
                return f"the kernel has no {what}"
    finally:
        subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)
    return ""


@dataclass
class Node:
    name: str
    number: int
    vni: int = 1

    @property
    def address(self) -> str:
        return f"192.168.77.{10 + self.number}"

    @property
    def subnet(self) -> str:
        return f"10.244.{self.number}"


@dataclass
class Pod:
    name: str
    node: Node
    address: str = ""
    mac: str = ""
    veth: str = ""


@dataclass
class Lab:
    """The cluster; use it as a context, so that it is removed whatever happens."""

    folder: Path
    nodes: list[Node] = field(default_factory=lambda: [Node("node1", 1), Node("node2", 2)])
    pods: list[Pod] = field(default_factory=list)
    running: list[subprocess.Popen] = field(default_factory=list)

    def __enter__(self):
        try:
            self._build()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in list(self.running):
            self._end(process)
        for name in [SWITCH, *(each.name for each in (*self.nodes, *self.pods))]:
            subprocess.run(["ip", "netns", "del", self.space(name)], capture_output=True, check=False)

    def space(self, name):
        """Return the namespace of a node, pod or the switch."""
        return f"pc{os.getpid()}-{name}"

    def run(self, where, *command, **more):
        """Run a command in a namespace and return what it prints."""
        words = ["ip", "netns", "exec", self.space(where), *map(str, command)]
        return subprocess.run(words, check=True, capture_output=True, text=True, **more).stdout

    def _build(self):
        self._add(SWITCH)
        self.run(SWITCH, "ip", "link", "add", "switch0", "type", "bridge")
        self.run(SWITCH, "ip", "link", "set", "switch0", "up")
        for node in self.nodes:
            self._add_node(node)
        for node in self.nodes:
            self.set_vni(node, node.vni)
        self.pods = [Pod("web-1", self.nodes[0]), Pod("db-0", self.nodes[1]), Pod("cache-2", self.nodes[0])]
        for pod in self.pods:
            self._add_pod(pod)

    def _add(self, name):
        subprocess.run(["ip", "netns", "add", self.space(name)], check=True)
        self.run(name, "ip", "link", "set", "lo", "up")

    def _add_node(self, node):
        self._add(node.name)
        port = f"port{node.number}"
        self.run(
            SWITCH,
            "ip",
            "link",
            "add",
            port,
            "type",
            "veth",
            "peer",
            "name",
            "eth0",
            "netns",
            self.space(node.name),
        )
        self.run(SWITCH, "ip", "link", "set", port, "master", "switch0", "up")
        self.run(node.name, "ip", "addr", "add", f"{node.address}/24", "dev", "eth0")
        self.run(node.name, "ip", "link", "set", "eth0", "up")
        self.run(node.name, "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward")

    def set_vni(self, node, vni):
        """Make the VXLAN device of a node anew, as flannel does, with this VNI."""
        with contextlib.suppress(subprocess.CalledProcessError):
            self.run(node.name, "ip", "link", "del", "flannel.1")
        device = [
            "type",
            "vxlan",
            "id",
            vni,
            "dstport",
            8472,
            "local",
            node.address,
            "dev",
            "eth0",
            "nolearning",
        ]
        mac = f"02:00:00:00:77:0{node.number}"
        self.run(node.name, "ip", "link", "add", "flannel.1", "address", mac, "mtu", 1450, *device)
        self.run(node.name, "ip", "addr", "add", f"{node.subnet}.0/32", "dev", "flannel.1")
        self.run(node.name, "ip", "link", "set", "flannel.1", "up")
        for peer in self.nodes:
            if peer is not node:
                self._teach(node, peer)

    def _teach(self, node, peer):
        """Tell a node where the pods of its peer are."""
        mac, via = f"02:00:00:00:77:0{peer.number}", f"{peer.subnet}.0"
        self.run(
            node.name, "ip", "neigh", "replace", via, "lladdr", mac, "dev", "flannel.1", "nud", "permanent"
        )
        self.run(
            node.name,
            "bridge",
            "fdb",
            "replace",
            mac,
            "dev",
            "flannel.1",
            "dst",
            peer.address,
            "self",
            "permanent",
        )
        self.run(
            node.name,
            "ip",
            "route",
            "replace",
            f"{peer.subnet}.0/24",
            "via",
            via,
            "dev",
            "flannel.1",
            "onlink",
        )

    def _add_pod(self, pod):
        """Add a pod with the CNI plugin `bridge`, configured as flannel's daemon delegates to it."""
        self._add(pod.name)
        ipam = {
            "type": "host-local",
            "ranges": [[{"subnet": f"{pod.node.subnet}.0/24"}]],
            "dataDir": str(self.folder / "ipam" / pod.node.name),
        }
        config = {"cniVersion": "0.4.0", "name": "cbr0", "type": "bridge", "bridge": "cni0", "mtu": 1450}
        config |= {"isDefaultGateway": True, "hairpinMode": True, "ipam": ipam}
        environment = os.environ | {
            "CNI_COMMAND": "ADD",
            "CNI_CONTAINERID": self.space(pod.name),
            "CNI_NETNS": f"/var/run/netns/{self.space(pod.name)}",
            "CNI_IFNAME": "eth0",
            "CNI_PATH": str(plugins()),
        }
        made = self.run(pod.node.name, f"{plugins()}/bridge", input=json.dumps(config), env=environment)
        result = json.loads(made)
        pod.address = result["ips"][0]["address"].partition("/")[0]
        inside = next(each for each in result["interfaces"] if each.get("sandbox"))
        host = next(each for each in result["interfaces"] if each["name"].startswith("veth"))
        pod.mac, pod.veth = inside["mac"], host["name"]

    def mac(self, where, interface):
        return json.loads(self.run(where, "ip", "-j", "link", "show", interface))[0]["address"]

    def topology(self):
        """Return the topology file of what is meant, with an entry for each capture."""
        lines = [
            "cluster: {profile: flannel-vxlan, pod_cidr: 10.244.0.0/16,"
            " parameters: {vni: 1, vxlan_port: 8472}}",
            "nodes:",
        ]
        for node in self.nodes:
            lines += [
                f"  {node.name}:",
                f"    addresses: [{node.address}]",
                f"    pod_cidr: {node.subnet}.0/24",
            ]
            lines += ["    interfaces:", *(f"      {each}" for each in self._interfaces(node))]
        lines.append("pods:")
        for pod in self.pods:
            entry = f'node: {pod.node.name}, address: {pod.address}, mac: "{pod.mac}", interface: eth0'
            lines.append(f"  default/{pod.name}: {{{entry}}}")
        return "\n".join(lines) + "\n"

    def _interfaces(self, node):
        def entry(name, kind, address, more=""):
            return (
                f'{name}: {{kind: {kind}, mac: "{self.mac(node.name, name)}", addresses: [{address}]{more}}}'
            )

        yield entry("eth0", "uplink", f"{node.address}/24")
        yield entry("flannel.1", "vtep", f"{node.subnet}.0/32", ", vni: 1, port: 8472")
        yield entry("cni0", "bridge", f"{node.subnet}.1/24")
        for pod in self.pods:
            if pod.node is node:
                yield f"{pod.veth}: {{kind: veth, pod: default/{pod.name}}}"

    @contextlib.contextmanager
    def captured(self, folder):
        """Capture at every hop while the context lasts; the files and the topology go to `folder`."""
        folder.mkdir()
        (folder / "topology.yaml").write_text(self.topology())
        dumps = [self._tcpdump(where, interface, folder) for where, interface in self._hops()]
        yield folder
        time.sleep(0.5)  # until the last packets were read
        for process in dumps:
            self._end(process)

    def _end(self, process):
        """End one of the processes that were started here."""
        process.terminate()
        process.wait()
        if process.stderr:
            process.stderr.close()
        self.running.remove(process)

    def _hops(self):
        for node in self.nodes:
            yield from ((node.name, each) for each in ("eth0", "flannel.1", "cni0"))
        yield from ((pod.node.name, pod.veth) for pod in self.pods)
        yield from ((pod.name, "eth0") for pod in self.pods)

    def _tcpdump(self, where, interface, folder):
        file = folder / f"{where}_{interface}.pcap"
        words = ["tcpdump", "-i", interface, "-n", "-U", "-Z", "root", "-w", str(file)]
        process = subprocess.Popen(
            ["ip", "netns", "exec", self.space(where), *words], stderr=subprocess.PIPE, text=True
        )
        self.running.append(process)
        while "listening on" not in (line := process.stderr.readline()):
            assert line, f"tcpdump ended at {where} {interface}"
        return process

    def ping(self, source, destination):
        """Return whether all of three pings were answered."""
        words = [
            "ip",
            "netns",
            "exec",
            self.space(source.name),
            "ping",
            "-c3",
            "-i0.2",
            "-W1",
            destination.address,
        ]
        return subprocess.run(words, capture_output=True, check=False).returncode == 0

    @contextlib.contextmanager
    def serving(self, pod):
        """Run an HTTP server in a pod."""
        words = ["ip", "netns", "exec", self.space(pod.name), sys.executable, "-m", "http.server", "80"]
        process = subprocess.Popen(
            words, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self.running.append(process)
        end = time.monotonic() + PATIENCE
        while ":80 " not in self.run(pod.name, "ss", "-ltn") and time.monotonic() < end:
            time.sleep(0.05)
        yield
        self._end(process)

    def get(self, source, destination):
        """Return whether a pod gets a page from another."""
        code = f"import urllib.request as u; u.urlopen('http://{destination.address}/', timeout=2).read()"
        words = ["ip", "netns", "exec", self.space(source.name), sys.executable, "-c", code]
        return subprocess.run(words, capture_output=True, check=False).returncode == 0

    def talk(self):
        """Let pods talk across nodes and on one; return whether all was answered."""
        web, db, cache = self.pods
        with self.serving(db):
            return [
                self.ping(web, db),
                self.ping(db, web),
                self.get(web, db),
                self.get(cache, db),
                self.ping(web, cache),
            ]
