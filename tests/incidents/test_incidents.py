"""Incidents from the field: each gives its root cause first, and the same network unbroken gives none."""

import pytest
from incidents import inside, sizes, translations, tunnels
from inturn import in_turn

INCIDENTS = [*inside.INCIDENTS, *sizes.INCIDENTS, *translations.INCIDENTS, *tunnels.INCIDENTS]


def name(incident):
    return incident.name.replace(" ", "-")


def numbers():
    return {incident.name.partition(" ")[0] for incident in INCIDENTS}


@pytest.mark.parametrize("incident", INCIDENTS, ids=name)
def test_incident_gives_its_cause_and_no_other(incident, tmp_path):
    result = incident.checked(tmp_path / "captures")
    first = next(iter(result.diagnoses), None)
    assert first
    assert (result.verdict, first.id) == ("violations", incident.cause)
    assert incident.node in (None, first.node)
    assert {each.id for each in result.diagnoses} <= {incident.cause, *incident.beside}


@pytest.mark.parametrize("incident", in_turn([each for each in INCIDENTS if each.twin], 2), ids=name)
def test_the_same_network_unbroken_gives_no_cause(incident, tmp_path):
    result = incident.healthy(tmp_path / "captures")
    assert ([each.id for each in result.diagnoses], result.verdict) == ([], "conformant")


def test_every_incident_that_packets_tell_is_here():
    untold = {"16", "17", "29"}  # no capture tells them from chance, or from what is meant
    assert numbers() == {str(number) for number in range(1, 36)} - untold
