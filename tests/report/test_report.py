import pytest
from report import results


@pytest.mark.parametrize(("situation", "status"), [("conformant", 0), ("violations", 1), ("inconclusive", 3)])
def test_exit_status_follows_the_verdict(situation, status):
    assert results.SITUATIONS[situation]().exit_status == status
