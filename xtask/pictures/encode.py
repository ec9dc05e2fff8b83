"""Makes the pictures of the documentation of those that the tests took: `encode.py TAKEN DOCS`."""

import pathlib
import sys

from PIL import Image

MOST_BYTES = 300_000
MOST_ANIMATED_BYTES = 2_000_000
# Of the animation: its width in pixels, how much faster than life it runs, and how long its end stays, in milliseconds.
WIDTH = 1120
FASTER = 2
REST_MS = 2_500


def still(source, target):
    """With a palette of its own, which is enough for what a page looks like."""
    picture = Image.open(source).convert("RGB")
    for colours in (256, 192, 128, 96, 64):
        small = picture.quantize(colours, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        small.save(target, optimize=True)
        if target.stat().st_size < MOST_BYTES:
            return
    sys.exit(f"{target.name} has {target.stat().st_size} bytes and may have {MOST_BYTES}: show less on it")


def animated(frames, target):
    """The frames, named by their milliseconds, one after the other."""
    files = sorted(frames.glob("*.png"))
    times = [int(file.stem) for file in files]
    shown = [(later - time) // FASTER for time, later in zip(times, times[1:])] + [REST_MS]
    pictures = [Image.open(file).convert("RGB") for file in files]
    height = round(pictures[0].height * WIDTH / pictures[0].width)
    pictures = [picture.resize((WIDTH, height), Image.Resampling.LANCZOS) for picture in pictures]
    first, *rest = pictures
    first.save(target, save_all=True, append_images=rest, duration=shown, loop=0, quality=80, method=4, minimize_size=True)
    if target.stat().st_size >= MOST_ANIMATED_BYTES:
        sys.exit(f"{target.name} has {target.stat().st_size} bytes and may have {MOST_ANIMATED_BYTES}: take fewer frames")


def main(taken, docs):
    docs.mkdir(parents=True, exist_ok=True)
    for name in ("desktop-light", "desktop-dark", "phone", "recorder"):
        still(taken / f"{name}.png", docs / f"{name}.png")
    animated(taken / "frames", docs / "trouble.webp")
    for file in sorted(docs.iterdir()):
        print(f"{file.name} {file.stat().st_size / 1000:.0f} kB")


main(*map(pathlib.Path, sys.argv[1:]))
