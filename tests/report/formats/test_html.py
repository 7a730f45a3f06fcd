import re
import subprocess
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from report import results

from pcapcheck.report.formats import html

OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--enable-logging=stderr",
    "--virtual-time-budget=5000",
)


SHARED = Path(html.__file__).parents[1]  # the folder of page.css and page.js
STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def page(report):
    return "".join(html.write(report))


def body(report):
    """Return the page without what is the same in all: the style, the script, and their hashes."""
    text = STYLE.sub("<style>page.css</style>", page(report))
    text = SCRIPT.sub("<script>page.js</script>", text)
    return re.sub(r"'sha256-[^']*'", "'sha256-of-it'", text)


@pytest.fixture
def browse(chromium, tmp_path):
    """Open a page in a browser; give the document after its scripts ran, and what the console said."""

    def run(result, address=""):
        file = tmp_path / "report.html"
        file.write_text(page(result), encoding="utf-8")
        command = [chromium, *OPTIONS, f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom"]
        done = subprocess.run(
            [*command, f"{file.as_uri()}{address}"], capture_output=True, text=True, timeout=120, check=True
        )
        return done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line]

    return run


@pytest.mark.parametrize("situation", results.SITUATIONS)
def test_html(golden, situation):
    golden(f"report/{situation}.html", body(results.SITUATIONS[situation]()))


@pytest.mark.parametrize(
    ("part", "file"), [(STYLE, "page.css"), (SCRIPT, "page.js")], ids=["style", "script"]
)
def test_style_and_script_are_the_files_and_allowed_by_their_hashes(part, file, request):
    text = page(results.conformant())
    (content,) = part.findall(text)
    assert content == (SHARED / file).read_text(encoding="utf-8")
    digest = b64encode(sha256(content.encode()).digest()).decode()
    assert f"{request.node.callspec.id}-src 'sha256-{digest}'" in text


@pytest.mark.parametrize("situation", results.SITUATIONS)
def test_browser_has_nothing_to_complain_about(browse, situation):
    document, console = browse(results.SITUATIONS[situation]())
    assert console == []
    assert f'<span class="verdict">{results.SITUATIONS[situation]().verdict.value}</span>' in document


def test_page_needs_no_network():
    text = page(results.violations())
    assert re.findall(r'(?:src|href)="(?!#)[^"]*"', text) == []
    assert "url(" not in text
    assert "default-src 'none'" in text


def test_markup_of_strangers_is_text(browse):
    document, _ = browse(results.hostile())
    assert document.count("<script") == 2
    assert "&lt;script&gt;alert(1)" in document
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e]", document)


def test_ten_thousand_flows_are_filtered_and_shown_in_parts(browse):
    flow = results.violations().flows[0]
    flows = [replace(flow, flow=f"tcp/10.244.0.5:{port}-10.244.1.7:80") for port in range(10_000, 20_000)]
    document, console = browse(replace(results.violations(), flows=tuple(flows)), "#q=:1234")
    assert console == []
    assert "10 shown" in document
    assert document.count('<button type="button" aria-expanded="false">') == 10


def test_only_a_part_of_many_flows_is_in_the_document(browse):
    flow = results.conformant().flows[0]
    flows = [replace(flow, flow=f"tcp/10.244.0.5:{port}-10.244.1.7:80") for port in range(10_000, 20_000)]
    document, _ = browse(replace(results.conformant(), flows=tuple(flows)))
    assert "10,000 shown" in document
    assert 100 <= document.count('aria-expanded="false"') <= 300


def test_result_without_findings_says_so():
    assert "No rule was broken." in page(results.conformant())


def test_fragment_has_no_scripts_and_escapes():
    assert "<script" not in html.fragment(results.hostile())
    assert "vni-mismatch" in html.fragment(results.violations())
