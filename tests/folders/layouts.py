"""The folders that other tools leave behind, made of a sample's packets: one function a tool.

Each takes a folder to fill; it returns nothing. File names and forms are those of the tools' own sources, named in
each docstring. `python tests/folders/layouts.py FOLDER` writes all of them.
"""

import gzip
import sys
from pathlib import Path

import yaml

sys.path += [str(Path(__file__).parents[1] / "builders"), str(Path(__file__).parents[2] / "samples")]

from folders import files, objects
from folders.hosts import Host

from make import load
from sample import pcap

TIME = "20261128091500UTC"


def _run(name):
    cluster, network, _ = load(name).run()
    return cluster, network


def _write(folder, made):
    for name, content in made.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def _hosts(cluster):
    return [Host(cluster, name) for name in cluster.topology["nodes"]]


def _point(cluster, owner, interface):
    return next(each for each in cluster.points() if (each.owner, each.interface) == (owner, interface))


def _pcap(cluster, network, owner, interface):
    point = _point(cluster, owner, interface)
    return pcap(point, network.sightings[point])


def ksniff(folder):
    """Ksniff and dumpy: a name that the user chose, `-i any` in the pod's network; `<capture>-<pod or node>.pcap`."""
    cluster, network = _run("flannel-vxlan")
    _write(folder, {
        "trouble.pcap": files.any_of_pod(cluster, network, "default/web-1"),
        "dumpy-hunt-db-0.pcap": files.any_of_pod(cluster, network, "default/db-0"),
        "dumpy-hunt-node1.pcap": files.any_of(cluster, network, "node1"),
        "dumpy-hunt-node2.pcap": files.any_of(cluster, network, "node2"),
    })  # fmt: skip


def retina(folder):
    """Retina: a tar.gz a node; microsoft/retina:pkg/capture/provider/network_capture_unix.go."""
    cluster, network = _run("flannel-vxlan")
    for host in _hosts(cluster):
        stem = f"hunt-{host.name}-{TIME}"
        made = {
            f"{stem}.pcap": files.any_of(cluster, network, host.name),
            "ip-resources.txt": _retina_text({
                "/usr/sbin/ip -d -j addr show": host.addr_json() + "\n",
                "/usr/sbin/ip -d -j neighbor show": host.neigh_json() + "\n",
                "/usr/sbin/ip rule list": "0:\tfrom all lookup local\n32766:\tfrom all lookup main\n",
                "/usr/sbin/ip route show table all": host.route(),
            }),
            "iptables-rules.txt": _retina_text({"/usr/sbin/iptables-save": host.nat()}),
            "socket-stats.txt": _retina_text({"/usr/bin/ss -s": "Total: 17\nTCP:   3\n"}),
            "proc-net/dev": "Inter-|   Receive\n eth0: 1 2 3\n",
            "tcpdump.log": _log("any", "LINUX_SLL2 (Linux cooked v2)"),
        }  # fmt: skip
        (folder / f"{stem}.tar.gz").write_bytes(files.tar_gz(made))


def retina_of_two_interfaces(folder):
    """Retina with `--interfaces flannel.1,eth0`: tcpdump keeps the last `-i` only, and says so in tcpdump.log."""
    cluster, network = _run("flannel-vxlan")
    for host in _hosts(cluster):
        stem = f"hunt-{host.name}-{TIME}"
        made = {
            f"{stem}.pcap": _pcap(cluster, network, host.name, "eth0"),
            "ip-resources.txt": _retina_text({
                "/usr/sbin/ip -d -j addr show": host.addr_json() + "\n",
                "/usr/sbin/ip -d -j neighbor show": host.neigh_json() + "\n",
                "/usr/sbin/ip route show table all": host.route(),
            }),
            "tcpdump.log": f"/usr/sbin/tcpdump -w /tmp/{stem}.pcap --relinquish-privileges=root -i flannel.1 -i eth0\n\n"
            + _log("eth0", "EN10MB (Ethernet)", dropped=3),
        }  # fmt: skip
        (folder / f"{stem}.tar.gz").write_bytes(files.tar_gz(made))


