"""The listener page, as a file."""

import re
from pathlib import Path

from skaldcast.bridge.web.page import policy
from tests.bridge.web.test_server import get, serving
from tests.core.narrating import run


def test_it_is_served_with_a_policy_that_lets_it_ask_this_server_alone(tmp_path: Path):
    async def work() -> None:
        async with serving(tmp_path) as (server, _):
            status, body, headers = await get(server, "/")
            assert status == 200
            assert headers["Content-Security-Policy"] == policy(body)
            assert "connect-src 'self'" in policy(body)
            assert not re.search(r"""(src|href)=["']?(https?:)?//""", body)

    run(work)


def test_the_policy_names_what_the_page_runs():
    first = policy("<style>a{}</style><script>let a</script>")
    assert first != policy("<style>a{}</style><script>let b</script>")
    assert first.count("'sha256-") == 2
