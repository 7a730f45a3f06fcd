"""Where somebody ran tcpdump: what prompts, commands, headings and sentences say about it.

Takes a line of text, and gives the name of a node or pod and of an interface. Which of these names exist is
not known here.
"""

import re
from dataclasses import dataclass, replace
from typing import Final

MAX_SENTENCE: Final = 2000  # letters of a line that are looked at
TOOLS: Final = r"(?:tcpdump|tshark|dumpcap)"
_PROMPT: Final = re.compile(
    r"(?:\(?\[?[\w.-]+@(?P<host>[\w.-]+)\)?(?:-\[)?[ :][^#$%\u276f]{0,120}?\]?\s?[#$%\u276f]"
    r"|(?P<bare>[\w-]+(?:\.[\w-]+)*)(?::[\w~/.-]*)?\s?[#$%\u276f]|(?:[~/][\w/.-]*\s?)?[#$%\u276f])\s*(?P<command>\S.*)"
)
_COMMAND: Final = re.compile(
    rf"(?:sudo(?: -\w+)* |time |timeout \S+ |watch |nohup )*(?:\S*/)?"
    rf"(?:{TOOLS}|kubectl(?:-\w+)?|k|oc|crictl|docker|podman|nerdctl|ssh|nsenter|ip netns exec|chroot)\b.*"
)
_RUNS: Final = re.compile(rf"(?:^|[\s/'\"]){TOOLS}(?:\s|$)")
_DEVICE: Final = re.compile(r"\s(?:-[a-zA-Z]*i\s*|--interface[= ]\s*)[\"']?([\w.@:-]{1,32})")
_READS: Final = re.compile(r"\s-[a-zA-Z]*r\s+(\S+)")
_INSIDE: Final = (
    re.compile(r"\b(?:kubectl\S*|k|oc)\s(?:.*\s)?debug\s(?:.*\s)?node/(?P<owner>[\w.-]+)"),
    re.compile(r"\b(?:kubectl\S*|k|oc)\s(?P<before>.*?\s)?exec\s(?P<options>.*?)\s--\s"),
    re.compile(r"\b(?:docker|podman|nerdctl|crictl)\s+exec\s+(?:-\S+\s+)*(?P<owner>[\w.-]+)"),
    re.compile(r"\bssh\s+(?:-\S+(?:\s+\d+)?\s+)*(?:[\w.-]+@)?(?P<owner>[\w.-]+)\s"),
)
_VALUED: Final = frozenset({"-n", "--namespace", "-c", "--container", "--context", "--kubeconfig"})
_SHELLS: Final = re.compile(r"(?:bash|sh|ash|zsh|dash)(?:-[\d.]+)?|root|tcpdump|tshark")
INTERFACE: Final = re.compile(
    r"(?:eth|ens|eno|enp|enx|em|bond|team|veth|cali|lxc|cni|cbr|docker|br|virbr|flannel|cilium_|vxlan|genev|geneve"
    r"|tunl|gre|ipip|sit|wg|kube-|cni-|tap|tun|ovn|ovs|antrea|weave|dummy|vlan|wlan|nodelocaldns|gw|egress|nerdctl)"
    r"[\w.@-]*\d[\w.@-]*|any|lo|kube-bridge|antrea-\w+|cilium_\w+|flannel-\w+|wireguard\.cali|vxlan\.calico"
    r"|flannel\.\d+|cali\w+|veth\w+|lxc\w+|br-\w+|ovn-\w+|weave|docker\d"
)
_OWNED: Final = re.compile(
    r"\b(?:node|pod|host|worker|server|machine|container|vm|client|instance)s?[\s:=`*\"'_(]+"
    r"(?P<named>[A-Za-z0-9][\w./-]*)"
    r"|\b(?:on|of|in|inside|from|at|within)[\s`*\"'_(]+(?P<place>[A-Za-z0-9][\w./-]*)",
    re.IGNORECASE,
)
_WORD: Final = re.compile(r"[A-Za-z0-9][\w./-]*")
_WORDS: Final = """
    a an and any are as at be both but can capture captures case command dest destination did
    direction do dump for from have here host i in inside interface is it its left me my node nodes
    not of on one only other our output packet packets ping pod pods port right same second see
    server side source tcp tcpdump that the their then there these they this to traffic tshark two
    udp uplink was we what when where which while with you http https icmp ipv4 ipv6 vxlan ipip
    geneve wireguard gre vtep bridge tunnel device console terminal shell log file
"""
_NO_NAMES: Final = frozenset(_WORDS.split())
_LIKE_A_NAME: Final = re.compile(r"(?=.*[A-Za-z])(?=.*[\d-])[A-Za-z0-9][\w./-]*")
_NO_OWNER: Final = re.compile(
    r"[\d.]+|v\d[\d.]*|0x\w+|.*\.(?:pcapng|pcap|cap|txt|log|md|ya?ml)|\d+[a-z]{1,2}|ipv[46]|[A-Z]"
)