def _retina_text(outputs):
    summary = "".join(f"{command}(what it is for)\n" for command in outputs)
    done = "".join(f"{command}\n\n{output}" for command, output in outputs.items())
    return f"Summary:\n\n{summary}\nExecute:\n\n{done}"


def _log(interface, linktype, dropped=0):
    return (
        f"tcpdump: listening on {interface}, link-type {linktype}, snapshot length 262144 bytes\n"
        f"60 packets captured\n62 packets received by filter\n{dropped} packets dropped by kernel\n"
    )


def inspektor_gadget(folder):
    """Inspektor Gadget: the stream of its gadget tcpdump; pkg/operators/cli/clioperator.go."""
    cluster, network = _run("flannel-vxlan")
    points = files.points_of(cluster, *cluster.topology["pods"])
    _write(folder, {"capture.pcapng": files.inspektor_gadget(cluster, network, points)})


def netobserv(folder):
    """Network Observability CLI: all nodes in one file; cmd/packet_capture.go."""
    cluster, network = _run("flannel-vxlan")
    uplinks = [_point(cluster, node, "eth0") for node in cluster.topology["nodes"]]
    _write(folder, {"output/pcap/2026-11-28T091500Z.pcapng": files.netobserv(cluster, network, uplinks)})


def netobserv_of_old(folder):
    """Network Observability CLI, first versions: an interface a packet."""
    cluster, network = _run("flannel-vxlan")
    uplinks = [_point(cluster, node, "eth0") for node in cluster.topology["nodes"]]
    made = files.netobserv_of_old(cluster, network, uplinks)
    _write(folder, {"output/pcap/2026-11-28T091500Z.pcapng": made})


def dialects(folder):
    """Dialects of pcapng: ptcpdump of a node, Tracee and rustnet of a pod, Retis of an uplink."""
    cluster, network = _run("flannel-vxlan")
    web, db = (_point(cluster, pod, "eth0") for pod in ("default/web-1", "default/db-0"))
    _write(folder, {
        "node1.pcapng": files.ptcpdump(network, files.points_of(cluster, "node1")),
        "pcap/containers/host/c373adfdc4ac.pcap": files.tracee(network, web),
        "rustnet.pcapng": files.rustnet(network, db),
        "node2.pcapng": files.retis(network, _point(cluster, "node2", "eth0")),
    })  # fmt: skip


def calico_packetcapture(folder):
    """Calico PacketCapture: `<namespace>/<capture>/<pod>_<host interface>.pcap`; tigera/docs:packetcapture.mdx."""
    cluster, network = _run("calico-ipip")
    for host in _hosts(cluster):
        for name, each in host.interfaces.items():
            if each["kind"] == "veth":
                namespace, _, pod = each["pod"].partition("/")
                content = _pcap(cluster, network, host.name, name)
                stem = f"{namespace}/hunt/{pod}_{name}"
                _write(folder, {f"{stem}.pcap": content[:24], f"{stem}-2026-11-28T09-15-00Z.pcap": content})


def calico_diags(folder):
    """`calicoctl cluster diags`: calicoctl/commands/cluster/diags.go; the captures beside it."""
    cluster, network = _run("calico-ipip")
    top = "calico-diagnostics-20261128_091500"
    made = {f"{top}/cluster/nodes.yaml": objects.as_yaml("Node", objects.nodes(cluster)),
            f"{top}/cluster/pods.yaml": objects.as_yaml("Pod", objects.pods(cluster)),
            f"{top}/cluster/ippools.yaml": yaml.safe_dump(_pools(cluster))}  # fmt: skip
    for host in _hosts(cluster):
        at = f"{top}/nodes/{host.name}/calico-node-x2x7q"
        made |= {f"{at}/ip-addr.txt": host.addr(), f"{at}/ip-link.txt": host.addr(links=True),
                 f"{at}/ip-route.txt": host.route(), f"{at}/ip-neigh.txt": host.neigh(),
                 f"{at}/iptables-nft-save.txt": "*nat\n:PREROUTING ACCEPT [0:0]\nCOMMIT\n",
                 f"{at}/conntrack-list.txt": "tcp 6 86399 ESTABLISHED src=1.2.3.4 dst=1.2.3.5 sport=1 dport=2\n"}  # fmt: skip
        _write(
            folder,
            {
                f"{host.name}_{name}.pcap": _pcap(cluster, network, host.name, name)
                for name in host.interfaces
            },
        )
    (folder / f"{top}.tar.gz").write_bytes(files.tar_gz(made))


