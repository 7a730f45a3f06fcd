"""The fate of a packet that one captured hop saw and the next one did not: lost, a gap, or unknown.

The question is whether the network lost the packet, or only the capture missed it.

Subtracting counts is not the answer. Captures start and stop at different times, the kernel drops records
when tcpdump is too slow, and a classic pcap file says nothing about either. Calling every difference a loss
gave false alarms in 198 of 240 healthy runs whose captures had started at different times.

The rule is that loss needs proof (CORRELATION.md, 2). For each packet that hop i saw and hop j lacks:

`gap`: it passed j, whose capture missed it. Proof is that a hop behind j saw it (`later`), or that an answer
    to this very packet was seen and the packet was not sent again: an echo reply with its number, or an
    acknowledgement beyond its last byte (`answered`).
`lost`: an end noticed (`felt`), and j was looking.
    A TCP sender noticed if the same bytes were sent again, or if no acknowledgement came for 0.3 s during
    which a hop went on looking and the sender did not go on to new bytes. For an echo request it is 1 s
    without a reply. Datagrams need no answer: one was felt if its content came again, or if it is a request
    to which no packet at all came back. SCTP and DHCP are treated like them: both repeat what had no answer.
    Otherwise it counts as lost only if j was looking, no packet proves that j's capture has gaps, and the
    same hop lost another packet that was felt, or at least three and more than half of what it saw; later
    fragments, which no end misses for itself, are counted apart from the rest. Such a packet is `silent`:
    `reduce` takes it back if another partition proves a gap at j.
`unknown`: none of these. The report counts it as missing and draws no conclusion.

Whether a point was looking at the time follows from the times of its first and last packet (`looking`). If j
was not, the packet is compared with the first hop behind j that was: that hop is its `aim`, and the loss is
located on the longer way.

An example: a segment is seen at the veth and at node1's uplink, and not at node2's.

    the receiver acknowledges its last byte, and it is not sent again     gap at node2's uplink
    the same bytes pass the veth again after 300 ms                       lost between the two uplinks
    no acknowledgement, and all captures end 10 ms later                  unknown

What breaks it: a capture point at which a packet is never proven to have passed can have no gap, so one-way
traffic that it records badly looks lost. Where the way back was not captured, TCP has no answers, and only
retransmissions prove anything. A receiver that delays acknowledgements by more than 0.3 s looks silent,
unless its sender goes on. An application that repeats itself with other bytes (a DNS retry has a new ID) is
not recognised as sending again. The module does not know why a packet was lost: `diagnose` does.
"""

import polars as pl

from pcapcheck.follow.looking import looking
from pcapcheck.follow.loss import surplus

SECOND = 1_000_000_000
DATAGRAMS = ("udp", "sctp", "dhcp")  # kinds whose senders repeat the same content
PATIENCE = {"tcp": 300_000_000, "echo": SECOND, "udp": SECOND, "fragment": SECOND}  # ns to wait for an answer
RETRY = SECOND // 5  # ns: what comes again so much later was sent again
MIN_UNFELT = 3  # packets: fewer that no end noticed may be missed by any capture
MIN_UNFELT_SHARE = 0.5  # share of the packets of a hop: a capture that still sees packets rarely misses more


def fates(
    seen: pl.DataFrame, reverse: pl.DataFrame, hops: pl.DataFrame, windows: pl.DataFrame
) -> pl.DataFrame:
    """Return a row for each packet that the next captured hop lacks: row, fate, felt, silent, gappy, aim_….

    `silent`: it counts as lost only because the next hop's capture has no gap. `gappy`: it proves one there.
    `aim_point` and `aim_step`: the next hop was not looking, and the fate is that of the way to this one.

    Args:
        seen: direction, rank, ranks, key, start, length, time, row, kind, question, content, point,
            next_point; one row a packet.
        reverse: direction -> reverse, the direction of the answers.
        hops: direction, rank, hop_point, hop_step of all watched steps.
        windows: when each capture point saw anything (`looking.windows`).
    """
    missed = seen.filter(pl.col("row").is_in(pl.Series(surplus(seen, 1)).implode()))
    if missed.is_empty():
        return missed.select("row").with_columns(
            fate=pl.lit(""),
            felt=pl.lit(value=False),
            silent=pl.lit(value=False),
            gappy=pl.lit(value=False),
            aim_point=pl.lit(None, pl.Int64),
            aim_step=pl.lit(None, pl.Int64),
        )
    missed = _later(missed, seen)
    missed = _answers(missed, seen, reverse)
    missed = _sent_again(missed, seen)
    patience = pl.col("kind").replace_strict(PATIENCE, default=SECOND, return_dtype=pl.Int64)
    missed = looking(missed.with_columns(patience.alias("patience")), hops, windows)
    return _judge(_reached(missed, seen), seen).select(
        "row", "fate", "felt", "silent", "gappy", "aim_point", "aim_step"
    )


