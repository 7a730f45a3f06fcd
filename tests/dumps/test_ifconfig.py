from hypothesis import given
from hypothesis import strategies as st

from pcapcheck.dumps.host import Host
from pcapcheck.dumps.iptext import rows_of_ifconfig

TEXT = """eth0: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 9001
        inet 10.0.11.11  netmask 255.255.240.0  broadcast 10.0.15.255
        inet6 fe80::8ff:feff:fe00:1  prefixlen 64  scopeid 0x20<link>
        ether 0a:ff:00:00:00:01  txqueuelen 1000  (Ethernet)
        RX packets 10  bytes 1000 (1000.0 B)

eni5d1c04a7b39: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 9001
        ether 5a:e7:13:c8:2d:60  txqueuelen 0  (Ethernet)

lo: flags=73<UP,LOOPBACK,RUNNING>  mtu 65536
        inet 127.0.0.1  netmask 255.0.0.0
        loop  txqueuelen 1000  (Local Loopback)
"""


def test_interfaces_are_those_of_ip_addr():
    host = Host("n")
    host.add(rows_of_ifconfig(TEXT))
    assert host.links["eth0"].addresses == ["10.0.11.11/20"]
    assert (host.links["eth0"].mac, host.links["eth0"].mtu) == ("0a:ff:00:00:00:01", 9001)
    assert host.links["eni5d1c04a7b39"].addresses == []
    assert (host.links["lo"].medium, host.links["lo"].addresses) == ("loopback", [])


@given(st.text(alphabet="inetmask ether.:0925<>x\n", max_size=200))
def test_any_text_is_read(text):
    Host("n").add(rows_of_ifconfig("eth0: flags=1<UP>  mtu 1500\n" + text))