def calico_diags_of_old(folder):
    """`calicoctl node diags` of each node: `diags-*.tar.gz` with diagnostics/{ipv4_addr,ipv4_route,ipv4_tables}."""
    cluster, network = _run("calico-ipip")
    for host in _hosts(cluster):
        made = {"diagnostics/hostname": f"{host.name}\n", "diagnostics/ipv4_addr": host.addr(),
                "diagnostics/ipv4_route": host.route(), "diagnostics/ipv4_tables": "*nat\nCOMMIT\n",
                "diagnostics/date": "Sat Nov 28 09:15:00 UTC 2026\n"}  # fmt: skip
        (folder / f"{host.name}").mkdir()
        (folder / host.name / "diags-20261128_091500.tar.gz").write_bytes(files.tar_gz(made))
        uplink = _pcap(cluster, network, host.name, "eth0")
        _write(folder, {f"{host.name}_eth0.pcap": uplink})


def _pools(cluster):
    spec = {
        "cidr": cluster.topology["cluster"]["pod_cidr"],
        "ipipMode": "Always",
        "blockSize": 26,
        "natOutgoing": True,
    }
    return {"kind": "IPPoolList", "items": [{"metadata": {"name": "default"}, "spec": spec}]}


def antrea(folder):
    """Antrea: a PacketCapture and a support bundle; pkg/support/dump_others.go, pkg/agent/packetcapture."""
    cluster, network = _run("antrea-geneve")
    made = {"clusterinfo/nodes": objects.as_yaml("Node", objects.nodes(cluster)),
            "clusterinfo/pods": objects.as_yaml("Pod", objects.pods(cluster))}  # fmt: skip
    _write(folder, {"support-bundles_20261128T091500/clusterinfo.tar.gz": files.tar_gz(made)})
    for host in _hosts(cluster):
        gateway = _antrea_gateway(cluster, host)
        bundle = {"address": host.addr() + gateway, "link": host.addr(links=True, details=True), "route": host.route(),
                  "rule": "0:\tfrom all lookup local\n", "iptables": host.nat(), "ipset": "Name: X\n",
                  "flows": " cookie=0x1, table=0, n_packets=3 actions=drop\n", "ovsports": " 1(genev_sys)\n"}  # fmt: skip
        name = f"support-bundles_20261128T091500/agent_{host.name}.tar.gz"
        _write(folder, {name: files.tar_gz(bundle)})
        _write(folder, {f"{host.name}_eth0.pcap": _pcap(cluster, network, host.name, "eth0")})
    _write(folder, {"web-1-to-db-0.pcapng": files.antrea(network, _point(cluster, "default/web-1", "eth0"))})


def _antrea_gateway(cluster, host):
    pod = next(iter(host.pods.values()))
    address, mac = pod["gateway"]["ip"], pod["gateway"]["mac"]
    return (
        "9: antrea-gw0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UNKNOWN group default qlen 1000\n"
        f"    link/ether {mac} brd ff:ff:ff:ff:ff:ff\n    inet {address}/24 brd 10.100.0.255 scope global antrea-gw0\n"
    )