def _later(missed: pl.DataFrame, seen: pl.DataFrame) -> pl.DataFrame:
    """Add `later`: a later hop saw the packet, so the next hop's capture has a gap."""
    keys = missed.select("direction", "key").unique()
    around = seen.join(keys, on=("direction", "key"), how="semi")
    absent = set(missed["row"].to_list())
    for ahead in range(2, int(around["ranks"].max() or 0)):  # type: ignore[arg-type]  # an integer column
        reach = around.filter(pl.col("rank") + ahead < pl.col("ranks"))["row"]
        absent -= set(reach.to_list()) - set(surplus(around, ahead).tolist())
    return missed.with_columns((~pl.col("row").is_in(list(absent))).alias("later"))


def _answers(missed: pl.DataFrame, seen: pl.DataFrame, reverse: pl.DataFrame) -> pl.DataFrame:
    """Add `answered`, an answer to this very packet was seen, and `one_way`, no packet came back at all.

    An echo reply answers a request, and an ACK beyond its last byte answers a segment.
    """
    back = missed.join(reverse, on="direction", how="left")
    echoes = seen.filter(pl.col("kind") == "echo").select(
        pl.col("direction").alias("reverse"), "question", pl.lit(value=True).alias("replied")
    )
    back = back.join(echoes.unique(), on=("reverse", "question"), how="left")
    acks = seen.filter((pl.col("kind") == "tcp") & pl.col("acked").is_not_null())
    base = seen.filter(pl.col("length") > 0).group_by("direction").agg(pl.col("start").first().alias("base"))
    furthest = (
        acks.join(reverse, on="direction")
        .join(base.rename({"direction": "reverse"}), on="reverse")
        .with_columns(_signed(pl.col("acked") - pl.col("base")).alias("reach"))
        .group_by("reverse")
        .agg(pl.col("reach").max())
        .rename({"reverse": "direction"})
    )
    back = back.join(base, on="direction", how="left").join(furthest, on="direction", how="left")
    beyond = pl.col("reach") >= _signed(pl.col("start") - pl.col("base")) + pl.col("length")
    data = (pl.col("kind") == "tcp") & (pl.col("length") > 0)
    answered = pl.when(data).then(beyond).when(pl.col("kind") == "echo").then(pl.col("replied"))
    silent = ~pl.col("reverse").is_in(seen["direction"].unique().implode())
    return back.with_columns(
        answered.fill_null(value=False).alias("answered"),
        (pl.col("reverse").is_null() | silent).alias("one_way"),
    )


def _signed(difference: pl.Expr) -> pl.Expr:
    """Return the difference of two 32-bit sequence numbers, -2^31 … 2^31 - 1."""
    return (difference + 2**31) % 2**32 - 2**31


def _sent_again(missed: pl.DataFrame, seen: pl.DataFrame) -> pl.DataFrame:
    """Add `again`, the same bytes were sent again, and `went_on`, the sender went on to new bytes."""
    columns = ["direction", "rank"]
    near = seen.join(missed.select(columns).unique(), on=columns, how="semi")
    data = near.filter((pl.col("kind") == "tcp") & (pl.col("length") > 0))
    same = data.group_by(*columns, "start").agg(pl.len().alias("copies"))
    far = (
        data.with_columns((pl.col("start") + pl.col("length")).alias("end"))
        .group_by(columns)
        .agg(pl.col("end").max().alias("furthest"), pl.col("time").max().alias("last_sent"))
    )
    content = (
        near.filter(pl.col("content") != 0)
        .group_by(*columns, "content")
        .agg(pl.len().alias("repeats"), pl.col("time").max().alias("last_repeat"))
    )
    joined = (
        missed.join(same, on=[*columns, "start"], how="left")
        .join(far, on=columns, how="left")
        .join(content, on=[*columns, "content"], how="left")
    )
    joined = _sent_again_elsewhere(joined, seen)
    resent = (pl.col("repeats") > 1) & (pl.col("last_repeat") > pl.col("time") + RETRY)
    resent = resent | (pl.col("last_content") > pl.col("time") + RETRY)
    copied = (pl.col("copies") > 1) | ((pl.col("ids") > 1) & (pl.col("last_copy") > pl.col("time") + RETRY))
    tcp, datagram = pl.col("kind") == "tcp", pl.col("kind").is_in(DATAGRAMS)
    new = (pl.col("furthest") > pl.col("start") + pl.col("length")) & (
        pl.col("last_sent") > pl.col("time") + PATIENCE["tcp"]
    )
    return joined.with_columns(
        ((tcp & copied) | (datagram & resent)).fill_null(value=False).alias("again"),
        new.fill_null(value=False).alias("went_on"),
    )


