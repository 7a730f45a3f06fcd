from hypothesis import given
from hypothesis import strategies as st

from pcapcheck.dumps.kubernetes import read_cluster
from pcapcheck.dumps.tables import objects_of

NODES = """NAME     STATUS   ROLES    AGE   VERSION   INTERNAL-IP     EXTERNAL-IP   OS-IMAGE
node-1   Ready    <none>   6h    v1.31.0   192.168.1.10    <none>        Debian GNU/Linux 12 (bookworm)
"""
PODS = """NAMESPACE   NAME     READY   STATUS      RESTARTS     AGE   IP            NODE     NOMINATED NODE
default     web-1    1/1     Running     2 (3h ago)   6h    10.244.0.5    node-1   <none>
default     job-1    0/1     Completed   0            6h    10.244.0.6    node-1   <none>
default     late     0/1     Pending     0            6h    <none>        <none>   <none>
"""
SERVICES = """NAME     TYPE       CLUSTER-IP   EXTERNAL-IP   PORT(S)                 AGE   SELECTOR
api      NodePort   10.96.0.20   <none>        80:30080/TCP,53/UDP     6h    app=x
"""


def test_tables_are_what_the_objects_say():
    cluster = read_cluster(objects_of(NODES + "\n" + PODS + "\n" + SERVICES))
    assert cluster.nodes["node-1"].addresses == ("192.168.1.10",)
    assert {name: (each.node, each.addresses) for name, each in cluster.pods.items()} == {
        "default/web-1": ("node-1", ("10.244.0.5",))
    }
    ports = cluster.services["default/api"].ports
    assert [(each.port, each.protocol, each.node_port) for each in ports] == [
        (80, "tcp", 30080),
        (53, "udp", None),
    ]


def test_table_ends_with_an_empty_line():
    assert [each["kind"] for each in objects_of(NODES + "\nother   text\n")] == ["Node"]


@given(st.text(alphabet="NAMESPCE IOD-<>none\n/()0.", max_size=200))
def test_any_text_is_read(text):
    read_cluster(objects_of("NAME   NODE   IP\n" + text))
