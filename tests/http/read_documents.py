"""read_documents.py FILE.docx|FILE.xlsx: what python-docx or openpyxl see in a document, as JSON. Run by the
system's Python, which has both."""
import json
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
        charts = [n for n in z.namelist() if n.startswith('word/charts/')]
    return {'title': d.core_properties.title, 'created': d.core_properties.created.isoformat(), 'times': times, 'charts': charts,
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
