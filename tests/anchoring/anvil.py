"""The embedded chain engine under the tests' control: started, killed, reorganised; a proxy that loses answers; a relay
that lies."""

import json
import socket
import subprocess
import threading
import time
import urllib.request
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from defiso.chain.client import Chain
from defiso.chain.signers import LocalSigner
from tests.waiting import wait_until

BINARY = Path(__file__).resolve().parents[2] / "node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil"
KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"  # anvil's published first account
ADDRESS = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266"
OTHER_KEY = "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d"  # its second
CHAIN_ID = 31337


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Anvil:
    """One chain on one port. ``start`` after ``kill`` begins again from ``state``, or from nothing without one."""

    def __init__(self, chain_id: int = CHAIN_ID, *, state: Path | None = None) -> None:
        self._state = state
        self.port = free_port()
        self.chain_id = chain_id
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def start(self) -> None:
        command = [BINARY, "--port", self.port, "--chain-id", self.chain_id, "--silent"]
        if self._state:
            command += ["--state", self._state, "--state-interval", "1", "--cache-path", self._state.parent / "cache"]
        self._process = subprocess.Popen(
            [str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        wait_until(self._answers, "anvil did not start")

    def _answers(self) -> bool:
        try:
            self.rpc("eth_chainId")
        except OSError:
            return False
        return True

    def kill(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def wait_for_dump(self) -> None:
        """Until the state file holds the newest block."""
        assert self._state
        newest = int(self.rpc("eth_blockNumber"), 16)
        wait_until(lambda: self._dumped_blocks() > newest, "the chain does not write its state")

    def _dumped_blocks(self) -> int:
        assert self._state
        try:
            return len(json.loads(self._state.read_text())["blocks"])
        except (OSError, ValueError):
            return 0

    def rpc(self, method: str, *parameters: Any) -> Any:
        answer = self.forward({"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters})
        assert "error" not in answer, f"{method}: {answer['error']}"
        return answer["result"]

    def forward(self, call: dict[str, Any]) -> dict[str, Any]:
        """Its answer to one JSON-RPC call, an error included."""
        request = urllib.request.Request(self.url, json.dumps(call).encode(), {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=5) as response:
            return dict(json.load(response))

    def chain(self, *, timeout: float = 2.5, key: str = KEY) -> Chain:
        return Chain([self.url], chain_id=self.chain_id, signer=LocalSigner(key), timeout=timeout)

    def hold_transactions(self) -> None:
        """Keep what is sent in the pool until ``mine``."""
        self.rpc("evm_setAutomine", False)

    def release_transactions(self) -> None:
        self.rpc("evm_setAutomine", True)
        self.rpc("evm_mine")

    def mine(self, blocks: int = 1) -> None:
        self.rpc("anvil_mine", hex(blocks))

    def settle(self) -> None:
        """Wait until what was sent is mined, unless it is being held: the engine answers before it mines."""
        while self.rpc("anvil_getAutomine") and int(self.rpc("txpool_status")["pending"], 16):
            time.sleep(0.005)

    def drop_pool(self) -> None:
        self.rpc("anvil_dropAllTransactions")

    def reorganise(self, depth: int) -> None:
        """Replace the newest blocks by empty ones."""
        self.rpc("anvil_reorg", depth, [])

    def make_account_revert(self) -> None:
        """Delegate our account (EIP-7702) to code that reverts, so that its self-transfers fail."""
        reverting = "0x00000000000000000000000000000000000c0de0"
        self.rpc("anvil_setCode", reverting, "0x60006000fd")
        self.rpc("anvil_setCode", ADDRESS, "0xef0100" + reverting[2:])

    def make_account_plain(self) -> None:
        self.rpc("anvil_setCode", ADDRESS, "0x")

    def spend_a_nonce(self) -> None:
        """Somebody else uses our key: one foreign transaction."""
        self.rpc("eth_sendTransaction", {"from": ADDRESS, "to": ADDRESS, "value": "0x1"})

    def anchored_roots(self) -> list[bytes]:
        """The calldata of every successful 32-byte self-transfer on the chain, in order."""
        roots = []
        for number in range(int(self.rpc("eth_blockNumber"), 16) + 1):
            for transaction in self.rpc("eth_getBlockByNumber", hex(number), True)["transactions"]:
                receipt = self.rpc("eth_getTransactionReceipt", transaction["hash"])
                data = bytes.fromhex(transaction["input"][2:])
                if len(data) == 32 and receipt["status"] == "0x1":
                    roots.append(data)
        return roots


class LossyProxy:
    """A TCP proxy before a node: passes everything on, and on demand swallows the answers."""

    def __init__(self, target_port: int) -> None:
        self.swallow_answers = False
        self._target_port = target_port
        self._server = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._server.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._server.close()

    def _serve(self) -> None:
        while True:
            try:
                client, _address = self._server.accept()
            except OSError:
                return
            node = socket.create_connection(("127.0.0.1", self._target_port))
            threading.Thread(target=self._forward, args=(client, node, False), daemon=True).start()
            threading.Thread(target=self._forward, args=(node, client, True), daemon=True).start()

    def _forward(self, source: socket.socket, sink: socket.socket, is_answer: bool) -> None:
        try:
            while data := source.recv(65536):
                if not (is_answer and self.swallow_answers):
                    sink.sendall(data)
        except OSError:
            pass
        finally:
            source.close()
            sink.close()


class Relay:
    """A node of its own name before a real one: passes calls on, and on demand lies, lags, hangs or fails.

    ``lies`` maps a method to what is made of the true result. ``behind`` is by how many blocks it lags; then it knows
    no newer block and no receipt in one. ``refuses`` is what it says to what is sent. ``asked`` are the methods it was
    asked, in order.
    """

    def __init__(self, anvil: Anvil) -> None:
        self.lies: dict[str, Callable[[Any], Any]] = {}
        self.behind = 0
        self.hangs = threading.Event()
        self.is_dead = False
        self.refuses = ""
        self.asked: list[str] = []
        self._anvil = anvil
        relay = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                calls = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if relay.hangs.is_set():
                    relay._released.wait(10)
                answers = [] if relay.is_dead else [relay._answer(call) for call in calls]
                body = json.dumps(answers).encode()
                self.send_response(500 if relay.is_dead else 200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._released = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.name = f"127.0.0.1:{self._server.server_port}"
        self.url = f"http://{self.name}/secret-key"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self) -> None:
        self._released.set()
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, call: dict[str, Any]) -> dict[str, Any]:
        method = call["method"]
        self.asked.append(method)
        if self.refuses and method == "eth_sendRawTransaction":
            return {"jsonrpc": "2.0", "id": call["id"], "error": {"code": -32000, "message": self.refuses}}
        answer = self._anvil.forward(call)
        if "result" in answer:
            answer["result"] = self._told(method, call["params"], answer["result"])
        return answer

    def _told(self, method: str, parameters: list[Any], result: Any) -> Any:
        if self.behind:
            newest = int(self._anvil.rpc("eth_blockNumber"), 16) - self.behind
            if method == "eth_blockNumber":
                result = hex(newest)
            if method == "eth_getBlockByNumber" and result and int(result["number"], 16) > newest:
                result = None
            if method.startswith("eth_getTransaction") and isinstance(result, dict):
                result = None if int(result["blockNumber"] or "0x0", 16) > newest else result
        return self.lies.get(method, lambda truth: truth)(result)