@dataclass(frozen=True, slots=True)
class ConsolePlace:
    """Where a console was, as far as one line says it; empty texts are not known.

    Attributes:
        owner: a node or a pod.
        device: an interface.
        by: what said it.
        command: the command that was run there.
    """

    owner: str = ""
    device: str = ""
    by: str = ""
    command: str = ""

    def or_else(self, other: "ConsolePlace") -> "ConsolePlace":
        """Return this place, with what it lacks from another one."""
        said = dict.fromkeys(
            each for each in (self.by, other.by if not self.owner and other.owner else "") if each
        )
        return ConsolePlace(
            self.owner or other.owner,
            self.device or other.device,
            " and ".join(said),
            self.command or other.command,
        )


def of_command(line: str) -> ConsolePlace | None:
    """Return the place of a line that runs tcpdump or tshark; None if it does not."""
    text = line.strip().strip("`")[:MAX_SENTENCE]
    if not _RUNS.search(text):
        return None
    prompt = _PROMPT.match(text)
    command = prompt["command"] if prompt else text
    if not _COMMAND.match(command):
        return None
    host = (prompt["host"] or prompt["bare"] or "") if prompt else ""
    host = "" if _SHELLS.fullmatch(host) else host
    return replace(_of_words(command), owner=_inside(command) or host, by="the command", command=command)


def _of_words(command: str) -> ConsolePlace:
    tool = max((found.start() for found in _RUNS.finditer(command)), default=0)
    device = _DEVICE.search(command, tool)
    return ConsolePlace(device=device[1] if device else "")


def file_read(command: str) -> str:
    """Return the name of the capture that a command reads, or an empty text."""
    found = _READS.search(command)
    return found[1].strip("'\"") if found else ""


def _inside(command: str) -> str:
    """Return the pod, container or host in which a command is run from elsewhere."""
    for pattern in _INSIDE:
        found = pattern.search(command)
        if found is None:
            continue
        told = found.groupdict()
        return told["owner"] if "owner" in told else _pod(f"{told['before'] or ''} {told['options']}")
    return ""


def _pod(options: str) -> str:
    """Return `namespace_pod` or `pod` of what stands behind `kubectl exec`."""
    words, namespace, pod = iter(options.split()), "", ""
    for word in words:
        if word in _VALUED:
            value = next(words, "")
            namespace = value if word in ("-n", "--namespace") else namespace
        elif word.startswith("--namespace="):
            namespace = word.partition("=")[2]
        elif not word.startswith("-"):
            pod = word.rpartition("/")[2]
    return f"{namespace}_{pod}" if namespace and pod else pod


def of_prose(line: str, by: str, device: str = "") -> ConsolePlace:
    """Return what a heading or a sentence says.

    Args:
        line: the text.
        by: what it is.
        device: the interface, where it is known already.
    """
    text = re.sub(r"<[^>]{0,200}>", " ", line[:MAX_SENTENCE])
    words = [each.rstrip("./-_") for each in _WORD.findall(text)]
    devices = list(dict.fromkeys(each for each in words if INTERFACE.fullmatch(each)))
    owners = _owners(text, words, {*devices, device})
    return ConsolePlace(
        owners[0] if len(owners) == 1 else "",
        devices[0] if len(devices) == 1 else "",
        by if len(owners) == 1 else "",
    )


def _owners(text: str, words: list[str], devices: set[str]) -> list[str]:
    """Return the names of nodes and pods that a text mentions: called so, or alike."""
    called = [(found["named"] or found["place"]).rstrip("./-_") for found in _OWNED.finditer(text)]
    sure = [each for each in called if _is_name(each, devices) and _LIKE_A_NAME.fullmatch(each)]
    alike = [each for each in words if _LIKE_A_NAME.fullmatch(each) and _is_name(each, devices)]
    return list(dict.fromkeys(sure)) or list(dict.fromkeys(alike))


def _is_name(word: str, devices: set[str]) -> bool:
    return word.lower() not in _NO_NAMES and word not in devices and not _NO_OWNER.fullmatch(word)
