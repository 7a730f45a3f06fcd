"""Hosts as `ip -j` would describe them; only what matters to a test is written out."""

from pcapcheck.dumps.host import Host


def link(name, index, *, kind="", peer=0, mac="", addresses=(), master="", data=None, mtu=1500):
    far = {"link_netnsid": 0, "link_index": peer} if peer else {}
    info = {"linkinfo": {"info_kind": kind, "info_data": data or {}}} if kind else {}
    pairs = (each.split("/") for each in addresses)
    return {
        **{
            "ifname": name,
            "ifindex": index,
            "mtu": mtu,
            "link_type": "ether",
            "address": mac,
            "master": master,
        },
        **far,
        **info,
        "addr_info": [
            {"local": address, "prefixlen": int(length), "scope": "global"} for address, length in pairs
        ],
    }


def host(name, *rows):
    made = Host(name)
    made.add(rows)
    return made
