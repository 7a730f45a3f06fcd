"""Archives of strangers: what is of use lands below the folder, nothing else and nowhere else."""

import gc
import io
import lzma
import tarfile
import zipfile

import pytest
from captures_build import pcap, record
from folders.files import tar_gz, zipped

from pcapcheck.capture.archive import Unpacked, is_archive
from pcapcheck.errors import InputError

CAPTURE = pcap(record(b"x" * 60))


def written(tmp_path, content, name="a.bin"):
    path = tmp_path / name
    path.write_bytes(content)
    return path


def unpacked(path):
    made = Unpacked()
    folder, complaint = made.unpack(path)
    return {str(each.relative_to(folder)) for each in folder.rglob("*") if each.is_file()}, complaint


def plain_tar(files):
    import gzip

    return gzip.decompress(tar_gz(files))


@pytest.mark.parametrize("pack", [tar_gz, zipped, plain_tar, lambda files: lzma.compress(plain_tar(files))])
def test_archives_are_told_by_content_and_unpacked(tmp_path, pack):
    path = written(tmp_path, pack({"a/b.pcap": CAPTURE, "ip-addr.txt": "1: lo\n"}))
    assert is_archive(path)
    assert unpacked(path) == ({"a/b.pcap", "ip-addr.txt"}, "")


@pytest.mark.parametrize("content", [b"", CAPTURE, b"PK", b"\x1f\x8b" + b"\0" * 40, b"text\n" * 200])
def test_other_files_are_no_archives(tmp_path, content):
    assert not is_archive(written(tmp_path, content))


def test_names_cannot_leave_the_folder(tmp_path):
    files = {"../../up.txt": "a", "/etc/passwd.txt": "b", "x/../../y.txt": "c"}
    assert unpacked(written(tmp_path, tar_gz(files)))[0] == {"up.txt", "etc/passwd.txt", "x/y.txt"}
    assert unpacked(written(tmp_path, zipped(files)))[0] == {"up.txt", "etc/passwd.txt", "x/y.txt"}
    assert not (tmp_path.parent / "up.txt").exists()


def test_links_and_devices_are_left_out(tmp_path):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE):
            member = tarfile.TarInfo(f"odd{kind!r}")
            member.type, member.linkname = kind, "/etc/passwd"
            archive.addfile(member)
    assert unpacked(written(tmp_path, stream.getvalue())) == (set(), "")


def test_what_is_neither_text_nor_capture_is_left_out(tmp_path):
    assert unpacked(written(tmp_path, tar_gz({"core": b"\0\1\2" * 500, "a.pcap": CAPTURE})))[0] == {"a.pcap"}


def test_name_that_is_a_folder_already_is_left_out(tmp_path):
    assert unpacked(written(tmp_path, tar_gz({"a/b.txt": "x", "a": "y"})))[0] == {"a/b.txt"}


@pytest.mark.parametrize("pack", [tar_gz, plain_tar])
def test_damaged_archive_gives_what_comes_before(tmp_path, pack):
    whole = pack({"a.pcap": CAPTURE, "b.txt": "".join(str(n) for n in range(200_000))})
    found, complaint = unpacked(written(tmp_path, whole[: len(whole) // 2]))
    assert "a.pcap" in found
    assert "the archive is damaged" in complaint


def test_encrypted_member_is_left_out(tmp_path):
    content = bytearray(zipped({"a.txt": "secret"}))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + place] |= 1
    assert zipfile.is_zipfile(io.BytesIO(content))
    assert unpacked(written(tmp_path, bytes(content)))[0] == set()


def test_folder_goes_with_its_last_user(tmp_path):
    made = Unpacked()
    folder, _ = made.unpack(written(tmp_path, tar_gz({"a.txt": "x"})))
    assert folder.exists()
    del made
    gc.collect()
    assert not folder.exists()


def test_it_is_unpacked_where_one_asks(tmp_path):
    inside = Unpacked(str(tmp_path))
    assert inside.path.parent == tmp_path
    with pytest.raises(InputError, match=r"--scratch .*/none: no folder can be made there"):
        Unpacked(str(tmp_path / "none"))
