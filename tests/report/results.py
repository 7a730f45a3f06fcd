"""Reports built by hand, one for each situation that a report must show well."""

from dataclasses import replace

from pcapcheck.check.finding import Coverage, Finding, Frame, Hop, Severity
from pcapcheck.diagnose.diagnosis import Diagnosis, Evidence
from pcapcheck.report.packetseen import FieldSeen, LayerSeen, PacketSeen
from pcapcheck.report.report import (
    CaptureUsed,
    FlowSummary,
    LossTime,
    PathStep,
    ProfileUsed,
    Report,
    RuleUsed,
    TimeSlice,
    TopologyUsed,
    Verdict,
)

SECOND = 1_000_000_000
START = 1_767_225_600 * SECOND  # 2026-01-01
FLOW = "tcp/10.244.0.5:41000-10.244.1.7:80"
INNER = {"eth.src": "b2:12:0d:e4:eb:46", "ip.src": "10.244.0.5", "ip.dst": "10.244.1.7", "ip.ttl": "64"}
ROUTED = INNER | {"ip.ttl": "63", "eth.src": "5e:89:00:00:00:01"}
PLAIN = "eth:ip:tcp"
TUNNEL = "eth:ip:udp:vxlan:eth:ip:tcp"

POD1 = Hop("node1", "eth0", "pod", "plain", "source", pod="default/web-1")
VETH1 = Hop("node1", "veth1a2b", "veth", "plain", "source", pod="default/web-1")
BRIDGE1 = Hop("node1", "cni0", "bridge", "plain", "source")
VTEP1 = Hop("node1", "flannel.1", "vtep", "plain", "source")
UPLINK1 = Hop("node1", "eth0", "uplink", "vxlan", "source")
UPLINK2 = Hop("node2", "eth0", "uplink", "vxlan", "destination")
VTEP2 = Hop("node2", "flannel.1", "vtep", "plain", "destination")
BRIDGE2 = Hop("node2", "cni0", "bridge", "plain", "destination")
VETH2 = Hop("node2", "veth3c4d", "veth", "plain", "destination", pod="default/db-0")
POD2 = Hop("node2", "eth0", "pod", "plain", "destination", pod="default/db-0")


def tunnelled(vni: str = "1") -> dict[str, str]:
    outer = {"ip.src": "192.168.10.11", "ip.dst": "192.168.10.12", "udp.dstport": "8472", "vxlan.vni": vni}
    return outer | {f"inner.{name}": value for name, value in ROUTED.items()}


def step(hop: Hop, seen: int, latency_us: float | None = 4.0, **more) -> PathStep:
    latency = None if latency_us is None else round(latency_us * 1000)
    stack = PLAIN if hop.form == "plain" else TUNNEL
    return PathStep(hop, True, seen, more.pop("missing", 0), more.pop("fate", ""), latency, stack, **more)


def unseen(hop: Hop) -> PathStep:
    return PathStep(hop, False, 0, 0, "", None)


def forward(last: int, fate: str = "", vni: str = "1") -> tuple[PathStep, ...]:
    """Return the path of nine packets, of which `last` arrive in the pod."""
    arrived = INNER | {"ip.ttl": "62", "eth.src": "b2:12:0d:e4:eb:47"}
    return (
        step(POD1, 9, None, headers=INNER),
        step(VETH1, 9, 3.2, headers=INNER),
        unseen(BRIDGE1),
        step(VTEP1, 9, 21.75, headers=ROUTED),
        step(UPLINK1, 9, 12.0, headers=tunnelled(vni)),
        step(UPLINK2, 9, 1041.0, headers=tunnelled(vni)),
        step(VTEP2, last, 9.0 if last else None, missing=9 - last, fate=fate, headers=ROUTED),
        unseen(BRIDGE2),
        step(VETH2, last, 30.0 if last else None, missing=9 - last, fate=fate, headers=arrived),
        unseen(POD2),
    )


def flow(path: tuple[PathStep, ...], backward: tuple[PathStep, ...] = ()) -> FlowSummary:
    return FlowSummary(
        flow=FLOW,
        traffic=("pod-to-pod", "cross-node"),
        source="default/web-1",
        destination="default/db-0",
        packets=18,
        bytes=3402,
        first=START + 123_456_789,
        last=START + 126_656_789,
        forward=path,
        backward=backward,
        nat=None,
        points=7,
    )


def capture(file: str, hop: Hop, packets: int, **more) -> CaptureUsed:
    used = CaptureUsed(file, hop.node, hop.interface, hop.role, hop.pod, packets, False, 0, 0, "us", None)
    return replace(used, **more)


