"""Reads sentences with figures back: the grammar of work summaries, written without looking at the
program that writes them. A figure is [number][scale][qualifier][scale][unit]; a rate is a label, perhaps
为 or 达, and a number with %."""
import re

UNITS = ('个百分点', '万元', '亿元', '个批次', '人次', '件', '起', '个', '条', '份', '册', '家', '户次', '户', '人', '名', '元', '天', '日', '小时', '%')
NUMBER = r'(?P<number>\d+(?:\.\d+)?)'
SCALE = r'(?P<scale>[万亿]?)(?P<qualifier>余|多|以上|以内)?(?P<scale2>[万亿]?)'
UNIT = '(?P<unit>' + '|'.join(UNITS) + ')'
FIGURE = re.compile(r'(?P<word>[㐀-鿿（(]*?)(?P<about>共|达|为|约|近|超)?' + NUMBER + SCALE + UNIT)
# dates and ordinals are no figures
NOT = re.compile(r'\d+年(?:\d+月)?(?:\d+日)?(?:至(?:\d+年)?\d+月\d+日)?|\d+月(?:\d+日)?|12315平台|第\d+|低于\d+(?:\.\d+)?%')


def plain(text):
    """Full width marks as half width, so that both widths read the same."""
    return text.translate(str.maketrans('，：；（）％', ',:;()%'))


def figures(text):
    """[(value as printed, scale and unit)] in order."""
    text = NOT.sub(lambda m: '·' * len(m.group()), plain(text))
    found = []
    for m in FIGURE.finditer(text):
        unit = m['scale'] + m['scale2'] + m['unit']
        found.append((m['number'], unit))
    return found


INTAKE = re.compile(
    r'(?P<period>[^,。\n]+),12315平台共受理消费者诉求(?P<all>\d+)件,为消费者挽回经济损失(?P<money>[\d.]+)万元。'
    r'其中:投诉(?P<complaints>\d+)件(?:,调解成功(?P<settled>\d+)件,调解率(?P<rate>[\d.]+)%)?;'
    r'(?:举报(?P<reports>\d+)件(?:,已办结(?P<done>\d+)件,办结率(?P<done_rate>[\d.]+)%)?;)?'
    r'咨询(?P<enquiries>\d+)件')


def intake(text):
    """The block on what was taken in, or None."""
    m = INTAKE.search(plain(text))
    return m.groupdict() if m else None


def rates_hold(block):
    """Σ of the parts is the total, and each rate follows from its two numbers."""
    parts = int(block['complaints']) + int(block['reports'] or 0) + int(block['enquiries'])
    assert parts == int(block['all']), f'{parts} of {block["all"]}'
    for num, den, rate in (('settled', 'complaints', 'rate'), ('done', 'reports', 'done_rate')):
        if block[rate] is None:
            continue
        decimals = len(block[rate].partition('.')[2])
        scale = 10 ** decimals
        n, d = int(block[num]) * 100 * scale, int(block[den])
        assert (2 * n + d) // (2 * d) == round(float(block[rate]) * scale), (block[num], block[den], block[rate])
