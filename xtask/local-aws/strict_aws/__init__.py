"""Rules that make MiniStack as strict as AWS.

Each rule is one function, registered by `@rule`, that replaces a few functions of MiniStack 1.5.33 before it starts. A rule's
first docstring line says what AWS does. `docs/LOCAL.md` lists the rules; a test compares that list with this registry.
"""

import os

RULES = {}
OPTIONAL = {}


def rule(install):
    """Registers a rule that is on unless CROWFLY_LOCAL_OFF names it."""
    RULES[install.__name__] = install
    return install


def optional(install):
    """Registers a rule that is off unless CROWFLY_LOCAL_ON names it."""
    OPTIONAL[install.__name__] = install
    return install


def chosen(environ=os.environ):
    """The rules to install: all, without those switched off, with the optional ones switched on."""
    load()
    off = names(environ.get("CROWFLY_LOCAL_OFF", ""))
    on = names(environ.get("CROWFLY_LOCAL_ON", ""))
    if environ.get("CROWFLY_LOCAL_TLS") == "off":
        off.add("loopback_is_tls")
    known = RULES.keys() | OPTIONAL.keys() | {"all"}
    if unknown := (off | on) - known:
        raise SystemExit(f"there is no rule named {', '.join(sorted(unknown))}")
    kept = {} if "all" in off else {name: install for name, install in RULES.items() if name not in off}
    return kept | {name: install for name, install in OPTIONAL.items() if name in on}


def names(text):
    """The names in `a, b`, as a set."""
    return {name.strip() for name in text.split(",") if name.strip()}


def load():
    """Imports the modules that register rules."""
    from . import (  # noqa: F401
        checksums, cloudformation, functions, gateway, multipart, policies, queues, requests, tables, users, keys, browsers,
    )
