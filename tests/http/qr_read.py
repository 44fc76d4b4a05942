"""Reads the QR codes on the pages of a PDF with ZBar (libzbar0), as whoever holds a telephone before the paper does."""
import ctypes
import subprocess

ZBAR_QRCODE, ZBAR_CFG_ENABLE = 64, 0
Y800 = int.from_bytes(b'Y800', 'little')


def library():
    zbar = ctypes.CDLL('libzbar.so.0')
    pointer, number = ctypes.c_void_p, ctypes.c_int
    for name, gives, takes in (('zbar_image_scanner_create', pointer, []), ('zbar_image_create', pointer, []), ('zbar_image_scanner_destroy', None, [pointer]),
                               ('zbar_image_destroy', None, [pointer]), ('zbar_image_scanner_set_config', number, [pointer, number, number, number]),
                               ('zbar_image_set_format', None, [pointer, ctypes.c_ulong]), ('zbar_image_set_size', None, [pointer, ctypes.c_uint, ctypes.c_uint]),
                               ('zbar_image_set_data', None, [pointer, ctypes.c_char_p, ctypes.c_ulong, pointer]), ('zbar_scan_image', number, [pointer, pointer]),
                               ('zbar_image_first_symbol', pointer, [pointer]), ('zbar_symbol_next', pointer, [pointer]), ('zbar_symbol_get_data', ctypes.c_char_p, [pointer])):
        function = getattr(zbar, name)
        function.restype, function.argtypes = gives, takes
    return zbar


def pages(pdf):
    """(width, height, one byte of grey for each dot) of each page."""
    out = subprocess.run(['pdftoppm', '-gray', '-r', '200', '-'], input=pdf, capture_output=True, check=True).stdout
    while out:
        kind, size, depth, rest = out.split(b'\n', 3)
        assert kind == b'P5' and depth == b'255', out[:20]
        width, height = map(int, size.split())
        yield width, height, rest[:width * height]
        out = rest[width * height:]


def codes_of(pdf):
    """The texts of all QR codes in a PDF."""
    zbar, found = library(), []
    for width, height, grey in pages(pdf):
        scanner, image = zbar.zbar_image_scanner_create(), zbar.zbar_image_create()
        zbar.zbar_image_scanner_set_config(scanner, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1)
        zbar.zbar_image_set_format(image, Y800)
        zbar.zbar_image_set_size(image, width, height)
        zbar.zbar_image_set_data(image, grey, len(grey), None)
        zbar.zbar_scan_image(scanner, image)
        symbol = zbar.zbar_image_first_symbol(image)
        while symbol:
            found.append(zbar.zbar_symbol_get_data(symbol).decode())
            symbol = zbar.zbar_symbol_next(symbol)
        zbar.zbar_image_destroy(image)
        zbar.zbar_image_scanner_destroy(scanner)
    return found
