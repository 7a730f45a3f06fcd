from pcapcheck.check.finding import Coverage, Frame, Hop, Severity


def test_frames_are_in_the_order_of_their_numbers_file_by_file():
    frames = [Frame("b.pcap", 1), Frame("a.pcap", 10), Frame("a.pcap", 9)]
    assert sorted(frames) == [Frame("a.pcap", 9), Frame("a.pcap", 10), Frame("b.pcap", 1)]


def test_two_passes_over_one_uplink_are_two_hops():
    first = Hop("node1", "eth0", "uplink", "plain")
    assert {first, Hop("node1", "eth0", "uplink", "plain", number=1)} == {first}
    assert first < Hop("node1", "eth0", "uplink", "vxlan", number=2)


def test_a_severity_is_written_as_rule_files_have_it():
    assert [str(each) for each in Severity] == ["error", "warning", "info"]


def test_a_required_rule_may_be_named_as_it_was_before():
    renamed = {"new/a": ("old/a",), "new/b": ("old/b",)}
    coverage = Coverage({"new/a": 3}, {"new/b": "no packet"}, {}, (), renamed)
    assert coverage.unmet(["old/a"]) == ()
    assert coverage.unmet(["old/*"]) == ("new/b: no packet",)
    assert coverage.unmet(["older/a"]) == ("older/a: no rule of the profiles has this id",)
