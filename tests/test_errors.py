import pickle

from pcapcheck.errors import InputError, did_you_mean


def test_message_says_where_what_and_how_to_mend_it():
    assert (
        str(InputError("a.yaml:1:2", "no `nodes`", "add nodes")) == "a.yaml:1:2: no `nodes`\n  fix: add nodes"
    )


def test_caret_stands_under_the_column():
    lines = str(InputError("a.yaml:1:3", "what", "fix", excerpt="a: b", column=4)).splitlines()
    assert lines[2].index("^") == lines[1].index("b")


def test_near_word_is_offered():
    assert did_you_mean("udp.dsport", ["udp.dstport", "ip.ttl"], "otherwise") == "did you mean `udp.dstport`?"


def test_far_word_gets_the_other_advice():
    assert did_you_mean("zebra", ["udp.dstport"], "see the list") == "see the list"


def test_error_of_a_worker_process_arrives_whole():
    error = InputError("a.yaml:1:2", "no `nodes`", "add nodes", excerpt="a: b", column=4)
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
