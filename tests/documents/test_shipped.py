"""The shipped rule files are found, and what stands before their rules is read without the rules."""

from pcapcheck.documents.document import Document
from pcapcheck.documents.shipped import head, profile_names, profile_path


def test_profiles_are_the_files_of_the_rules_folder():
    assert {"flannel-vxlan", "calico-ipip", "kubernetes"} <= set(profile_names())
    assert all(profile_path(name).is_file() for name in profile_names())


def test_the_head_of_a_file_is_a_document_without_its_rules():
    data = Document.parse(head("flannel-vxlan")).data
    assert data["profile"] == "flannel-vxlan"
    assert "rules" not in data
