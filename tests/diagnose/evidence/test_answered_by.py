"""Answers from another address than the one that was asked."""

from packets import eth, ip, udp
from scene import AT_WEB, CNI0_MAC, DB_IP, WEB_IP, WEB_MAC, causes, everywhere, facts, scene

from profiles import API, DB, WEB, flannel, with_service
from sample import fetch
from services import Nat
from wire import End

ASKED = eth(ip(udp(b"name?", sport=41000, dport=53), WEB_IP, "10.96.0.10", id=7), src=WEB_MAC, dst=CNI0_MAC)


def answer(source):
    return eth(ip(udp(b"name!", sport=53, dport=41000), source, WEB_IP, id=8), src=CNI0_MAC, dst=WEB_MAC)


def service(told):
    ports = [{"port": 53, "protocol": "udp"}]
    told["services"] = {
        "default/dns": {"address": "10.96.0.10", "ports": ports, "endpoints": [f"{DB_IP}:53"]}
    }


def test_the_pod_answers_instead_of_the_service(tmp_path):
    put = everywhere(AT_WEB[:2], (3.0, ASKED), (3.01, answer(DB_IP)))
    case = scene(tmp_path, put=put, topology=service)
    (fact,) = facts(case, "answered_by")
    assert (fact.about["expected"], fact.about["actual"]) == ("10.96.0.10", DB_IP)
    assert "reply-bypasses-nat" in causes(case)


def test_the_service_answers(tmp_path):
    case = scene(tmp_path, [fetch(WEB, DB, 0.5, nat=Nat(End(API, 80)))], lambda: with_service(flannel()))
    assert facts(case, "answered_by") == []
