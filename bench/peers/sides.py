"""What is measured: Hubkeys, and what a user would pick instead. Each side makes its keys, serves, and says how it is asked."""

import base64
import contextlib
import hashlib
import http.client
import json
import os
import random
import re
import secrets
import shutil
import socket
import string
import subprocess
import time
from urllib.parse import urlencode

HERE = os.path.dirname(os.path.abspath(__file__))
HOST = "127.0.0.1"
# As many as are under load at most. Each has requests of its own.
CONNECTIONS = 16
# So many requests are sent in turn, about keys that are spread over all that there are: of few keys several each, so that the load
# generator holds as many for each side. More would only fill its memory.
REQUESTS = 100_000
HOT = 100
# Where all requests are of one kind, any answer can be held against any of them. Two threads take less of the processors that both sides
# share with the load generator than sixteen do, which are woken for each answer.
HOT_THREADS = 2
LETTERS = string.ascii_letters + string.digits


class Failed(Exception):
    """The run can't go on: half a table would be read as a whole one."""


def free_port():
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def same_form(credential, fixed=0):
    """Nobody's credential that looks like this one, from `fixed` on."""
    return credential[:fixed] + "".join(secrets.choice(LETTERS) if c.isalnum() else c for c in credential[fixed:])


class Side:
    """A server on a port of its own, with `keys` keys. A third of them is revoked."""

    name: str
    # By kind of request: the status of its answer, and a text in it.
    expected: dict
    # `%s` stands for the credential.
    template: str

    mix = ("valid", "valid", "revoked", "unknown")
    # Of the load generator, at most. One for each connection, so that an answer is known to belong to the request before it.
    threads = CONNECTIONS
    # How long a key is watched after its revocation, in seconds: longer than anything may remember it.
    watched = 0.3

    def __init__(self, folder, keys):
        self.folder = os.path.join(folder, f"{self.name}-{keys}".replace(" ", "-").replace(",", ""))
        self.keys = keys
        # Another side that has the same keys already.
        self.twin = None
        self.port = free_port()
        self.process = None
        os.makedirs(self.folder)
        # A file for each thread of the load generator, and one for each connection at most: this, a dot, and its number.
        self.requests = os.path.join(self.folder, "requests")

    @property
    def title(self):
        return f"{self.name}, {self.keys:,} keys"

    def path(self, name):
        return os.path.join(self.folder, name)

    # What a side has to say.

    # The file or folder of its keys.
    stored: str

    def seed(self):
        """Makes the keys: pairs of a kind, valid or revoked, and a credential."""
        raise NotImplementedError

    def settle(self):
        """What is left to do once the keys are there."""

    def command(self):
        """What serves, and what its environment has besides."""
        raise NotImplementedError

    def create(self):
        """A new valid key, by the side's own API: its id and its credential."""
        raise NotImplementedError

    def revoke(self, key):
        """Ends it, by the side's own API."""
        raise NotImplementedError

    def unknown(self, credential):
        """A credential of the same form that nobody has."""
        return same_form(credential)

    def request(self, credential):
        return self.template.replace("%s", credential)

    # What all have in common.

    def prepare(self):
        """Makes the keys, and the requests about them."""
        if self.twin:
            copy = shutil.copytree if os.path.isdir(self.twin.stored) else shutil.copy
            copy(self.twin.stored, self.stored)
            self.made = self.twin.made
        else:
            self.made = {"valid": [], "revoked": []}
            for kind, credential in self.seed():
                self.made[kind].append(credential)
            for credentials in self.made.values():
                random.Random(1).shuffle(credentials)
        self.settle()
        self.write_requests(random.Random(2))

    def write_requests(self, draw):
        head = self.template.replace("\r\n", "\\r\\n") + "\n"
        head += "".join(f"{kind} {status} {text}\n" for kind, (status, text) in self.expected.items())
        with contextlib.ExitStack() as opened:
            parts = [opened.enter_context(open(f"{self.requests}.{number}", "w")) for number in range(CONNECTIONS)]
            for part in parts:
                part.write(head + "\n")
            for place, number in enumerate(draw.sample(range(REQUESTS), REQUESTS)):
                # Half valid, a quarter revoked, a quarter unknown; in no order that a thread could fall into step with.
                kind = draw.choice(self.mix)
                if kind == "unknown":
                    credential = self.unknown(self.made["valid"][0])
                else:
                    credential = self.made[kind][number % len(self.made[kind])]
                parts[place % CONNECTIONS].write(f"{kind} {credential}\n")

    @contextlib.contextmanager
    def running(self):
        try:
            self.start()
            yield
        finally:
            self.stop()

    def start(self):
        command, more = self.command()
        with open(self.path("log"), "ab") as log:
            self.process = subprocess.Popen(
                command, env=os.environ | more, cwd=self.folder, stdout=log, stderr=log, start_new_session=True
            )
        until = time.monotonic() + 60
        while time.monotonic() < until:
            if self.process.poll() is not None:
                break
            try:
                socket.create_connection((HOST, self.port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        with open(self.path("log"), errors="replace") as log:
            raise Failed(f"{self.title} does not serve:\n{log.read()[-2000:]}")

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(15)
            # Its own session: what it started, and itself if it is still there.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, 9)
            self.process.wait()

    def call(self, method, path, headers=None, body=None):
        connection = http.client.HTTPConnection(HOST, self.port, timeout=30)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            text = response.read().decode()
        finally:
            connection.close()
        if response.status // 100 != 2:
            raise Failed(f"{self.title}: {method} {path}: {response.status} {text[:300]}")
        return json.loads(text) if text.startswith("{") else text

    def memory(self):
        """Bytes that its processes hold, what they share counted once."""
        processes, sum_ = [self.process.pid], 0
        for pid in processes:
            try:
                with open(f"/proc/{pid}/task/{pid}/children") as children:
                    processes.extend(map(int, children.read().split()))
                with open(f"/proc/{pid}/smaps_rollup") as rollup:
                    sum_ += int(re.search(r"^Pss: +(\d+) kB", rollup.read(), re.M)[1]) * 1024
            except FileNotFoundError:
                pass
        return sum_


class Hubkeys(Side):
    name = "Hubkeys, strict"
    expected = {
        "valid": (200, '"outcome":"valid"'),
        "revoked": (200, '"outcome":"revoked"'),
        "unknown": (200, '"outcome":"unknown_key"'),
    }

    # In milliseconds.
    lease = 0

    def __init__(self, folder, keys, binary, seeder):
        super().__init__(folder, keys)
        self.binary, self.seeder = binary, seeder
        self.data = self.stored = self.path("data")

    def seed(self):
        with subprocess.Popen(
            [self.seeder, "seed", "--keys", str(self.keys), self.data], stdout=subprocess.PIPE, text=True
        ) as process:
            for line in process.stdout:
                kind, credential = line.split()
                yield kind, base64.b64encode(credential.encode()).decode()
        if process.returncode:
            raise Failed(f"no keys of {self.title}")

    def settle(self):
        if knows_leases(self.binary):
            subprocess.run(
                [self.binary, "admin", "lease", "set", str(self.lease), "--data", self.data], check=True, stdout=subprocess.DEVNULL
            )
        self.template = self.asking()

    def asking(self):
        with open(os.path.join(self.data, "service-token")) as file:
            token = file.read().strip()
        facts = '{"method":"GET","target":"/v1/messages","headers":[["Authorization","Basic %s"]]}'
        # All credentials are of one length: `hk_` and 26 characters, a colon, `hs_` and 49.
        length = len(facts) - len("%s") + 4 * -(-(29 + 1 + 52) // 3)
        return (
            f"POST /v1/verify HTTP/1.1\r\nHost: {HOST}:{self.port}\r\nAuthorization: Bearer {token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{facts}"
        )

    def unknown(self, credential):
        key, secret = base64.b64decode(credential).decode().split(":")
        # The form of an id is that of a ULID. A secret has a checksum, so another's will do.
        other = key[:13] + "".join(secrets.choice("0123456789abcdefghjkmnpqrstvwxyz") for _ in key[13:])
        return base64.b64encode(f"{other}:{secret}".encode()).decode()

    def command(self):
        return [self.binary, "--port", str(self.port), "--data", self.data], {}

    def user(self):
        form = urlencode({"grant_type": "password", "username": "admin@acme"})
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        token = self.call("POST", "/oauth2/token", headers, form)["access_token"]
        return {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def create(self):
        made = self.call("POST", "/v1/keys", self.user(), '{"name":"Benchmark","scheme":"basic"}')
        credential = f"{made['id']}:{made['secret']}"
        return made["id"], base64.b64encode(credential.encode()).decode()

    def revoke(self, key):
        self.call("POST", f"/v1/keys/{key}/revoke", self.user())


class HubkeysLeased(Hubkeys):
    """Valid answers may come from memory for a second."""

    name = "Hubkeys, lease 1 s"
    lease = 1000
    watched = 1.5


class HubkeysHot(HubkeysLeased):
    """The same, of a few keys that are asked about all the time, and valid. What is refused is read anew each time."""

    name = "Hubkeys, lease 1 s, hot keys"
    expected = {"valid": Hubkeys.expected["valid"]}
    mix = ("valid",)
    threads = HOT_THREADS
    create = None

    def write_requests(self, draw):
        self.made = {"valid": self.made["valid"][:HOT]}
        super().write_requests(draw)


def knows_leases(binary):
    asked = subprocess.run([binary, "admin", "lease", "--help"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return asked.returncode == 0


class BetterAuth(Side):
    name = "better-auth"
    processes = 1
    template = "GET /verify HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Api-Key: %s\r\n\r\n"
    expected = {
        "valid": (200, '"valid":true'),
        "revoked": (401, '"code":"KEY_DISABLED"'),
        "unknown": (401, '"code":"INVALID_API_KEY"'),
    }

    def __init__(self, folder, keys, node, modules):
        super().__init__(folder, keys)
        self.node, self.modules = node, modules
        self.database = self.stored = self.path("database.sqlite")
        self.server = os.path.join(HERE, "better-auth", "server.mjs")

    def seed(self):
        command = [self.node, self.server, "seed", self.modules, self.database, str(self.keys), str(self.keys // 3)]
        return pairs(command, {}, self.title)

    def command(self):
        command = [self.node, self.server, "serve", self.modules, self.database, str(self.port), str(self.processes)]
        return command, {"NODE_ENV": "production"}

    def create(self):
        made = self.call("POST", "/create")
        return made["id"], made["key"]

    def revoke(self, key):
        self.call("POST", f"/revoke/{key}")


class BetterAuthTwice(BetterAuth):
    """As many processes as there are cores, for whoever says that one is not what Node can do."""

    name = "better-auth, 2 processes"
    processes = 2


class BetterAuthHot(BetterAuthTwice):
    """Asked about few keys, which are valid: what `Hubkeys, lease 1 s, hot keys` is held against."""

    name = "better-auth, 2 processes, hot keys"
    expected = {"valid": BetterAuth.expected["valid"]}
    mix = ("valid",)
    threads = HOT_THREADS
    create = None

    def write_requests(self, draw):
        self.made = {"valid": self.made["valid"][:HOT]}
        super().write_requests(draw)


class RestFramework(Side):
    name = "DRF API Key"
    template = "GET /verify HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Api-Key %s\r\n\r\n"
    # It does not say which.
    expected = {
        "valid": (200, '{"valid":true}'),
        "revoked": (403, "You do not have permission"),
        "unknown": (403, "You do not have permission"),
    }

    def __init__(self, folder, keys, bin_):
        super().__init__(folder, keys)
        self.bin = bin_
        self.environment = {
            "DATABASE": self.path("database.sqlite"),
            "PYTHONPATH": os.path.join(HERE, "drf"),
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    def seed(self):
        service = os.path.join(HERE, "drf", "service.py")
        command = [os.path.join(self.bin, "python"), service, "seed", str(self.keys), str(self.keys // 3)]
        return pairs(command, self.environment, self.title)

    def command(self):
        command = [os.path.join(self.bin, "gunicorn"), "--worker-class", "gthread", "--workers", "4", "--threads", "4"]
        command += ["--keep-alive", "600", "--bind", f"{HOST}:{self.port}", "--log-level", "error"]
        return command + ["service:application"], self.environment

    def create(self):
        made = self.call("POST", "/create")
        return made["id"], made["key"]

    def revoke(self, key):
        self.call("POST", f"/revoke/{key}")


class Nginx(Side):
    """`auth_basic`: a file of names and hashes of passwords, which is read anew for each request. Unsalted SHA-1 is the cheapest
    of them, and good enough for a random secret."""

    name = "nginx auth_basic"
    template = "GET /verify HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Basic %s\r\n\r\n"
    # What is revoked is no longer in the file.
    expected = {"valid": (200, "verified"), "revoked": (401, "401"), "unknown": (401, "401")}

    def seed(self):
        os.makedirs(self.path("pages"))
        with open(self.path("pages/verify"), "w") as page:
            page.write("verified")
        with open(self.path("users"), "w") as users:
            for number in range(self.keys):
                name, password = secrets.token_hex(8), secrets.token_hex(16)
                kind = "revoked" if number < self.keys // 3 else "valid"
                if kind == "valid":
                    users.write(self.line(name, password))
                yield kind, base64.b64encode(f"{name}:{password}".encode()).decode()

    @staticmethod
    def line(name, password):
        return f"{name}:{{SHA}}{base64.b64encode(hashlib.sha1(password.encode()).digest()).decode()}\n"

    def unknown(self, credential):
        return base64.b64encode(f"{secrets.token_hex(8)}:{secrets.token_hex(16)}".encode()).decode()

    def command(self):
        with open(os.path.join(HERE, "nginx", "nginx.conf")) as file:
            settings = file.read()
        for name, value in {"PORT": str(self.port), "FILE": self.path("users"), "FOLDER": self.folder}.items():
            settings = settings.replace(name, value)
        # Started by root it would read as nobody, who may not look into our folder.
        if os.geteuid() == 0:
            settings = f"user root;\n{settings}"
        with open(self.path("nginx.conf"), "w") as file:
            file.write(settings)
        return ["nginx", "-p", self.folder, "-c", self.path("nginx.conf")], {}

    def create(self):
        name, password = secrets.token_hex(8), secrets.token_hex(16)
        with open(self.path("users"), "a") as users:
            users.write(self.line(name, password))
        return name, base64.b64encode(f"{name}:{password}".encode()).decode()

    def revoke(self, key):
        with open(self.path("users")) as users:
            left = [line for line in users if not line.startswith(f"{key}:")]
        with open(self.path("users.new"), "w") as users:
            users.writelines(left)
        os.rename(self.path("users.new"), self.path("users"))


class Hello(Nginx):
    """The least that an answer over HTTP costs. It looks at nothing."""

    name = "nginx, hello"
    template = Nginx.template.replace("/verify", "/hello")
    expected = dict.fromkeys(("valid", "revoked", "unknown"), (200, "hello"))
    create = revoke = None

    @property
    def title(self):
        return self.name


def pairs(command, more, title):
    """The lines that a side's seeding prints, each a kind and a credential."""
    with subprocess.Popen(command, env=os.environ | more, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            kind, credential = line.split()
            yield kind, credential
    if process.returncode:
        raise Failed(f"no keys of {title}")
