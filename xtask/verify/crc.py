"""CRC64NVME, and contents of many MiB whose checksum is known at once.

Plain Python takes a second for 10 MB. So a content is a sequence of random blocks of 64 KiB out of 16, and its checksum is
put together from those of its blocks: appending a block is linear over GF(2) in the register before it.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
"""

import base64
import random
from functools import cache

POLYNOMIAL = 0x9A6C9329AC4BC9B5
ONES = (1 << 64) - 1
BLOCK = 64 * 1024


def _table() -> list[int]:
    table = []
    for register in range(256):
        for _ in range(8):
            register = register >> 1 ^ (POLYNOMIAL if register & 1 else 0)
        table.append(register)
    return table


TABLE = _table()


def _feed(register: int, data: bytes) -> int:
    for byte in data:
        register = TABLE[(register ^ byte) & 255] ^ register >> 8
    return register


@cache
def _over_a_block() -> list[list[int]]:
    """What zeros of one block make of a register, by each of its bytes."""
    bits = [_feed(1 << at, b"\0") for at in range(64)]
    for _ in range(BLOCK.bit_length() - 1):
        # The square of the map "n more zeros" is that of 2n.
        bits = [_apply(bits, image) for image in bits]
    return [[_apply(bits, byte << 8 * at) for byte in range(256)] for at in range(8)]


def _apply(bits: list[int], register: int) -> int:
    out = 0
    for at in range(64):
        if register >> at & 1:
            out ^= bits[at]
    return out


def crc64nvme(data: bytes) -> str:
    """The checksum in base64, as S3 writes it; for small data."""
    return _text(_feed(ONES, data))


def _text(register: int) -> str:
    return base64.b64encode((register ^ ONES).to_bytes(8, "big")).decode()


class Blocks:
    """Makes contents of any size, each different, with their checksums."""

    def __init__(self) -> None:
        self.random = random.SystemRandom()
        self.blocks = [self.random.randbytes(BLOCK) for _ in range(16)]
        self.registers = [_feed(0, block) for block in self.blocks]

    def content(self, size: int) -> tuple[bytes, str]:
        """Bytes and their checksum."""
        chosen = [self.random.randrange(16) for _ in range(size // BLOCK)]
        return self._joined(chosen, self.random.randbytes(size % BLOCK))

    def _joined(self, chosen: list[int], rest: bytes) -> tuple[bytes, str]:
        register = ONES
        table = _over_a_block()
        for block in chosen:
            moved = 0
            for at in range(8):
                moved ^= table[at][register >> 8 * at & 255]
            register = moved ^ self.registers[block]
        data = b"".join([*(self.blocks[block] for block in chosen), rest])
        return data, _text(_feed(register, rest))

    def parts(self, sizes: list[int]) -> list[tuple[bytes, str]]:
        """A content in parts, each with its checksum; the last item is the whole with its own.

        All parts but the last are whole blocks.
        """
        chosen = [[self.random.randrange(16) for _ in range(size // BLOCK)] for size in sizes]
        rest = self.random.randbytes(sizes[-1] % BLOCK)
        parts = [self._joined(blocks, b"") for blocks in chosen[:-1]] + [self._joined(chosen[-1], rest)]
        return [*parts, self._joined([block for blocks in chosen for block in blocks], rest)]