def cilium(folder):
    """Cilium: a flat zip of `cilium sysdump`, and recordings `hubble_<unix>_<random>_<node>.pcap`."""
    cluster, network = _run("cilium-vxlan")
    top, at = "cilium-sysdump-20261128-091500", "20261128-091500"
    made = {f"{top}/k8s-nodes-{at}.yaml": objects.as_yaml("Node", objects.nodes(cluster)),
            f"{top}/k8s-pods-{at}.yaml": objects.as_yaml("Pod", objects.pods(cluster)),
            f"{top}/k8s-services-{at}.yaml": objects.as_yaml("Service", objects.services(cluster)),
            f"{top}/k8s-endpointslices-{at}.yaml": objects.as_yaml("EndpointSlice", objects.slices(cluster)),
            f"{top}/ciliumnodes-{at}.yaml": yaml.safe_dump(_cilium_nodes(cluster)),
            f"{top}/ciliumendpoints-{at}.yaml": yaml.safe_dump(_cilium_endpoints(cluster))}  # fmt: skip
    for number, host in enumerate(_hosts(cluster)):
        pod = f"cilium-{'x2x7q' if number else 'bcd5f'}"
        made[f"{top}/hubble-flows-{pod}-{at}.json"] = (
            '{"flow":{"time":"2026-11-28T09:15:00Z"}}\n{"flow":{}}\n'
        )
        for command, output in {"ip-a": host.addr(), "ip--d-l": host.addr(details=True, links=True),
                                "ip-r": host.route(), "ip-n": host.neigh(), "hostname": f"{host.name}\n"}.items():  # fmt: skip
            text = f"# {command.replace('-', ' ')}\n\n```\n{output}```\n"
            made[f"{top}/cilium-bugtool-{pod}-{at}/cilium-bugtool-1/cmd/{command}.md"] = text
        _write(
            folder,
            {
                f"hubble_17642{number}_abc{number}_{host.name}.pcap": _pcap(
                    cluster, network, host.name, "eth0"
                )
            },
        )
    pods = {"Pod": [*objects.pods(cluster), *_cilium_agents(cluster)]}
    made[f"{top}/k8s-pods-{at}.yaml"] = objects.as_yaml("Pod", pods["Pod"])
    (folder / f"{top}.zip").write_bytes(files.zipped(made))


def _cilium_agents(cluster):
    for name, pod in zip(cluster.topology["nodes"], ("cilium-bcd5f", "cilium-x2x7q"), strict=True):
        address = cluster.address(name)
        yield {"kind": "Pod", "metadata": {"name": pod, "namespace": "kube-system"},
               "spec": {"nodeName": name, "hostNetwork": True},
               "status": {"phase": "Running", "podIP": address, "podIPs": [{"ip": address}]}}  # fmt: skip


def _cilium_nodes(cluster):
    items = [{"metadata": {"name": name}, "spec": {"ipam": {"podCIDRs": [each["pod_cidr"]]}}}
             for name, each in cluster.topology["nodes"].items()]  # fmt: skip
    return {"apiVersion": "cilium.io/v2", "kind": "CiliumNodeList", "items": items}


def _cilium_endpoints(cluster):
    items = [{"metadata": {"name": name.split("/")[1], "namespace": name.split("/")[0]},
              "status": {"identity": {"id": each["identity"]}}}
             for name, each in cluster.topology["pods"].items()]  # fmt: skip
    return {"apiVersion": "cilium.io/v2", "kind": "CiliumEndpointList", "items": items}


def kubeskoop(folder):
    """KubeSkoop: `<id>_<namespace>_<pod>_pod.pcap`, `<id>_<node>_host.pcap`; task-agent/capture.go."""
    cluster, network = _run("flannel-vxlan")
    _write(folder, {
        "1_default_web-1_pod.pcap": _pcap(cluster, network, "default/web-1", "eth0"),
        "1_default_db-0_pod.pcap": _pcap(cluster, network, "default/db-0", "eth0"),
        "1_node1_host.pcap": files.any_of(cluster, network, "node1"),
        "1_node2_host.pcap": files.any_of(cluster, network, "node2"),
    })  # fmt: skip


