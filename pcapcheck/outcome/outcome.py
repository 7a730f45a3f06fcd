"""The outcome of a conversation, as far as the captures show it."""

from enum import StrEnum
from typing import Final


class Outcome(StrEnum):
    """How a conversation ended."""

    ANSWERED = "answered"
    UNANSWERED = "unanswered"  # a request was sent again, or waited for, and nothing came back
    REFUSED = "refused"  # a reset, an ABORT or an ICMP error answers the request
    RESET = "reset"  # somebody who is neither end resets an established connection
    STALLED = "stalled"  # data is sent again and again without an acknowledgement
    SLOW = "slow"  # packets were lost, and the conversation goes on
    ONE_WAY = "one-way"  # nothing in it asks for an answer
    UNKNOWN = "unknown"  # it was seen for too short a time


FAILED: Final = (Outcome.UNANSWERED, Outcome.REFUSED, Outcome.RESET, Outcome.STALLED)
