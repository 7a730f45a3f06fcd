from pcapcheck.diagnose.diagnosis import Diagnosis


def test_diagnosis_is_a_fault_unless_it_says_otherwise():
    assert not Diagnosis("policy-drop", 0.5, "", "", "", None, None, ()).information
