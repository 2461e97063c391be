"""Just enough of PDF, CMS and PNG to look inside what keiin writes, without any of its code."""
import re
import struct
import zlib


def pdf(pages=("Contract",), width=595, height=842):
    """A small document with a line of text a page."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>",
               f"<< /Type /Pages /Kids [{' '.join(f'{4 + 2 * i} 0 R' for i in range(len(pages)))}] /Count {len(pages)} >>",
               "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    for i, text in enumerate(pages):
        content = f"BT /F1 24 Tf 72 {height - 100} Td ({text}) Tj ET"
        objects.append(f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width} {height}] /Contents {5 + 2 * i} 0 R "
                       "/Resources << /Font << /F1 3 0 R >> >> >>")
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}\nendstream")
    out, places = b"%PDF-1.7\n", []
    for number, text in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{text}\nendobj\n".encode()
    xref = "".join(f"{at:010} 00000 n \n" for at in places)
    return out + (f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{xref}trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\n"
                  f"startxref\n{len(out)}\n%%EOF\n").encode()


def signatures(octets):
    """(signed bytes, CMS container) of each signature, as /ByteRange says."""
    found = []
    for a, b, c, d in re.findall(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]", octets):
        a, b, c, d = int(a), int(b), int(c), int(d)
        hole = octets[a + b:c]
        assert a == 0 and hole[:1] == b"<" and hole[-1:] == b">", "the hole is the container"
        padded = bytes.fromhex(hole[1:-1].decode())
        found.append((octets[a:a + b] + octets[c:c + d], padded[:Der(padded).end]))
    return found


class Der:
    """One value of DER: its tag, its content, what it is made of."""

    def __init__(self, octets, at=0):
        self.tag, n, start = octets[at], octets[at + 1], at + 2
        if n & 0x80:
            start += n & 0x7F
            n = int.from_bytes(octets[at + 2:start], "big")
        self.end, self.content, self.whole = start + n, octets[start:start + n], octets[at:start + n]
        assert self.end <= len(octets), "the value ends where its octets end"

    def parts(self):
        found, at = [], 0
        while at < len(self.content):
            found.append(Der(self.content, at))
            at = found[-1].end
        return found

    def oid(self):
        assert self.tag == 6
        numbers, n = [self.content[0] // 40, self.content[0] % 40], 0
        for octet in self.content[1:]:
            n = n << 7 | octet & 0x7F
            if not octet & 0x80:
                numbers.append(n)
                n = 0
        return ".".join(map(str, numbers))


class Signer:
    """The one SignerInfo of a container (RFC 5652 5.3)."""

    def __init__(self, container):
        signed_data = Der(container).parts()[1].parts()[0]
        info, = signed_data.parts()[-1].parts()
        parts = info.parts()
        self.signed = self.attributes([p for p in parts if p.tag == 0xA0])
        self.unsigned = self.attributes([p for p in parts if p.tag == 0xA1])
        self.signature = next(p for p in parts if p.tag == 4).content
        self.certificates = [p.whole for p in next(p for p in signed_data.parts() if p.tag == 0xA0).parts()]

    @staticmethod
    def attributes(sets):
        return {a.parts()[0].oid(): a.parts()[1].parts()[0] for s in sets for a in s.parts()}


class Png:
    """A picture of 8 bits with transparency: RGBA, or a palette of it."""

    def __init__(self, octets):
        assert octets[:8] == b"\x89PNG\r\n\x1a\n"
        at, data, self.chunks = 8, b"", {}
        while at < len(octets):
            n, kind = struct.unpack(">I4s", octets[at:at + 8])
            body = octets[at + 8:at + 8 + n]
            assert zlib.crc32(kind + body) == struct.unpack(">I", octets[at + 8 + n:at + 12 + n])[0], "the checksum"
            self.chunks[kind] = body
            data += body if kind == b"IDAT" else b""
            at += 12 + n
        self.width, self.height, depth, colour, *_ = struct.unpack(">IIBBBBB", self.chunks[b"IHDR"])
        assert depth == 8 and (colour == 6 or colour == 3 and b"tRNS" in self.chunks), "8 bits with transparency"
        self.octets = 4 if colour == 6 else 1
        self.rows = self.unfiltered(zlib.decompress(data))

    def unfiltered(self, data):
        step, stride = self.octets, self.width * self.octets
        rows, before = [], bytes(stride)
        for y in range(self.height):
            kind, row = data[y * (stride + 1)], bytearray(data[y * (stride + 1) + 1:(y + 1) * (stride + 1)])
            for x in range(stride):
                left, up = row[x - step] if x >= step else 0, before[x]
                corner = before[x - step] if x >= step else 0
                row[x] = (row[x] + (0, left, up, (left + up) // 2, paeth(left, up, corner))[kind]) & 0xFF
            rows.append(bytes(row))
            before = row
        return rows

    def pixel(self, x, y):
        if self.octets == 4:
            return tuple(self.rows[y][4 * x:4 * x + 4])
        n, alpha = self.rows[y][x], self.chunks[b"tRNS"]
        return (*self.chunks[b"PLTE"][3 * n:3 * n + 3], alpha[n] if n < len(alpha) else 255)


def paeth(left, up, corner):
    guess = left + up - corner
    return min((left, up, corner), key=lambda v: abs(guess - v))