RULES = {
    "flannel-vxlan/vni": RuleUsed(
        title="VXLAN carries the VNI of the cluster",
        because="A VTEP drops packets of a VNI it has no interface for, and no counter shows it.",
        fix="Set one VNI in kube-flannel-cfg for all nodes; delete flannel.1 where it differs.",
        references=("RFC 7348 section 5",),
        file="rules/flannel-vxlan.yaml",
        line=14,
    ),
    "flannel-vxlan/outer-ttl": RuleUsed("The outer TTL is 64", file="rules/flannel-vxlan.yaml", line=40),
    "flannel-vxlan/outer-udp-port": RuleUsed("VXLAN leaves the node on the configured UDP port"),
    "flannel-vxlan/subnet-router": RuleUsed("Frames to another subnet have the router's MAC"),
    "kubernetes/delivered": RuleUsed("Packets arrive", file="rules/kubernetes.yaml", line=9),
    "kubernetes/ttl": RuleUsed(
        "Each routed hop takes one from the TTL", file="rules/kubernetes.yaml", line=30
    ),
}
CAPTURES = (
    capture("web-1_eth0.pcap", POD1, 18),
    capture("node1_veth1a2b.pcap", VETH1, 18),
    capture("node1_flannel.1.pcap", VTEP1, 18),
    capture("node1_eth0.pcap", UPLINK1, 18),
    capture("node2_eth0.pcap", UPLINK2, 18),
    capture("node2_flannel.1.pcap", VTEP2, 18),
    capture("node2_veth3c4d.pcap", VETH2, 18),
)
COVERAGE = Coverage(
    exercised={
        "flannel-vxlan/vni": 36,
        "flannel-vxlan/outer-ttl": 18,
        "flannel-vxlan/outer-udp-port": 36,
        "kubernetes/delivered": 18,
        "kubernetes/ttl": 90,
    },
    not_exercised={
        "kubernetes/dns": "no packet to port 53",
        "kubernetes/nodeport": "no packet to a node port",
    },
    not_evaluable={"flannel-vxlan/subnet-router": "no router MAC"},
    hops_without_capture=(BRIDGE1, BRIDGE2, POD2),
)
NAMED = ProfileUsed("flannel-vxlan", 1.0, "named by the topology")


def conformant() -> Report:
    """Everything that was seen is right, and enough was seen."""
    backward = (step(VETH2, 9, None), step(UPLINK2, 9), step(UPLINK1, 9), step(POD1, 9))
    return Report(
        verdict=Verdict.CONFORMANT,
        profiles=(NAMED,),
        topology=TopologyUsed("topology.yaml"),
        captures=CAPTURES,
        diagnoses=(),
        findings=(),
        flows=(flow(forward(9), backward),),
        coverage=COVERAGE,
        rules=RULES,
    )


def finding(rule: str, hop: Hop, **more) -> Finding:
    values = {
        "severity": Severity.ERROR,
        "flow": FLOW,
        "frames": (Frame("node1_eth0.pcap", 12), Frame("node1_eth0.pcap", 14)),
        "packets": 9,
        "judged": 9,
        "expected": {"vxlan.vni": "1"},
        "actual": {"vxlan.vni": "2"},
        "message": "vxlan.vni is 2, intended 1",
    }
    return Finding(rule=rule, hop=hop, **(values | more))


def violations() -> Report:
    """Return a wrong VNI: one cause, its findings, one finding that it does not explain."""
    lost = {"expected": {"delivered": "9 packets"}, "actual": {"delivered": "0 packets"}}
    ttl = {"expected": {"ip.ttl": "64"}, "actual": {"ip.ttl": "63"}, "severity": Severity.WARNING}
    cause = Diagnosis(
        id="vni-mismatch",
        confidence=0.93,
        title="node1 sends VNI 2 (intended 1)",
        explanation="The VTEP flannel.1 of node1 puts VNI 2 into its packets. node2 has no interface with it "
        "and drops them.\nNothing counts these drops on node1.",
        fix="Set one VNI in kube-flannel-cfg.\nOn node1: ip link del flannel.1; start flanneld.",
        node="node1",
        interface="flannel.1",
        evidence=(
            Evidence(
                "node1 sends VNI 2 to node2, node2 sends VNI 1",
                (Frame("node1_eth0.pcap", 12), Frame("node1_eth0.pcap", 14), Frame("node2_eth0.pcap", 9)),
                "udp.port == 8472 && vxlan.vni == 2",
            ),
            Evidence("9 packets arrive at node2 eth0 and are not seen at node2 flannel.1"),
        ),
        confirm=("ip -d link show flannel.1", "kubectl -n kube-flannel get cm kube-flannel-cfg -o yaml"),
        references=("RFC 7348 section 5",),
        alternatives=("tunnel-blocked-at-node",),
        next_capture="tcpdump -i cni0 -w node2_cni0.pcap",
        findings=(0, 1, 2),
    )
    found = (
        finding("flannel-vxlan/vni", UPLINK1),
        finding("flannel-vxlan/vni", UPLINK1, flow="tcp/10.244.0.5:41002-10.244.1.7:80"),
        finding("kubernetes/delivered", VTEP2, message="9 of 9 packets were lost before this hop", **lost),
        finding("flannel-vxlan/outer-ttl", UPLINK1, judged=18, message="ip.ttl is 63, intended 64", **ttl),
    )
    return replace(
        conformant(),
        verdict=Verdict.VIOLATIONS,
        diagnoses=(cause,),
        findings=found,
        flows=(flow(forward(0, "lost", "2")),),
    )


