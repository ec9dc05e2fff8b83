"""`python -m strict_aws` starts MiniStack under the rules; `--list` prints them."""

import sys

from . import OPTIONAL, RULES, chosen, load


def main():
    if sys.argv[1:] == ["--list"]:
        load()
        for name, install in (RULES | OPTIONAL).items():
            print(f"{name}: {install.__doc__.splitlines()[0]}")
        return
    for install in chosen().values():
        install()
    from ministack.app import main as serve

    serve()


main()