def _sent_again_elsewhere(missed: pl.DataFrame, seen: pl.DataFrame) -> pl.DataFrame:
    """Add when any hop saw the same bytes last; the hop itself may have stopped capturing before."""
    near = seen.join(missed.select("direction").unique(), on="direction", how="semi")
    data = near.filter((pl.col("kind") == "tcp") & (pl.col("length") > 0))
    copies = data.group_by("direction", "start").agg(
        pl.col("time").max().alias("last_copy"), pl.col("ipid").n_unique().alias("ids")
    )
    content = near.filter(pl.col("kind").is_in(DATAGRAMS) & (pl.col("content") != 0))
    repeats = content.group_by("direction", "content").agg(pl.col("time").max().alias("last_content"))
    return missed.join(copies, on=["direction", "start"], how="left").join(
        repeats, on=["direction", "content"], how="left"
    )


def _reached(missed: pl.DataFrame, seen: pl.DataFrame) -> pl.DataFrame:
    """Add `reached`: the next hop saw other packets of the same direction."""
    arrived = seen.select("direction", pl.col("rank") - 1, pl.lit(value=True).alias("reached")).unique()
    joined = missed.join(arrived, on=["direction", "rank"], how="left")
    return joined.with_columns(pl.col("reached").fill_null(value=False))


def _judge(missed: pl.DataFrame, seen: pl.DataFrame) -> pl.DataFrame:
    """Return the fate of each packet from its marks, by the rule of this module."""
    tcp, datagram = pl.col("kind") == "tcp", pl.col("kind").is_in(DATAGRAMS)
    proven = pl.col("later") | (pl.col("answered") & ~pl.col("again"))
    silence = ~pl.col("answered") & pl.col("waited")
    question = (pl.col("kind") == "echo") & pl.col("is_request")
    # A capture that stopped looks like a flow that broke. So a loss is located at the next hop only if it was
    # looking, or if it never saw any packet of a one-way direction; else at the first hop behind that looked.
    never = ~pl.col("reached") & ~(pl.col("shut") & pl.col("aim_point").is_not_null())
    looked = pl.col("alive") | (pl.col("one_way") & never)
    beyond = ~looked & pl.col("aim_point").is_not_null()
    # Datagrams need no answer, and some are repeated.
    missing = datagram & (pl.col("again") | (pl.col("one_way") & silence & pl.col("asks")))
    felt = (
        (tcp & (pl.col("length") > 0) & (pl.col("again") | (silence & ~pl.col("went_on"))))
        | (question & silence)
        | (missing & (pl.col("alive") | never | beyond))
    )
    marked = missed.with_columns(proven.alias("proven"), (felt & ~proven).alias("felt"))
    place = ["direction", "rank", "piece"]
    marked, seen = (
        frame.with_columns((pl.col("kind") == "fragment").alias("piece")) for frame in (marked, seen)
    )
    total = seen.group_by(place).agg(pl.len().alias("packets"))
    gaps = marked.group_by("next_point").agg(pl.col("proven").any().alias("gappy"))
    marked = marked.join(gaps, on="next_point", how="left").join(total, on=place, how="left")
    open_ = (~pl.col("proven")).sum().over(place)
    many = (open_ >= MIN_UNFELT) & (open_ / pl.col("packets") > MIN_UNFELT_SHARE)
    quiet = pl.col("alive") & ~pl.col("gappy") & (many | pl.col("felt").any().over(place))
    sure = pl.col("felt") & (looked | beyond)
    fate = pl.when("proven").then(pl.lit("gap")).when(sure).then(pl.lit("lost"))
    aimed = beyond & (pl.col("proven") | pl.col("felt"))
    return marked.with_columns(
        fate.when(quiet).then(pl.lit("lost")).otherwise(pl.lit("unknown")).alias("fate"),
        (quiet & ~pl.col("proven") & ~sure).fill_null(value=False).alias("silent"),
        pl.col("proven").alias("gappy"),
        *(pl.when(aimed).then(name).alias(name) for name in ("aim_point", "aim_step")),
    )
