# SPDX-License-Identifier: BSD-2-Clause
"""A request of HTTP/1.1 as it came (RFC 9112), for servers that judge clients."""


class Request:
    def __init__(self, line, rows, body):
        self.method, self.target, self.version = line.split()
        self.header, self.count, self.body = {}, {}, body
        for name, value in rows:
            self.header[name.lower()] = value
            self.count[name.lower()] = self.count.get(name.lower(), 0) + 1


def read_rows(f):
    rows = []
    while (row := f.readline(16384)) not in (b'\r\n', b''):
        name, value = row.decode('latin-1').split(':', 1)
        rows.append((name, value.strip()))
    return rows


def read_body(f, header):
    if header.get('transfer-encoding', '').lower() == 'chunked':
        body = b''
        while size := int(f.readline().split(b';')[0], 16):
            body += f.read(size)
            f.readline()
        read_rows(f)                            # trailers
        return body
    return f.read(int(header.get('content-length', 0)))


def read_request(f, send):
    line = f.readline(8192).decode('latin-1')
    if not line:
        return None
    rows = read_rows(f)
    header = {name.lower(): value for name, value in rows}
    if header.get('expect', '').lower() == '100-continue':
        send(b'HTTP/1.1 100 Continue\r\n\r\n')
    return Request(line, rows, read_body(f, header))
