"""The schemas of the frames of a `Network`.

Every column is written down here once. Code that makes a frame takes the names and the order of its columns
from here; `network.checked` compares the frames with their schemas in tests and where PCAPCHECK_DEBUG is set.
A column whose unit is "row of …" or "index of …" is a key into that frame or tuple of the network.
"""

from typing import Final

import polars as pl

from pcapcheck.correlate.conversationschemas import OUTCOMES_SCHEMA, PENDING_SCHEMA, RESETS_SCHEMA
from pcapcheck.correlate.frameschema import ColumnSpec, FrameSchema

POINTS_SCHEMA: Final = FrameSchema(
    "points",
    (
        ColumnSpec("point", pl.Int64, "row of points", "the number of the capture point"),
        ColumnSpec("node", pl.String, "", "the node it lies on; null: a pod whose node is not known"),
        ColumnSpec("interface", pl.String, "", "the interface, as its node or pod calls it"),
        ColumnSpec("role", pl.String, "Role", "the role of the interface"),
        ColumnSpec("pod", pl.String, "", "the pod inside which it lies, or which a veth serves; null: none"),
        ColumnSpec("ahead", pl.Int64, "ns", "how far the clock of its node is ahead of the reference"),
    ),
)
STEPS_SCHEMA: Final = FrameSchema(
    "steps",
    (
        ColumnSpec("path", pl.Int64, "index of paths", "the expected path"),
        ColumnSpec("step", pl.Int64, "position", "the position of the step in it, from 0"),
        ColumnSpec("node", pl.String, "", "the node of the step; null: not known"),
        ColumnSpec("role", pl.String, "Role", "the role of the interface"),
        ColumnSpec("pod", pl.String, "", "the pod of a step in or at one; null: none"),
        ColumnSpec("interface", pl.String, "", "the first interface that the step may be"),
        ColumnSpec("interfaces", pl.Int64, "interfaces", "how many interfaces the step may be"),
        ColumnSpec("form", pl.String, "stack.form", "how the packet travels here: plain, vxlan, ipip …"),
        ColumnSpec("side", pl.String, "source, destination, via", "the end of the path whose node it is on"),
        ColumnSpec("number", pl.Int64, "passes", "the pass over this point, from 1"),
        ColumnSpec("fewest", pl.Int64, "hops", "the TTL falls by at least so much since the step before"),
        ColumnSpec("most", pl.Int64, "hops", "and by at most so much; null: by any number"),
        ColumnSpec("optional", pl.Boolean, "", "packets may pass here, and need not"),
        ColumnSpec("opaque", pl.Boolean, "", "packets are encrypted here and cannot be recognised"),
        ColumnSpec("crossings", pl.Int64, "steps", "how many steps of the path are at this place"),
        ColumnSpec(
            "point", pl.Int64, "row of points", "the first capture point it may be; null: not captured"
        ),
    ),
)
STEP_POINTS_SCHEMA: Final = FrameSchema(
    "step_points",
    (
        ColumnSpec("path", pl.Int64, "index of paths", "the expected path"),
        ColumnSpec("step", pl.Int64, "position", "the step"),
        ColumnSpec("point", pl.Int64, "row of points", "a capture point where it may be seen"),
    ),
)
WATCHED_SCHEMA: Final = FrameSchema(
    "watched",
    (
        ColumnSpec("direction", pl.Int64, "row of directions", "the direction"),
        ColumnSpec("step", pl.Int64, "position", "a step of its path that was captured"),
        ColumnSpec("rank", pl.Int64, "position", "the position among the watched steps, from 0"),
        ColumnSpec("ranks", pl.Int64, "steps", "how many watched steps the direction has"),
    ),
)
VARIANTS_SCHEMA: Final = FrameSchema(
    "variants",
    (
        ColumnSpec("variant", pl.Int64, "row of variants", "the number of the variant"),
        ColumnSpec("file", pl.Int64, "index of files", "the file it is from"),
        ColumnSpec("local", pl.Int64, "variant", "the number that the variant has in its file"),
        ColumnSpec("interface", pl.UInt16, "interface", "the number of the interface in the file"),
        ColumnSpec(
            "point", pl.Int64, "row of points", "where it was seen; null: the file is bound to no point"
        ),
        ColumnSpec("stack", pl.String, "", "the protocols of its headers, outermost first: eth:ip:udp"),
        ColumnSpec("form", pl.String, "stack.form", "how its packets travel: plain, vxlan, ipip …"),
        ColumnSpec("whole", pl.Boolean, "", "no packet of its interface was cut off within its headers"),
        ColumnSpec("packets", pl.Int64, "packets", "how many packets are of this variant"),
        ColumnSpec("bytes", pl.Int64, "bytes", "their length on the wire"),
        ColumnSpec("first", pl.Int64, "ns since 1970", "when the first was seen, by the clock of its node"),
        ColumnSpec("last", pl.Int64, "ns since 1970", "when the last was seen, by the clock of its node"),
        *(
            ColumnSpec(f"frame{k}", pl.Int64, "frame", f"the {k}. frame of it in the file; 0: there is none")
            for k in range(1, 6)
        ),
        ColumnSpec("kind", pl.String, "stack.KINDS", "what its packets are: tcp, udp, echo, arp …"),
        ColumnSpec("source", pl.String, "", "the innermost source address; null: no IP, no ARP"),
        ColumnSpec(
            "source_port",
            pl.Int64,
            "port",
            "the port, the identifier of an echo, the MAC of a DHCP client, or 0",
        ),
        ColumnSpec("destination", pl.String, "", "the innermost destination address; null: no IP, no ARP"),
        ColumnSpec(
            "destination_port",
            pl.Int64,
            "port",
            "the port, the identifier of an echo, the MAC of a DHCP client, or 0",
        ),
        ColumnSpec("tuple", pl.Int64, "tuple", "kind, addresses and ports, numbered"),
        ColumnSpec("direction", pl.Int64, "row of directions", "the direction of a flow that it belongs to"),
        ColumnSpec("flow", pl.Int64, "direction", "the flow: the lower number of its two directions"),
        ColumnSpec("path", pl.Int64, "index of paths", "the expected path of the direction"),
        ColumnSpec("who", pl.String, "traffic kind", "who speaks with whom: pod-to-pod …"),
        ColumnSpec("where", pl.String, "traffic kind", "where it travels: same-node, cross-node …"),
        ColumnSpec("client", pl.Boolean, "", "the direction is the client's"),
        ColumnSpec("reverse", pl.Int64, "row of directions", "the direction of the answers; null: none seen"),
        ColumnSpec("version", pl.Int32, "IP", "4 or 6"),
        ColumnSpec("source_end", pl.String, "", "the source of the direction, before translation"),
        ColumnSpec("destination_end", pl.String, "", "the destination of the direction, after translation"),
        ColumnSpec("role", pl.String, "Role", "the role of its point; null: no point"),
        ColumnSpec("second", pl.Boolean, "", "it has the address that translation gives at the server's end"),
        ColumnSpec("step", pl.Int64, "position", "the step of the path where it was seen; null: elsewhere"),
        ColumnSpec("side", pl.String, "source, destination, via", "the side of that step"),
        ColumnSpec("number", pl.Int64, "passes", "the pass over the point that the step is"),
    ),
    rest="a column for each header field that was asked for, by Wireshark's name, null where absent; of an "
    "IPv6 address the high half, and the low half in a column whose name ends with LOW",
    optional=(
        ColumnSpec(
            "unprinted", pl.String, "", "the fields that were not printed; null: it was captured, not text"
        ),
    ),
)
DIRECTIONS_SCHEMA: Final = FrameSchema(
    "directions",
    (
        ColumnSpec("direction", pl.Int64, "row of directions", "the number of the direction"),
        ColumnSpec("l4", pl.String, "stack.KINDS", "what its packets are"),
        *(
            ColumnSpec(f"{end}{name}", dtype, unit, f"{meaning} of the {end}")
            for end in ("source", "destination")
            for name, dtype, unit, meaning in (
                ("", pl.String, "", "the address"),
                ("_port", pl.Int64, "port", "the port"),
                ("_kind", pl.String, "OwnerKind", "the kind of the owner"),
                ("_name", pl.String, "", "the name of the owner; null: it has none: the owner"),
                ("_node", pl.String, "", "the node; null: none or not known: the node"),
            )
        ),
        ColumnSpec("opens", pl.Boolean, "", "it sent a SYN without ACK, an INIT or an echo request"),
        ColumnSpec("first", pl.Int64, "ns since 1970", "when its first packet was seen"),
        ColumnSpec("tuples", pl.UInt32, "tuples", "how many address tuples its packets had on the way"),
        *(
            ColumnSpec(
                f"{end}_is_{kind}", pl.String, "", f"the {kind} whose address the {end} had; null: none"
            )
            for end in ("source", "destination")
            for kind in ("node", "service")
        ),
        ColumnSpec("service", pl.String, "", "the service whose address one end had; null: none"),
        ColumnSpec("translated", pl.Boolean, "", "it had several address tuples"),
        ColumnSpec("via", pl.String, "", "the node whose address stood for a pod towards the outside"),
        ColumnSpec("reverse", pl.Int64, "row of directions", "the direction of the answers; null: none seen"),
        ColumnSpec("flow", pl.Int64, "direction", "the flow: the lower number of its two directions"),
        ColumnSpec("client", pl.Boolean, "", "it is the client's"),
        ColumnSpec("flow_text", pl.String, "", "the flow as reports write it, the client first"),
        ColumnSpec("version", pl.Int32, "IP", "4 or 6"),
        ColumnSpec("who", pl.String, "traffic kind", "who speaks with whom"),
        ColumnSpec("where", pl.String, "traffic kind", "where it travels"),
        ColumnSpec("flow_via", pl.String, "", "`via` of the client's direction"),
        ColumnSpec("flow_service", pl.String, "", "`service` of the client's direction, else of the answers"),
        ColumnSpec("path", pl.Int64, "index of paths", "the expected path"),
    ),
)
HOPS_SCHEMA: Final = FrameSchema(
    "hops",
    (
        ColumnSpec("direction", pl.Int64, "row of directions", "the direction"),
        ColumnSpec("step", pl.Int64, "position", "a watched step of its path"),
        ColumnSpec("seen", pl.Int64, "packets", "were seen here"),
        ColumnSpec("missing", pl.Int64, "packets", "were seen at the watched step before and not here"),
        ColumnSpec("lost", pl.Int64, "packets", "of the missing ones, proven to be lost"),
        ColumnSpec("gap", pl.Int64, "packets", "of the missing ones, proven to have passed"),
        ColumnSpec("unknown", pl.Int64, "packets", "of the missing ones, neither"),
        ColumnSpec("late", pl.Int64, "packets", "were overtaken on the way from another node"),
        ColumnSpec(
            "doubled", pl.Int64, "packets", "were seen once at the step before and several times here"
        ),
        ColumnSpec(
            "latency", pl.Int64, "ns", "the median since the watched step before; null: no packet in common"
        ),
    ),
)
_SIGHTED: Final = (
    ColumnSpec("direction", pl.Int64, "row of directions", "the direction of the packet"),
    ColumnSpec("step", pl.Int64, "position", "the step where it was seen; null: at no step of its path"),
    ColumnSpec("point", pl.Int64, "row of points", "the capture point"),
    ColumnSpec("variant", pl.Int64, "row of variants", "its variant"),
    ColumnSpec("file", pl.Int64, "index of files", "the file"),
    ColumnSpec("frame", pl.Int64, "frame", "the number of the packet in the file, from 1"),
    ColumnSpec("time", pl.Int64, "ns since 1970", "when it was seen, by the reference clock"),
)
LOSSES_SCHEMA: Final = FrameSchema(
    "losses",
    (
        *_SIGHTED[:2],
        ColumnSpec("next_step", pl.Int64, "position", "the watched step that comes next"),
        _SIGHTED[2],
        ColumnSpec("next_point", pl.Int64, "row of points", "a capture point of that step"),
        *_SIGHTED[3:],
        ColumnSpec("size", pl.Int64, "bytes", "the length of the innermost IP packet"),
        ColumnSpec("kind", pl.String, "stack.KINDS", "what it is"),
        ColumnSpec("fate", pl.String, "lost, gap, unknown", 'what became of it; "": the next step saw it'),
        ColumnSpec("felt", pl.Boolean, "", "an end noticed: it sent again, or had no answer"),
        ColumnSpec("silent", pl.Boolean, "", "it counts as lost only because the next capture has no gap"),
    ),
)
PASSES_SCHEMA: Final = FrameSchema(
    "passes",
    (
        *_SIGHTED[:3],
        ColumnSpec("packet", pl.UInt32, "packet", "a number within direction and point"),
        *_SIGHTED[3:],
        ColumnSpec("passes", pl.UInt32, "passes", "how often the packet crossed the point"),
    ),
)
LATE_SCHEMA: Final = FrameSchema("late", _SIGHTED)
DAMAGED_SCHEMA: Final = FrameSchema(
    "damaged",
    (
        *_SIGHTED,
        ColumnSpec("kind", pl.String, "stack.KINDS", "what it is"),
        ColumnSpec("wrong", pl.UInt8, "bits", "which checksums are wrong: `checksum.wrong`"),
    ),
)
WINDOWS_SCHEMA: Final = FrameSchema(
    "windows",
    (
        ColumnSpec("point", pl.Int64, "row of points", "the capture point"),
        ColumnSpec("from", pl.Int64, "ns since 1970", "when it saw its first packet; null: it saw none"),
        ColumnSpec("to", pl.Int64, "ns since 1970", "when it saw its last packet; null: it saw none"),
        ColumnSpec("late", pl.Boolean, "", "a later hop shows that the capture began late"),
        ColumnSpec("early", pl.Boolean, "", "a later hop shows that the capture ended early"),
    ),
)
NETWORK_SCHEMAS: Final = (
    POINTS_SCHEMA,
    VARIANTS_SCHEMA,
    DIRECTIONS_SCHEMA,
    STEPS_SCHEMA,
    STEP_POINTS_SCHEMA,
    WATCHED_SCHEMA,
    HOPS_SCHEMA,
    LOSSES_SCHEMA,
    PASSES_SCHEMA,
    LATE_SCHEMA,
    DAMAGED_SCHEMA,
    WINDOWS_SCHEMA,
    PENDING_SCHEMA,
    RESETS_SCHEMA,
    OUTCOMES_SCHEMA,
)
