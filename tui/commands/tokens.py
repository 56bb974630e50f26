"""`skaldcast tokens`: who may use the web address from other machines."""

from argparse import Namespace

from ...bridge.web.tokens import TokenStore, tokens_path
from ..exit_status import DONE
from ..options import UsageError
from ..streams import emit, tell
from ..tables import print_table


def tokens(arguments: Namespace) -> int:
    """List the tokens, make one, which is printed this once, or take one back."""
    store = TokenStore(tokens_path())
    if arguments.action != "list" and arguments.name is None:
        raise UsageError(f"tokens {arguments.action} needs the token's NAME")
    match arguments.action:
        case "add":
            emit(store.add(arguments.name))
            tell(f"the token of {arguments.name!r}: keep it, it is not shown again")
        case "revoke":
            store.revoke(arguments.name)
            tell(f"the token of {arguments.name!r} opens nothing any more")
        case _:
            rows = [(row.name, row.made) for row in store.table().rows]
            print_table(("name", "made"), rows)
    return DONE
