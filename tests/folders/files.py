"""Capture files as the tools of FOLDERS write them: dialects of pcap and pcapng, tar.gz and zip archives."""

import gzip
import io
import json
import struct
import tarfile
import zipfile
from urllib.parse import quote

from captures_build import enhanced, interface, option, section
from sample_variants import any_pcap

from sample import SNAPLEN, shown

SECOND = 1_000_000
NAME, DESCRIPTION, COMMENT = 2, 3, 1  # pcapng options


def points_of(cluster, *owners):
    return [point for point in cluster.points() if point.owner in owners]


def any_of(cluster, network, node):
    """Return `tcpdump -i any` of a node."""
    return any_pcap(cluster, network, points_of(cluster, node))


def any_of_pod(cluster, network, pod):
    """Return `tcpdump -i any` inside a pod, as ksniff runs it: linktype 276, one interface."""
    (point,) = points_of(cluster, pod)
    own = cluster.pod(pod)["mac"]
    records = [_cooked(each, own) for each in sorted(network.sightings[point], key=lambda each: each.time)]
    return struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, SNAPLEN, 276) + b"".join(records)


def _cooked(sighting, own):
    frame = sighting.frame
    direction = 4 if frame.source == own else 0 if frame.destination == own else 1
    address = bytes.fromhex(frame.source.replace(":", ""))
    data = struct.pack(">HHIHBB8s", frame.content.ethertype, 0, 3, 1, direction, 6, address) + bytes(
        frame.content
    )
    return struct.pack("<IIII", *divmod(sighting.time, SECOND), len(data), len(data)) + data


def rewritten(data, change):
    """Return a pcap with `change(seconds, microseconds, packet, length)` in place of each record."""
    made, at = data[:24], 24
    while at < len(data):
        seconds, fraction, captured, original = struct.unpack_from("<IIII", data, at)
        packet = data[at + 16 : at + 16 + captured]
        seconds, fraction, packet, original = change(seconds, fraction, packet, original)
        made += struct.pack("<IIII", seconds, fraction, len(packet), original) + packet
        at += 16 + captured
    return made


def merged(network, points):
    """Yield (point, sighting) of several points by time."""
    pairs = [(point, each) for point in points for each in network.sightings[point]]
    return sorted(pairs, key=lambda pair: pair[1].time)


def inspektor_gadget(cluster, network, points):
    """Return the stream of `ig run tcpdump`: a dummy interface first, all others `virtual`, times zero."""
    parts = [section(), interface()]
    for point in points:
        pod = cluster.topology["pods"][point.owner]
        namespace, _, name = point.owner.partition("/")
        labels = quote(json.dumps({"app": name, "note": "a=b;c"}))
        said = f"k8s.node={pod['node']};k8s.containerName=main;k8s.podName={name};k8s.podLabels={labels}"
        said += f";k8s.namespace={namespace}" if namespace != "default" else ""
        parts.append(interface(option(NAME, b"virtual"), option(DESCRIPTION, said.encode())))
    numbers = {point: number + 1 for number, point in enumerate(points)}
    for point, sighting in merged(network, points):
        data = shown(sighting)
        parts.append(enhanced(data[:1500], interface=numbers[point], ticks=0, original=len(data)))
    return b"".join(parts)


def netobserv(cluster, network, points):
    """Return a capture of `oc netobserv packets`: one interface, three comments a packet, whole seconds."""
    parts = [section(option(4, b"netobserv-cli")), interface(option(NAME, b"intf0"))]
    for point, sighting in merged(network, points):
        comments = [f"Source: {{'node': '{point.owner}'}}", "Destination: {}", "Common: {'proto': 6}"]
        options = [option(COMMENT, each.encode()) for each in comments]
        whole = sighting.time // SECOND * SECOND
        parts.append(enhanced(shown(sighting), *options, ticks=whole))
    return b"".join(parts)


def netobserv_of_old(cluster, network, points):
    """Return a capture of its first versions: a new interface before each packet, named after its ends."""
    parts = [section(option(4, b"netobserv-cli"))]
    for number, (_, sighting) in enumerate(merged(network, points)):
        parts.append(
            interface(option(NAME, b"Pod: web-1 -> Pod: db-0"), option(DESCRIPTION, b"Deployment: web"))
        )
        parts.append(enhanced(shown(sighting), interface=number, ticks=sighting.time // SECOND * SECOND))
    return b"".join(parts)


def ptcpdump(network, points):
    """Return what ptcpdump writes on a node: the names of interfaces, a comment with process and pod a packet."""
    parts = [section()] + [interface(option(NAME, point.interface.encode())) for point in points]
    numbers = {point: number for number, point in enumerate(points)}
    said = b"PID: 17\nCmd: /usr/bin/web\nArgs: web -x\nContainerName: main\nPodName: web-1\nPodNamespace: default"
    for point, sighting in merged(network, points):
        parts.append(
            enhanced(shown(sighting), option(COMMENT, said), interface=numbers[point], ticks=sighting.time)
        )
    return b"".join(parts)


def tracee(network, point):
    """Return a capture of Tracee: JSON of the context as if_description."""
    namespace, _, name = point.owner.partition("/")
    context = {
        "container": {"id": "c373adfdc4ac", "name": "main"},
        "kubernetes": {"podName": name, "podNamespace": namespace, "podUID": "", "podSandbox": False},
        "hostName": name,
        "processName": "web",
    }
    parts = [section(), interface(option(DESCRIPTION, json.dumps(context).encode()))]
    for _, sighting in merged(network, [point]):
        parts.append(enhanced(shown(sighting), ticks=sighting.time))
    return b"".join(parts)


def rustnet(network, point):
    """Return a capture that rustnet made inside a pod: who is behind a packet is a comment."""
    namespace, _, name = point.owner.partition("/")
    said = f"pid=17 process=web pod={name} ns={namespace} container=main".encode()
    parts = [section(), interface(option(NAME, point.interface.encode()))]
    for _, sighting in merged(network, [point]):
        parts.append(enhanced(shown(sighting), option(COMMENT, said), ticks=sighting.time))
    return b"".join(parts)


def retis(network, point):
    """Return a capture of Retis: custom blocks of its private enterprise number between packets."""
    event = struct.pack("<III", 0xBAD, 12 + 8, 70000) + b"\0" * 4 + struct.pack("<I", 20)
    parts = [section(), interface(option(NAME, point.interface.encode()))]
    for _, sighting in merged(network, [point]):
        parts += [event, enhanced(shown(sighting), ticks=sighting.time)]
    return b"".join(parts)


def antrea(network, point):
    """Return a PacketCapture of Antrea: gopacket's interface name, length as captured, times of user space."""
    parts = [section(), interface(option(NAME, b"intf0"), option(9, b"\x09"))]
    for number, (_, sighting) in enumerate(merged(network, [point])):
        ticks = sighting.time * 1000 + number * 7919 % 1000
        parts.append(enhanced(shown(sighting), ticks=ticks))
    return b"".join(parts)


def tar_gz(files):
    """Return a tar.gz of name -> content, with the folders that tar writes before files."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            content = content.encode() if isinstance(content, str) else content
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return gzip.compress(stream.getvalue(), mtime=0)


def zipped(files):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return stream.getvalue()