def kubeshark(folder):
    """Kubeshark: `<cluster UID>-<YYYY-MM-DD_hh-mm>.pcap`, all nodes merged; cmd/pcapDumpRunner.go."""
    cluster, network = _run("flannel-vxlan")
    pair = [_point(cluster, node, "eth0") for node in cluster.topology["nodes"]]
    sightings = [each for point in pair for each in network.sightings[point]]
    name = "6f1c7c0e-3f65-4e52-9b8e-0d6c1b7a2f10-2026-11-28_09-15.pcap"
    _write(folder, {name: pcap(pair[0], sightings)})


def eks(folder):
    """EKS: `captures/<node>/capture.pcap00001.gz` and `eks_<instance>_<t>_<v>.tar.gz`; no `ip addr`."""
    cluster, network = _run("aws-vpc-cni")
    for number, host in enumerate(_hosts(cluster)):
        names = {"node1": "ip-10-0-11-11.ec2.internal", "node2": "ip-10-0-11-12.ec2.internal"}
        content = _pcap(cluster, network, host.name, "eth0")
        at = f"captures/{names[host.name]}/capture.pcap"
        _write(
            folder,
            {
                f"{at}.gz": gzip.compress(content[:24], mtime=0),
                f"{at}00001.gz": gzip.compress(content, mtime=0),
            },
        )
        made = {"networking/ifconfig.txt": _ifconfig(host), "networking/iproute.txt": _ip_route(host),
                "networking/iprule.txt": "0:\tfrom all lookup local\n512:\tfrom all to 10.0.11.69 lookup main\n",
                "networking/iptables-save.txt": "*nat\n:PREROUTING ACCEPT [0:0]\n:AWS-SNAT-CHAIN-0 - [0:0]\nCOMMIT\n",
                "networking/conntrack.txt": "conntrack v1.4.4: 0 flow entries\n",
                "networking/ethtool.txt": "Settings for eth0:\n", "ipamd/eni-configs.json": "{}",
                "ipamd/pods.json": "{}", "system/hostname.txt": f"{names[host.name]}\n"}  # fmt: skip
        name = f"eks_i-0{number}ab34cd56ef7890_2026-11-28_0915-UTC_0.7.8.tar.gz"
        (folder / name).write_bytes(files.tar_gz(made))


def _ip_route(host):
    return f"{host.route()}default via 10.0.11.1 dev eth0 proto dhcp src {host.cluster.address(host.name)} metric 512 \n"


def _ifconfig(host):
    lines = []
    for name, each in host.interfaces.items():
        address = each.get("addresses", [None])[0]
        inet = (
            f"        inet {address.split('/')[0]}  netmask 255.255.255.0  broadcast 10.0.11.255\n"
            if address
            else ""
        )
        lines.append(
            f"{name}: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu {each['mtu']}\n{inet}"
            f"        ether {each['mac']}  txqueuelen 1000  (Ethernet)\n        RX packets 10  bytes 1000 (1000.0 B)\n\n"
        )
    return "".join(lines)


def openshift(folder):
    """OpenShift: `<node, dots as dashes>/<image>/<time>.pcap` of must-gather, and a sosreport with the FDB."""
    cluster, network = _run("flannel-vxlan")
    for host in _hosts(cluster):
        at = f"must-gather/{host.name}-example-com/network-tools-sha256-3f/2026-11-28T09:15:00.pcap"
        _write(folder, {at: _pcap(cluster, network, host.name, "eth0"), "must-gather/event-filter.html": "<html></html>",
                        "must-gather/timestamp": "2026-11-28 09:15:00 +0000 UTC m=+0.09\n"})  # fmt: skip
        sos = f"sosreport-{host.name}-2026-11-28-abcdefg"
        net = f"{sos}/sos_commands/networking"
        made = {f"{net}/ip_-d_address": host.addr(details=True), f"{net}/ip_-s_-d_link": host.addr(details=True, links=True),
                f"{net}/ip_route_show_table_all": host.route(), f"{net}/ip_-s_-s_neigh_show": host.neigh(),
                f"{net}/bridge_-s_-s_-d_-t_fdb_show": host.fdb(), f"{sos}/etc/hostname": f"{host.name}.example.com\n",
                f"{sos}/run/flannel/subnet.env": "FLANNEL_NETWORK=10.100.0.0/16\nFLANNEL_MTU=1450\n"}  # fmt: skip
        (folder / f"{sos}.tar.gz").write_bytes(files.tar_gz(made))


