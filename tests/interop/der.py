# SPDX-License-Identifier: BSD-2-Clause
"""DER, as little of it as the judges of this folder need (X.690 8 and 10)."""


class NotDer(Exception):
    pass


def tlv(tag, *parts):
    body = b''.join(parts)
    if len(body) < 0x80:
        return bytes([tag, len(body)]) + body
    size = len(body).to_bytes((len(body).bit_length() + 7) // 8, 'big')
    return bytes([tag, 0x80 | len(size)]) + size + body


def oid(text):
    first, second, *rest = map(int, text.split('.'))
    out = bytearray()
    for arc in [40 * first + second] + rest:
        chunk = [arc & 0x7f]
        while arc := arc >> 7:
            chunk.append(0x80 | arc & 0x7f)
        out += bytes(reversed(chunk))
    return tlv(6, bytes(out))


def integer(n):
    return tlv(2, n.to_bytes(n.bit_length() // 8 + 1, 'big', signed=True))


class Node:
    """One element: its tag, its content, all its bytes"""

    def __init__(self, data):
        if len(data) < 2:
            raise NotDer('cut')
        self.tag, size, at = data[0], data[1], 2
        if size >= 0x80:
            n = size & 0x7f
            size, at = int.from_bytes(data[2:2 + n], 'big'), 2 + n
            if n == 0 or size < 0x80 or data[2] == 0:
                raise NotDer('X.690 10.1: a length that is not the shortest')
        if at + size > len(data):
            raise NotDer('cut')
        self.value, self.all = data[at:at + size], data[:at + size]

    def parts(self):
        rows, rest = [], self.value
        while rest:
            rows.append(Node(rest))
            rest = rest[len(rows[-1].all):]
        return rows

    def part(self, tag):
        return next((p for p in self.parts() if p.tag == tag), None)

    def number(self):
        return int.from_bytes(self.value, 'big', signed=True)


def whole(data):
    node = Node(data)
    if node.all != data:
        raise NotDer('bytes after the end')
    return node
