"""Foreign files for the tests of evidence, made on the spot."""
import os
import struct
import subprocess
import tempfile
import zlib


def png(width, height, rows=None):
    """A grey PNG of one bit per pixel; without rows only its head tells the size."""
    def chunk(kind, data):
        return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
    head = chunk(b'IHDR', struct.pack('>IIBBBBB', width, height, 1, 0, 0, 0, 0))
    packer = zlib.compressobj(9)
    body = b''
    for _ in range(height if rows is None else rows):
        body += packer.compress(b'\0' * (1 + (width + 7) // 8))
    return b'\x89PNG\r\n\x1a\n' + head + chunk(b'IDAT', body + packer.flush()) + chunk(b'IEND', b'')


def pdf():
    parts = [b'<< /Type /Catalog /Pages 2 0 R >>', b'<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
             b'<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>']
    out, at = b'%PDF-1.4\n', []
    for i, part in enumerate(parts):
        at.append(len(out))
        out += b'%d 0 obj\n%s\nendobj\n' % (i + 1, part)
    start = len(out)
    out += b'xref\n0 4\n0000000000 65535 f \n' + b''.join(b'%010d 00000 n \n' % a for a in at)
    return out + b'trailer << /Size 4 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n' % start


def make(program):
    """{name: bytes} of everything that is sent; @p program is tests/media/pictures.c built."""
    out = {}
    with tempfile.TemporaryDirectory(prefix='fangxin-pictures-') as folder:
        subprocess.run([program, folder], check=True, timeout=60)
        for name in os.listdir(folder):
            with open(os.path.join(folder, name), 'rb') as f:
                out[name] = f.read()
    photo = out['photo.jpg']
    out['truncated.jpg'] = photo[:len(photo) // 2]
    out['truncated.png'] = out['picture.png'][:len(out['picture.png']) // 2]
    out['broken.jpg'] = photo[:600] + os.urandom(3000)
    out['document.pdf'] = pdf()
    out['pdf-in-jpeg.jpg'] = photo[:20] + pdf()
    out['drawing.svg'] = (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">'
                          b'<image href="file:///etc/passwd"/><script>alert(1)</script></svg>')
    out['page.html'] = b'<!DOCTYPE html><html><script>alert(1)</script></html>'
    out['bomb.png'] = png(20000, 20000)
    out['wide.png'] = png(2000000000, 2000000000, rows=1)
    out['program.exe'] = b'MZ' + b'\0' * 58 + b'\x80\0\0\0' + b'\0' * 200
    out['empty.jpg'] = b''
    return out
