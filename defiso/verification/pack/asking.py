"""Questions of a visitor's browser to the embedded chain, which listens where no page may go; see ``engines``.

Only for that chain: any other has nodes that a browser can ask itself. Nothing can be changed by these questions.
"""

import json
import re
from typing import Any

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from defiso.chain.client import configured_chain
from defiso.chain.networks import EMBEDDED
from defiso.core.errors import InvalidError, NotFoundError

HASH, BLOCK = re.compile("0x[0-9a-f]{64}"), re.compile("0x[0-9a-f]{1,16}")
# What may be asked, and of which form the parameters are.
QUESTIONS: dict[str, tuple[re.Pattern[str] | bool, ...]] = {
    "eth_chainId": (),
    "eth_blockNumber": (),
    "eth_getTransactionByHash": (HASH,),
    "eth_getTransactionReceipt": (HASH,),
    "eth_getBlockByNumber": (BLOCK, False),
}


@require_safe
def ask_chain(request: HttpRequest) -> JsonResponse:
    """``/chain?ask={"method", "params"}``: what JSON-RPC answers; 422 for any other question."""
    if settings.CHAIN_ID != EMBEDDED:
        raise NotFoundError("There is no embedded chain here: ask a node of the chain.")
    method, parameters = _question(request.GET.get("ask", ""))
    return JsonResponse({"jsonrpc": "2.0", "id": 1, "result": configured_chain().answer(method, parameters)})


def _question(text: str) -> tuple[str, list[Any]]:
    try:
        asked = json.loads(text)
        method, parameters = asked["method"], asked["params"]
        forms = QUESTIONS[method]
        fit = len(forms) == len(parameters) and all(map(_fits, forms, parameters))
    except (ValueError, TypeError, KeyError, RecursionError):
        fit = False
    if not fit:
        raise InvalidError("The chain is asked here for transactions and blocks alone.")
    return method, parameters


def _fits(form: re.Pattern[str] | bool, parameter: Any) -> bool:
    return parameter is form if isinstance(form, bool) else bool(form.fullmatch(parameter))