def rancher(folder):
    """Rancher: `<host>-<time>/networking/…` and kubectl tables; support-tools:rancher2_logs_collector.sh."""
    cluster, network = _run("flannel-clusterip")
    for host in _hosts(cluster):
        at = f"{host.name}-2026-11-28_09_15_00"
        made = {f"{at}/networking/ipaddrshow": host.addr(), f"{at}/networking/iplinkshow": host.addr(links=True),
                f"{at}/networking/iproute": host.route(), f"{at}/networking/ipneighbour": host.neigh(),
                f"{at}/networking/iptablessave": host.nat(), f"{at}/networking/cni/10-flannel.conflist": "{}",
                f"{at}/k3s/kubectl/nodes.json": objects.as_json("Node", objects.nodes(cluster)),
                f"{at}/k3s/kubectl/pods": objects.pods_table(cluster),
                f"{at}/k3s/kubectl/services": objects.services_table(cluster)}  # fmt: skip
        (folder / f"{at}.tar.gz").write_bytes(files.tar_gz(made))
        kept = [name for name in host.interfaces if not name.startswith("veth")]
        _write(
            folder, {f"{host.name}_{name}.pcap": _pcap(cluster, network, host.name, name) for name in kept}
        )


def cluster_info(folder):
    """`kubectl cluster-info dump --output-directory`: nodes.json, `<namespace>/{pods,services}.json`."""
    cluster, network = _run("flannel-clusterip")
    _write(folder, {
        "dump/nodes.json": objects.as_json("Node", objects.nodes(cluster)),
        "dump/default/pods.json": objects.as_json("Pod", objects.pods(cluster)),
        "dump/default/services.json": objects.as_json("Service", objects.services(cluster)),
        "dump/kube-system/pods.json": objects.as_json("Pod", []),
    })  # fmt: skip
    for host in _hosts(cluster):
        _write(
            folder,
            {
                f"{host.name}_{name}.pcap": _pcap(cluster, network, host.name, name)
                for name in host.interfaces
            },
        )


def sonobuoy(folder):
    """Sonobuoy: `resources/cluster/<Type>.json`, `resources/ns/<namespace>/<Type>.json`, in one tar.gz."""
    cluster, network = _run("flannel-clusterip")
    made = {"resources/cluster/core_v1_nodes.json": objects.as_json("Node", objects.nodes(cluster)),
            "resources/ns/default/core_v1_pods.json": objects.as_json("Pod", objects.pods(cluster)),
            "resources/ns/default/core_v1_services.json": objects.as_json("Service", objects.services(cluster))}  # fmt: skip
    (folder / "202611280915_sonobuoy_6f1c7c0e.tar.gz").write_bytes(files.tar_gz(made))
    for pod in cluster.topology["pods"]:
        name = pod.replace("/", "_")
        _write(folder, {f"{name}_eth0.pcap": _pcap(cluster, network, pod, "eth0")})
    for host in _hosts(cluster):
        _write(folder, {f"{host.name}_eth0.pcap": _pcap(cluster, network, host.name, "eth0")})


LAYOUTS = {name: each for name, each in dict(globals()).items() if getattr(each, "__doc__", None) and callable(each)
           and getattr(each, "__module__", "") == __name__ and not name.startswith("_")}  # fmt: skip

if __name__ == "__main__":
    for name, make in LAYOUTS.items():
        (Path(sys.argv[1]) / name).mkdir(parents=True)
        make(Path(sys.argv[1]) / name)
