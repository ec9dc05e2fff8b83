"""Zips compiled functions as Lambda wants them: `zip_binaries.py BINARY ZIP [BINARY ZIP]...`.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-function-zip.html
"""

import os
import sys
import zipfile


def main(arguments):
    for binary, target in zip(arguments[::2], arguments[1::2]):
        os.makedirs(os.path.dirname(target), exist_ok=True)
        unfinished = target + ".part"
        # They go over loopback: the lowest level is enough.
        with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
            file.write(binary, "bootstrap")
        os.replace(unfinished, target)


main(sys.argv[1:])
