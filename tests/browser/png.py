"""PNG files made small: pages have few colours, so a palette holds them."""

import struct
import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"
# Bits of each channel that are kept; the next fewer where the colours are still too many for a palette.
DEPTHS = (8, 6, 5, 4, 3)


def chunks(data):
    at = len(SIGNATURE)
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        yield kind, data[at + 8 : at + 8 + length]
        at += length + 12


def rows(packed, width, height, size):
    """The rows of an image as they were before their filters (PNG specification, section 9)."""
    stride, before = width * size, bytearray(width * size)
    for y in range(height):
        at = y * (stride + 1)
        kind, row = packed[at], bytearray(packed[at + 1 : at + 1 + stride])
        for x in range(stride) if kind else ():
            left = row[x - size] if x >= size else 0
            up, corner = before[x], before[x - size] if x >= size else 0
            if kind == 1:
                guess = left
            elif kind == 2:
                guess = up
            elif kind == 3:
                guess = (left + up) // 2
            else:
                near = left + up - corner
                guess = min((abs(near - left), 0, left), (abs(near - up), 1, up), (abs(near - corner), 2, corner))[2]
            row[x] = (row[x] + guess) & 255
        yield row
        before = row


def small(data):
    """The same picture with a palette of at most 256 colours."""
    parts = list(chunks(data))
    width, height, bits, colour, *_ = struct.unpack(">IIBBBBB", dict(parts)[b"IHDR"])
    if bits != 8 or colour not in (2, 6):
        return data
    size = 3 if colour == 2 else 4
    packed = zlib.decompress(b"".join(body for kind, body in parts if kind == b"IDAT"))
    lines = [[bytes(row[x : x + 3]) for x in range(0, width * size, size)] for row in rows(packed, width, height, size)]
    seen = {pixel for line in lines for pixel in line}
    for depth in DEPTHS:
        step = 255 / (2**depth - 1)
        near = {pixel: bytes(round(round(c / step) * step) for c in pixel) for pixel in seen}
        colours = sorted(set(near.values()))
        if len(colours) <= 256:
            break
    number = {pixel: colours.index(near[pixel]) for pixel in seen}
    packed = b"".join(b"\0" + bytes(number[pixel] for pixel in line) for line in lines)

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    image = chunk(b"PLTE", b"".join(colours)) + chunk(b"IDAT", zlib.compress(packed, 9))
    return SIGNATURE + chunk(b"IHDR", head) + image + chunk(b"IEND", b"")
