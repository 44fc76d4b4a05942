"""read_documents.py FILE.docx|FILE.xlsx: what python-docx or openpyxl see in a document, as JSON. Run by the
system's Python, which has both."""
import json
import struct
import sys
import zipfile
from xml.etree import ElementTree

W = '{http://schemas.openxmlformats.org/wordprocessingml/2006/main}'


# Widths of letters against their height: bold ones of a wide serif font, as where Times New Roman is not at hand.
LETTERS = {'%': 0.95, '+': 0.84, '/': 0.37, '-': 0.42, '.': 0.35}


def ems(text):
    return sum(LETTERS.get(c, 0.7) if c < '\x80' else 1 for c in text)


def pages(d):
    """Each section: its size, how it lies, whether its pages are numbered, and the tables on it by their columns."""
    found, tables = [], []
    sections = iter(d.sections)

    def end():
        s = next(sections)
        footer = s._sectPr.find(W + 'footerReference')
        found.append({'mm': [round(s.page_width.mm), round(s.page_height.mm)], 'landscape': s.orientation == 1, 'numbered': footer is not None
                      and 'PAGE' in s.footer._element.xml, 'text': round(s.page_width.mm - s.left_margin.mm - s.right_margin.mm), 'tables': list(tables)})
        tables.clear()

    for e in d.element.body:
        if e.tag == W + 'tbl':
            widths = [int(g.get(W + 'w')) for g in e.find(W + 'tblGrid')]
            tables.append({'columns': len(widths), 'mm': round(sum(widths) / 1440 * 25.4)})
        elif e.tag == W + 'sectPr' or e.find(f'{W}pPr/{W}sectPr') is not None:
            end()
    return found


def narrow_cells(table):
    """Cells with a figure of the table whose number, or what is said under it, would break: [text, has, needs] in points."""
    narrow = []
    for row in table.rows[1:]:
        for cell in row.cells:
            if cell._tc.find('.//' + W + 'bookmarkStart') is None:
                continue
            has = cell.width.pt - 4  # the sides of a cell, as in the style of tables
            for line in cell.text.split('\n'):
                style = cell.paragraphs[0].style
                while style.font.size is None:
                    style = style.base_style
                needs = ems(line) * style.font.size.pt
                if needs > has:
                    narrow.append([line, has, needs])
    return narrow


def drawing(blob):
    """What an EMF shows: its texts, and the filled rectangles as [colour, left, top, right, bottom] in hundredths of a millimetre."""
    texts, boxes, brushes, at, records, colour = [], [], {}, 0, 0, None
    frame, (bounds_x, bounds_y) = struct.unpack_from('<4i', blob, 24), struct.unpack_from('<2i', blob, 16)
    signature, _, size, count = struct.unpack_from('<4s3I', blob, 40)
    assert signature == b' EMF' and size == len(blob), (signature, size, len(blob))
    while at < len(blob):
        kind, n = struct.unpack_from('<2I', blob, at)
        assert n >= 8 and n % 4 == 0 and at + n <= len(blob), (kind, n)
        if kind == 39:  # a brush
            brushes[struct.unpack_from('<I', blob, at + 8)[0]] = blob[at + 16:at + 19].hex()
        elif kind == 37:  # what is drawn with
            colour = brushes.get(struct.unpack_from('<I', blob, at + 8)[0], colour)
        elif kind == 43:  # a rectangle
            x0, y0, x1, y1 = struct.unpack_from('<4i', blob, at + 8)
            boxes.append([colour, *(round(v * f / (b + 1)) for v, f, b in ((x0, frame[2], bounds_x), (y0, frame[3], bounds_y), (x1, frame[2], bounds_x), (y1, frame[3], bounds_y)))])
        elif kind == 84:  # a text
            length, where = struct.unpack_from('<2I', blob, at + 44)
            texts.append(blob[at + where:at + where + 2 * length].decode('utf-16-le'))
        at, records = at + n, records + 1
    assert records == count and kind == 14, (records, count, kind)
    return {'mm': [frame[2] / 100, frame[3] / 100], 'texts': texts, 'boxes': boxes}


def pictures(d):
    """Each picture in the text: what it is called for those who cannot see it, how large it stands there, and what it shows."""
    found = []
    for shape in d.inline_shapes:
        inline = shape._inline
        blob = d.part.related_parts[inline.graphic.graphicData.pic.blipFill.blip.embed].blob
        found.append({'alt': inline.docPr.get('descr'), 'placed_mm': [shape.width.mm, shape.height.mm], **drawing(blob)})
    return found


def docx(path):
    import docx as word
    d = word.Document(path)
    marks = []
    for paragraph in d.element.iter(W + 'p'):
        open_marks = {}
        for e in paragraph:
            if e.tag == W + 'bookmarkStart':
                open_marks[e.get(W + 'id')] = [e.get(W + 'name'), '']
            elif e.tag == W + 'bookmarkEnd':
                marks.append(open_marks.pop(e.get(W + 'id')))
            elif e.tag == W + 'r':
                for m in open_marks.values():
                    m[1] += ''.join(t.text or '' for t in e.iter(W + 't'))
    with zipfile.ZipFile(path) as z:
        figures = [dict(e.attrib) for e in ElementTree.fromstring(z.read('customXml/item1.xml'))]
        times = sorted({i.date_time for i in z.infolist()})
    return {'title': d.core_properties.title, 'created': d.core_properties.created.isoformat(), 'times': times, 'pictures': pictures(d),
            'paragraphs': [[p.style.name, p.text] for p in d.paragraphs],
            'tables': [[[c.text for c in r.cells] for r in t.rows] for t in d.tables],
            'heads_repeat': [t.rows[0]._tr.trPr is not None and t.rows[0]._tr.trPr.find(W + 'tblHeader') is not None for t in d.tables],
            'pages': pages(d), 'narrow': [n for t in d.tables for n in narrow_cells(t)], 'marks': marks, 'figures': figures}


def cut_off(sheet):
    """Texts of a sheet that take more lines than their row is high, as programs print it that do not count heights on opening, or stand in a
    column wider than A4, which is cut off."""
    cut = []
    for row in sheet.iter_rows():
        for c in row:
            if not isinstance(c.value, str) or not c.alignment.wrap_text:
                continue
            width = sum(1 if ch < '\x80' else 2 for ch in c.value) * c.font.size / 11
            column = sheet.column_dimensions[c.column_letter]
            lines = -(-width // (column.width or 8))
            if column.width > 74 or lines * c.font.size * 1.2 > (sheet.row_dimensions[c.row].height or 15) + 0.5:
                cut.append([sheet.title, c.coordinate, c.value])
    return cut


def xlsx(path):
    import openpyxl
    book = openpyxl.load_workbook(path)
    return {'title': book.properties.title,
            'sheets': {s.title: [[c.value for c in r] for r in s.iter_rows()] for s in book},
            'formulas': [c.coordinate for s in book for r in s.iter_rows() for c in r if c.data_type == 'f'],
            'charts': sum(len(s._charts) for s in book), 'cut_off': [c for s in book for c in cut_off(s)],
            'print': {s.title: [s.page_setup.paperSize, s.sheet_properties.pageSetUpPr.fitToPage, s.page_setup.fitToHeight, s.oddFooter.center.text] for s in book}}


json.dump(docx(sys.argv[1]) if sys.argv[1].endswith('.docx') else xlsx(sys.argv[1]), sys.stdout, ensure_ascii=False, default=str)
