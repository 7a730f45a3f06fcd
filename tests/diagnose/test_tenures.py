"""Addresses that one MAC has after another."""

from packets import arp, eth
from scene import AT_DB, CNI1_MAC, DB_IP, DB_MAC, case_of, everywhere, scene

from pcapcheck.capture.inputs import find_inputs
from pcapcheck.diagnose.tenures import handovers, moved
from pcapcheck.run.check import Settings, run
from pcapcheck.topology.load import load_topology

NEXT = "02:00:00:00:00:99"


def claim(mac):
    return eth(arp(2, DB_IP, "10.100.1.1", mac, CNI1_MAC), src=mac, dst=CNI1_MAC)


def test_an_address_that_went_to_the_next_pod(tmp_path):
    case = scene(tmp_path, put=everywhere(AT_DB[:1], (30.0, claim(NEXT))))
    (found,) = handovers(case)
    assert (found.address, found.mac) == (DB_IP, NEXT)
    assert {DB_MAC, NEXT} == set(found.rows["mac"].to_list())
    assert moved(case) == {DB_IP}


def test_what_comes_back_is_no_handover(tmp_path):
    frames = [(30.0, claim(NEXT)), (31.0, claim(DB_MAC))]
    assert list(handovers(scene(tmp_path, put=everywhere(AT_DB[:1], *frames)))) == []


def test_the_topology_describes_one_moment(tmp_path):
    """No rule accuses the pod that had the address before, or has it since."""
    frames = [(30.0 + number, claim(NEXT)) for number in range(3)]
    scene(tmp_path, put=everywhere(AT_DB[:1], *frames))
    inputs = find_inputs((str(tmp_path),))
    report = run(inputs, load_topology(inputs.topology.path), Settings())
    assert (report.findings, report.diagnoses) == ((), ())
    assert case_of(tmp_path).network.topology.pods["default/db-0"].mac is None
