"""Packs zip files that depend on their content alone.

`pack.py function CARGO_LAMBDA_ZIP ZIP ARCHITECTURE` packs a function's binary as Lambda wants it
(https://docs.aws.amazon.com/lambda/latest/dg/configuration-function-zip.html), if it is for that processor; `pack.py folder FOLDER ZIP` packs a folder
under its own name.
"""

import os
import sys
import zipfile

# The first moment that a zip file can state.
EPOCH = (1980, 1, 1, 0, 0, 0)

# `e_machine` of an ELF header: https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html
MACHINES = {"x86_64": 62, "arm64": 183}


def add(archive, name, content, executable):
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.create_system = 3
    entry.external_attr = (0o100755 if executable else 0o100644) << 16
    entry.compress_type = zipfile.ZIP_STORED if name.endswith(".zip") else zipfile.ZIP_DEFLATED
    archive.writestr(entry, content, compresslevel=9)


def function(source, target, architecture):
    with zipfile.ZipFile(source) as built, zipfile.ZipFile(target, "w") as archive:
        binary = built.read("bootstrap")
        machine = int.from_bytes(binary[18:20], "little")
        if binary[:4] != b"\x7fELF" or machine != MACHINES[architecture]:
            sys.exit(f"{source} holds no ELF binary for {architecture}: its machine is {machine}")
        add(archive, "bootstrap", binary, True)


def folder(source, target):
    source = os.path.normpath(source)
    files = sorted(os.path.join(path, name) for path, _, names in os.walk(source) for name in names)
    with zipfile.ZipFile(target, "w") as archive:
        for file in files:
            name = os.path.relpath(file, os.path.dirname(source))
            with open(file, "rb") as content:
                add(archive, name, content.read(), name.endswith(".sh"))


{"function": function, "folder": folder}[sys.argv[1]](*sys.argv[2:])
