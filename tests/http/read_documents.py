"""read_documents.py FILE.docx|FILE.xlsx: what python-docx or openpyxl see in a document, as JSON. Run by the
system's Python, which has both."""
import json
import sys
import zipfile
from xml.etree import ElementTree

W = '{http://schemas.openxmlformats.org/wordprocessingml/2006/main}'


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
    section = d.sections[0]
    return {'title': d.core_properties.title, 'created': d.core_properties.created.isoformat(), 'times': times, 'charts': charts,
            'paragraphs': [[p.style.name, p.text] for p in d.paragraphs],
            'tables': [[[c.text for c in r.cells] for r in t.rows] for t in d.tables],
            'heads_repeat': [t.rows[0]._tr.trPr is not None and t.rows[0]._tr.trPr.find(W + 'tblHeader') is not None for t in d.tables],
            'page_mm': [round(section.page_width.mm), round(section.page_height.mm)], 'marks': marks, 'figures': figures}


def xlsx(path):
    import openpyxl
    book = openpyxl.load_workbook(path)
    return {'title': book.properties.title,
            'sheets': {s.title: [[c.value for c in r] for r in s.iter_rows()] for s in book},
            'formulas': [c.coordinate for s in book for r in s.iter_rows() for c in r if c.data_type == 'f'],
            'charts': sum(len(s._charts) for s in book)}


json.dump(docx(sys.argv[1]) if sys.argv[1].endswith('.docx') else xlsx(sys.argv[1]), sys.stdout, ensure_ascii=False, default=str)
