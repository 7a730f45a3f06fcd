"""Files by URL: read by ranges from a web server and object storage, errors in one sentence."""

import gzip
import os
import shutil
import subprocess
import sys
import urllib.parse
import urllib.request
from pathlib import Path

import fsspec
import pytest
from webserver import web_server

from pcapcheck.capture import remote
from pcapcheck.capture.inputs import find_inputs
from pcapcheck.errors import InputError

SAMPLES = Path(__file__).parents[2] / "samples"
SAMPLE = SAMPLES / "flannel-vxlan-vni-mismatch"
pytestmark = pytest.mark.filterwarnings("default")  # those of other packages' threads


def pcapcheck(*words, environment=None):
    words = [sys.executable, "-m", "pcapcheck", *map(str, words)]
    done = subprocess.run(
        words, capture_output=True, text=True, check=False, env=os.environ | (environment or {})
    )
    return done.stdout, done.stderr, done.returncode


@pytest.fixture(scope="module")
def web(tmp_path_factory):
    folder = tmp_path_factory.mktemp("web")
    shutil.copytree(SAMPLE, folder / "sample")
    packed = gzip.compress((SAMPLE / "node1_eth0.pcap").read_bytes())
    (folder / "packed.pcap.gz").write_bytes(packed)
    with web_server(folder) as server:
        yield server


@pytest.fixture(scope="module")
def s3():
    """Start a server that speaks S3, put a sample into it, and return what finds it."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    _, port = server.get_host_and_port()
    environment = {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    put = (
        "import fsspec, sys; system = fsspec.filesystem('s3'); system.mkdir('captures'); "
        "system.put(sys.argv[1] + '/*', 'captures/sample/')"
    )
    subprocess.run([sys.executable, "-c", put, str(SAMPLE)], check=True, env=os.environ | environment)
    yield environment
    server.stop()


@pytest.fixture(scope="module")
def gs():
    """Start a server that speaks as Google Cloud Storage does, put a sample into it; see `s3`."""
    from gcp_storage_emulator.server import create_server

    with create_server("127.0.0.1", 0, in_memory=True, default_bucket="captures") as server:
        host = "http://{}:{}".format(*server._api._httpd.server_address)
        for file in SAMPLE.glob("*.*"):
            name = urllib.parse.quote(f"sample/{file.name}", safe="")
            address = f"{host}/upload/storage/v1/b/captures/o?uploadType=media&name={name}"
            urllib.request.urlopen(urllib.request.Request(address, file.read_bytes(), method="POST")).close()
        yield {"STORAGE_EMULATOR_HOST": host, "GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT": "false"}


@pytest.fixture(params=["s3", "gs"])
def cloud(request):
    """Return the protocol, and the environment, of an object storage that has a sample."""
    return request.param, request.getfixturevalue(request.param)


def test_a_prefix_in_object_storage_is_a_folder(cloud):
    protocol, environment = cloud
    here, _, _ = pcapcheck("check", SAMPLE, "--format", "json")
    url = f"{protocol}://captures/sample"
    there, said, status = pcapcheck("check", url, "--format", "json", environment=environment)
    assert (said, status) == ("", 1)
    assert there.replace(url, str(SAMPLE)) == here


def test_a_glob_in_object_storage_is_a_glob(cloud):
    protocol, environment = cloud
    words = ("flows", f"{protocol}://captures/*/node1*.pcap", "--jobs", "2")
    shown, _, status = pcapcheck(*words, environment=environment)
    assert (status, "vxlan" in shown) == (0, True)


def test_an_object_that_is_not_there_is_an_error(cloud):
    protocol, environment = cloud
    url = f"{protocol}://captures/no.pcap"
    _, said, status = pcapcheck("flows", url, environment=environment)
    assert (status, said.splitlines()[0]) == (2, f"error: {url}: there is no such file")


def test_a_folder_of_a_web_server_is_a_folder(web):
    here, _, _ = pcapcheck("check", SAMPLE, "--format", "json")
    there, _, _ = pcapcheck("check", f"{web.address}/sample/", "--format", "json")
    assert there.replace(f"{web.address}/sample", str(SAMPLE)) == here


def test_fields_of_a_file_by_url(web):
    there, _, status = pcapcheck("fields", f"{web.address}/sample/node1_eth0.pcap", "-e", "ip.src")
    here, _, _ = pcapcheck("fields", SAMPLE / "node1_eth0.pcap", "-e", "ip.src")
    assert (status, there) == (0, here)


def test_a_compressed_file_is_one_stream_and_said_to_be(web):
    shown, said, status = pcapcheck("flows", f"{web.address}/packed.pcap.gz")
    assert (status, "vxlan" in shown) == (0, True)
    assert "it is gzip: it was read as one stream, by one task" in said


def test_a_server_without_ranges_gives_one_stream(tmp_path):
    shutil.copy(SAMPLE / "node1_eth0.pcap", tmp_path)
    with web_server(tmp_path, ranges=False) as server:
        _, said, status = pcapcheck("flows", f"{server.address}/node1_eth0.pcap")
    assert (status, "its server gives no ranges" in said) == (0, True)


def test_only_what_is_asked_for_is_fetched(web):
    file = remote.Remote(f"{web.address}/sample/node1_eth0.pcap")
    before = web.given
    assert len(file.read(100, 300)) == 200
    assert web.given - before == 200


def test_a_file_that_vanishes_in_between_is_told_of(tmp_path):
    shutil.copy(SAMPLE / "node1_eth0.pcap", tmp_path)
    with web_server(tmp_path) as server:
        file = remote.Remote(f"{server.address}/node1_eth0.pcap")
        (tmp_path / "node1_eth0.pcap").unlink()
        with pytest.raises(InputError, match="there is no such file"):
            file.read(0, 100)


def test_a_file_that_was_cut_in_between_is_told_of(tmp_path):
    path = tmp_path / "a.pcap"
    path.write_bytes(bytes(1000))
    with web_server(tmp_path) as server:
        file = remote.Remote(f"{server.address}/a.pcap")
        path.write_bytes(bytes(10))
        with pytest.raises(InputError, match="its server gives no ranges, or it has changed"):
            file.read(0, 100)


def test_a_server_that_does_not_answer_is_no_missing_file():
    with pytest.raises(InputError, match="it can't be read: Cannot connect"):
        remote.Remote("http://127.0.0.1:9/a.pcap")


def test_an_address_that_nobody_knows_is_an_error():
    with pytest.raises(InputError, match="addresses of this kind are not supported"):
        remote.Remote("nowhere://a/b.pcap")


def test_what_is_not_installed_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "gcsfs", None)
    with pytest.raises(InputError, match=r"pip install 'pcapcheck\[gs\]'"):
        remote.Remote("gs://bucket/a.pcap")


@pytest.mark.parametrize("path", ["memory://run", "memory://run/", "memory://run/*"])
def test_captures_in_memory_are_found_by_content(path):
    system = fsspec.filesystem("memory")
    for file in SAMPLE.iterdir():
        system.pipe(f"/run/{file.name}", file.read_bytes()) if file.is_file() else None
    found = find_inputs((path,))
    assert [each.path for each in found.captures] == [
        f"memory:///run/{file.name}" for file in sorted(SAMPLE.glob("*.pcap"))
    ]
    assert all(each.size for each in found.captures)
    assert found.topology.path == "memory:///run/topology.yaml"


@pytest.mark.parametrize("path", ["C:/x.pcap", "a.pcap", "-", "./a://b"])
def test_a_path_is_no_url(path):
    assert not remote.is_url(path)
