"""What a web page may do to an Amity on the same machine, tried by a page in a real browser: nothing, unless it is allowed to."""
import http.server
import json
import shutil
import subprocess
import threading
import urllib.parse
import urllib.request

import pytest

from conftest import Amity

DEFAULT_ACCOUNT = "000000000000"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")

# Tries to make a key pair in every way that a page has, each under a name of its own, and reports what it could read.
PAGE = """<!doctype html><meta charset="utf-8"><body><script>
const amity = AMITY, call = (name, more) => `Action=CreateKeyPair&Version=2016-11-15&KeyType=ed25519&KeyName=${name}${more ?? ""}`;
const form = {"Content-Type": "application/x-www-form-urlencoded"};
const found = {};
async function tell(name, promise) {
  try {
    const response = await promise;
    found[name] = `${response.type} ${response.status} ` + (await response.text()).includes("keyMaterial");
  } catch (error) {
    found[name] = "no answer";
  }
}
function embed(kind, name, more) {
  return new Promise((done) => {
    const element = Object.assign(document.createElement(kind), {onload: done, onerror: done, ...more});
    document.body.append(element);
    setTimeout(done, 3000);
  });
}
function submit(method, name) {
  return new Promise((done) => {
    const frame = Object.assign(document.createElement("iframe"), {name: `frame-${name}`});
    document.body.append(frame);
    frame.onload = done;
    const form = Object.assign(document.createElement("form"), {method, action: amity + "/", target: frame.name});
    for (const [key, value] of new URLSearchParams(call(name)))
      form.append(Object.assign(document.createElement("input"), {name: key, value}));
    document.body.append(form);
    form.submit();
    setTimeout(done, 3000);
  });
}
(async () => {
  await tell("fetch", fetch(amity + "/", {method: "POST", body: call("fetch"), headers: form}));
  await tell("blind", fetch(amity + "/", {method: "POST", body: call("blind"), headers: form, mode: "no-cors"}));
  await tell("get", fetch(amity + "/?" + call("get"), {mode: "no-cors"}));
  await tell("preflight", fetch(amity + "/", {method: "POST", body: call("preflight"), headers: {...form, "X-Amz-Date": "x"}}));
  await tell("json", fetch(amity + "/_amity/clock", {method: "POST", body: '{"freeze":true}', headers: {"Content-Type": "text/plain"}}));
  await tell("reset", fetch(amity + "/_amity/reset", {method: "POST", mode: "no-cors"}));
  navigator.sendBeacon(amity + "/", new URLSearchParams(call("beacon")));
  await embed("img", "img", {src: amity + "/?" + call("img")});
  await embed("script", "script", {src: amity + "/?" + call("script")});
  await embed("iframe", "iframe", {src: amity + "/?" + call("iframe")});
  await embed("iframe", "sandbox", {sandbox: "allow-scripts", srcdoc:
    `<script>fetch("${amity}/", {method: "POST", body: "${call("sandbox")}", mode: "no-cors", headers: ${JSON.stringify(form)}})</`
    + "script>"});
  await submit("post", "form-post");
  await submit("get", "form-get");
  await new Promise((done) => setTimeout(done, 300));  // the frames' own requests
  await fetch("/report", {method: "POST", body: JSON.stringify(found)});
})();
</script>"""


class Page:
    """Serves the page on a port of its own, and waits for what it reports."""

    def __init__(self):
        self.amity_url = None
        self.reported = threading.Event()
        self.report = None
        page = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def answer(self, body=b""):
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self):
                self.answer(PAGE.replace("AMITY", json.dumps(page.amity_url), 1).encode())

            def do_POST(self):
                page.report = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                self.answer()
                page.reported.set()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def visit(self, tmp_path, amity_url, host="localhost", *flags):
        """What the page has to report when a browser opens it under this host."""
        self.amity_url = amity_url
        browser = subprocess.Popen([*command(tmp_path), *flags, f"http://{host}:{self.port}/"], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            assert self.reported.wait(90), "the page did not report"
        finally:
            browser.terminate()
            browser.wait(20)
            self.server.shutdown()
            self.server.server_close()
        return self.report


def command(tmp_path):
    return [CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
            "--disable-background-networking", f"--user-data-dir={tmp_path / 'profile'}"]


def keys_of(amity):
    return {key["KeyName"] for key in amity.client(account=DEFAULT_ACCOUNT).describe_key_pairs()["KeyPairs"]}


@pytest.fixture
def mine(amity):
    """A key pair of the account that calls without credentials are of."""
    amity.client(account=DEFAULT_ACCOUNT).create_key_pair(KeyName="mine")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_page_of_another_origin_changes_and_reads_nothing(amity, mine, tmp_path, host):
    report = Page().visit(tmp_path, amity.url, host)
    assert keys_of(amity) == {"mine"}, report
    assert set(report.values()) <= {"no answer", "opaque 0 false"}
    with urllib.request.urlopen(amity.url + "/_amity/clock", timeout=10) as answer:
        assert json.load(answer)["frozen"] is False


def test_a_page_of_an_allowed_origin_may_call_and_read(tmp_path):
    page = Page()
    amity = Amity("--allow-origin", f"http://localhost:{page.port}")
    report = page.visit(tmp_path, amity.url)
    assert (report["fetch"], report["preflight"]) == ("cors 200 true", "cors 200 true")
    amity.stop()


def test_each_way_of_the_page_works_where_all_origins_may_call(tmp_path):
    amity = Amity("--allow-origin", "*")
    report = Page().visit(tmp_path, amity.url)
    assert report["json"] == "cors 200 false"
    # All but those that were there before the page emptied the state.
    assert keys_of(amity) == {"beacon", "img", "script", "iframe", "sandbox", "form-post", "form-get"}
    amity.stop()


def test_a_name_that_leads_to_loopback_is_refused(amity, mine, tmp_path):
    rebound = "--host-resolver-rules=MAP evil.example 127.0.0.1"
    port = urllib.parse.urlsplit(amity.url).port
    report = Page().visit(tmp_path, f"http://evil.example:{port}", "evil.example", rebound)
    assert keys_of(amity) == {"mine"}, report
    assert set(report.values()) <= {"no answer", "opaque 0 false"}
    # A page under the same name and port would be of the same origin.
    shown = subprocess.run([*command(tmp_path), rebound, "--dump-dom",
                            f"http://evil.example:{port}/?Action=CreateKeyPair&Version=2016-11-15&KeyName=theirs"],
                           capture_output=True, text=True, timeout=90, check=False).stdout
    assert "DNS rebinding" in shown
    assert keys_of(amity) == {"mine"}