def inconclusive() -> Report:
    """Return captures that tell nothing: one cannot be read, one has no times, all was inferred."""
    rules = dict.fromkeys(("flannel-vxlan/vni", "flannel-vxlan/outer-ttl"), "no packet of pods at an uplink")
    broken = capture(
        "node2_eth0.pcap", UPLINK2, 0, interface=None, node=None, role=None, error="not a capture file"
    )
    return Report(
        verdict=Verdict.INCONCLUSIVE,
        profiles=(ProfileUsed("flannel-vxlan", 0.62, "UDP port 8472 at an uplink", ("calico-vxlan",)),),
        topology=TopologyUsed("inferred", ("node1 has 192.168.10.11", "10.244.0.0/24 is a pod network")),
        captures=(
            capture("node1_eth0.pcap", UPLINK1, 312, truncated=True, dropped=7, clock="none"),
            broken,
        ),
        diagnoses=(),
        findings=(),
        flows=(),
        coverage=Coverage({}, rules, {"kubernetes/ttl": "no $routed"}, ()),
        notes=("node1_eth0.pcap has no times: latency and order were not checked",),
        rules=RULES,
    )


EVIL = "\x1b[31m<script>alert(1)</script>\u202e`|*_[x](http://evil.example)@team\r\n::error::pwned"


def hostile(evil: str = EVIL) -> Report:
    """Names that a stranger chose, in every place where one can stand."""
    hop = Hop(evil, evil, "uplink", "vxlan", "source")
    path = (step(hop, 3, None, headers={"ip.src": evil}), step(VTEP2, 0, missing=3, fate="lost"))
    bad = finding(
        "flannel-vxlan/vni",
        hop,
        flow=evil,
        frames=(Frame(f"{evil}\udc9c.pcap", 1),),
        expected={"vxlan.vni": "=1+1"},
        actual={"vxlan.vni": evil},
        message=f"vxlan.vni is {evil}",
    )
    cause = violations().diagnoses[0]
    return replace(
        violations(),
        profiles=(ProfileUsed(evil, 0.5, evil, (evil,)),),
        topology=TopologyUsed(evil, (evil,)),
        captures=(capture(f"{evil}\udc9c.pcap", hop, 3), capture(evil, hop, 0, error=evil)),
        diagnoses=(
            replace(
                cause,
                title=f"{evil} sends VNI 2",
                explanation=evil,
                fix=evil,
                node=evil,
                interface=evil,
                evidence=(Evidence(evil, (Frame(f"{evil}\udc9c.pcap", 1),), evil),),
                confirm=(evil,),
                references=(evil,),
                alternatives=(evil,),
                next_capture=evil,
                findings=(0,),
            ),
        ),
        findings=(bad,),
        flows=(replace(flow(path), flow=evil, source=evil, destination=evil, nat=evil),),
        coverage=replace(COVERAGE, not_evaluable={evil: evil}, hops_without_capture=(hop,)),
        notes=(evil,),
        rules={"flannel-vxlan/vni": RuleUsed(evil, evil, evil, (evil,), evil, 1)},
    )


def packet(text: str, frame: Frame) -> PacketSeen:
    """Return a packet whose every text is `text`, but for names of fields."""
    layers = (
        LayerSeen("eth", 0, 14, (FieldSeen("eth.src", 6, text), FieldSeen("eth.type", 12, "2048"))),
        LayerSeen("ip", 14, 20, (FieldSeen("ip.ttl", 22, "63"), FieldSeen("ip.checksum", None, text))),
    )
    expected, actual = {"ip.ttl": "64"}, {"ip.ttl": text}
    return PacketSeen(frame, START, 60, bytes(range(40)), "eth:ip", layers, expected, actual, (text,))


def with_packets(result: Report, text: str, frame: Frame) -> Report:
    """Return the result as a page shows it: with a packet, and the loss of its flows over time."""
    loss = LossTime(9 * SECOND, (TimeSlice(3, 0), TimeSlice(0, 0), TimeSlice(6, 4)))
    flows = tuple(replace(each, loss=loss) for each in result.flows)
    return replace(result, packets=(packet(text, frame),), flows=flows)


def unreadable() -> Report:
    """Return a healthy network of which one capture could not be read, and one is cut off."""
    damaged = (
        "node2_eth0.pcap: it is text, not a pcap or pcapng capture\n  fix: give a file that tcpdump wrote"
    )
    whole = conformant()
    captures = (
        replace(whole.captures[0], truncated=True),
        capture("node2_eth0.pcap", UPLINK2, 0, error=damaged),
    )
    return replace(whole, captures=captures, notes=("node1_eth0.pcap: it ends within a packet",))


SITUATIONS = {
    "conformant": conformant,
    "violations": lambda: with_packets(violations(), "7", Frame("node1_eth0.pcap", 12)),
    "inconclusive": inconclusive,
    "unreadable": unreadable,
    "hostile": lambda: with_packets(hostile(), EVIL, Frame(f"{EVIL}\udc9c.pcap", 1)),
}
