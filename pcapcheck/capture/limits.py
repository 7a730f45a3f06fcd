"""Limits: which captured lengths are believed. With a larger one, the file is broken.

Source: libpcap, max_snaplen_for_dlt.
"""

CAPTURED = 262144  # MAXIMUM_SNAPLEN: no link layer has larger packets ...
CAPTURED_USB = 128 << 20  # ... but these:
USB = frozenset(
    {189, 220, 231, 249, 266, 279}
)  # USB_LINUX, USB_LINUX_MMAPPED, DBUS, USBPCAP, USB_DARWIN, EBHSCR
SNAPLEN = (
    16 << 20
)  # a larger snapshot length means "all of it", not that packets of that size are to be believed


def most_captured(linktype: int, snaplen: int) -> int:
    """Return the largest captured length that a packet can have."""
    if linktype in USB:
        return CAPTURED_USB
    return max(CAPTURED, snaplen if snaplen <= SNAPLEN else 0)
